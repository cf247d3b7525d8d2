"""SQL of imports: a row for each sheet that somebody uploaded, from waiting to applied, and one for each change."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Select, delete, func, insert, literal, or_, select, update

from waia.accounts.office import By
from waia.kit.columns import UtcDateTime
from waia.kit.db import Transaction
from waia.kit.prepared import Prepared
from waia.kit.sql import table_of
from waia.owner.models import SheetChange, SheetImport
from waia.owner.sheets.values import Act, Change

SHEETS = "sheets"
ABANDONED = timedelta(minutes=3)
KEPT = timedelta(days=1)
_IMPORT, _CHANGE = table_of(SheetImport), table_of(SheetChange)
_SHOWN = tuple(column for column in _IMPORT.c if column.name != "content")
_ADD = Prepared(insert(_CHANGE))


@dataclass(frozen=True, slots=True)
class Waiting:
    id: int
    kind: str
    content: bytes
    replace_all: bool


async def add_import(tx: Transaction, row: dict[str, Any]) -> int:
    """It is looked through as soon as a worker is free. Older ones of the same person and kind go."""
    old = (_IMPORT.c.user_id == row["user_id"]) & (_IMPORT.c.kind == row["kind"])
    await tx.execute(delete(_IMPORT).where(or_(old, _IMPORT.c.created_at < row["created_at"] - KEPT)))
    tx.wake(SHEETS)
    return int((await tx.execute(insert(_IMPORT).values(**row, state="waiting"))).inserted_primary_key[0])


async def import_of(tx: Transaction, import_id: int, user_id: int) -> Any:
    """The row without the file; only one's own."""
    wanted = select(*_SHOWN).where(_IMPORT.c.id == import_id, _IMPORT.c.user_id == user_id)
    return (await tx.execute(wanted)).one_or_none()


async def changes_of(tx: Transaction, import_id: int) -> list[Change]:
    wanted = select(_CHANGE.c.target_id, _CHANGE.c.act, _CHANGE.c.content).where(_CHANGE.c.import_id == import_id)
    found = await tx.execute(wanted.order_by(_CHANGE.c.place))
    return [Change(row.target_id, Act(row.act), msgspec.Raw(row.content.encode())) for row in found]


async def count_added(tx: Transaction, import_id: int) -> int:
    counted = select(func.count(_CHANGE.c.added)).where(_CHANGE.c.import_id == import_id)
    return int((await tx.execute(counted)).scalar_one())


def drafted_by(import_id: int, first_id: int, by: By) -> Select[Any]:
    """What a sheet of rules writes into the draft: columns of `rule_drafts`; new rules are numbered from `first_id`."""
    about = literal(by.actor.id), literal(by.now, UtcDateTime), _CHANGE.c.act == Act.REMOVE
    rule_id = func.coalesce(_CHANGE.c.target_id, _CHANGE.c.added + first_id)
    kept = _CHANGE.c.import_id == import_id, _CHANGE.c.act != Act.RESET
    return select(rule_id, *about, _CHANGE.c.content).where(*kept).order_by(_CHANGE.c.place)


async def reset_by(tx: Transaction, import_id: int) -> Sequence[int]:
    """Ids of what shall be again as it is in force."""
    wanted = select(_CHANGE.c.target_id).where(_CHANGE.c.import_id == import_id, _CHANGE.c.act == Act.RESET)
    return list((await tx.execute(wanted)).scalars())


async def next_waiting(tx: Transaction, now: datetime) -> int | None:
    """Also one whose worker went silent."""
    idle = (_IMPORT.c.state == "waiting") | ((_IMPORT.c.state == "checking") & (_IMPORT.c.claimed_at < now - ABANDONED))
    wanted = select(_IMPORT.c.id).where(idle, _IMPORT.c.content.is_not(None)).order_by(_IMPORT.c.id).limit(1)
    found: int | None = (await tx.execute(wanted)).scalar_one_or_none()
    return found


async def claim(tx: Transaction, import_id: int, now: datetime) -> Waiting | None:
    """None when another worker was faster."""
    free = (_IMPORT.c.state == "waiting") | ((_IMPORT.c.state == "checking") & (_IMPORT.c.claimed_at < now - ABANDONED))
    taken = update(_IMPORT).where(_IMPORT.c.id == import_id, free).values(state="checking", claimed_at=now, progress=0)
    if not (await tx.execute(taken)).rowcount:
        return None
    columns = (_IMPORT.c.id, _IMPORT.c.kind, _IMPORT.c.content, _IMPORT.c.replace_all)
    row = (await tx.execute(select(*columns).where(_IMPORT.c.id == import_id))).one()
    return Waiting(*row)


async def note_progress(tx: Transaction, import_id: int, rows: int, now: datetime) -> None:
    going = update(_IMPORT).where(_IMPORT.c.id == import_id, _IMPORT.c.state == "checking")
    await tx.execute(going.values(progress=min(rows, 32_000), claimed_at=now))


async def forget_changes(tx: Transaction, import_id: int) -> None:
    """Those of a try before."""
    await tx.execute(delete(_CHANGE).where(_CHANGE.c.import_id == import_id))


async def add_changes(
    tx: Transaction, import_id: int, changes: Sequence[Change], place: int, added: int, now: datetime
) -> bool:
    """Some more, after `place` others of which `added` are new. False when the import was forgotten meanwhile."""
    going = update(_IMPORT).where(_IMPORT.c.id == import_id, _IMPORT.c.state == "checking")
    if not (await tx.execute(going.values(claimed_at=now))).rowcount:
        return False
    numbers = itertools.count(added)
    rows = [
        {
            "import_id": import_id,
            "place": at,
            "act": one.act.value,
            "target_id": one.id,
            "added": next(numbers) if one.id is None else None,
            "content": bytes(one.content).decode(),
        }
        for at, one in enumerate(changes, place)
    ]
    await tx.change(_ADD, rows)
    return True


async def store_outcome(tx: Transaction, import_id: int, outcome: Mapping[str, Any]) -> None:
    """State, report and basis, unless it was forgotten meanwhile."""
    checked = update(_IMPORT).where(_IMPORT.c.id == import_id, _IMPORT.c.state == "checking")
    await tx.execute(checked.values(**outcome))


async def look_again(tx: Transaction, import_id: int) -> None:
    """What it was compared with has changed meanwhile."""
    tx.wake(SHEETS)
    again = update(_IMPORT).where(_IMPORT.c.id == import_id, _IMPORT.c.content.is_not(None))
    await tx.execute(again.values(state="waiting", report=None, progress=0))


async def mark_applied(tx: Transaction, import_id: int) -> bool:
    """False when it was applied already."""
    applied = update(_IMPORT).where(_IMPORT.c.id == import_id, _IMPORT.c.state == "ready")
    return bool((await tx.execute(applied.values(state="applied", content=None))).rowcount)


async def forget_import(tx: Transaction, import_id: int, user_id: int) -> None:
    await tx.execute(delete(_IMPORT).where(_IMPORT.c.id == import_id, _IMPORT.c.user_id == user_id))
