"""SQL of imports: a row for each sheet that somebody uploaded, from waiting to applied."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from waia.kit.db import Transaction
from waia.kit.sql import table_of
from waia.owner.models import SheetImport

SHEETS = "sheets"
ABANDONED = timedelta(minutes=3)
KEPT = timedelta(days=1)
_IMPORT = table_of(SheetImport)
_SHOWN = tuple(column for column in _IMPORT.c if column.name not in {"content", "changes"})


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
    """The row without the file and without what it changes; only one's own."""
    wanted = select(*_SHOWN).where(_IMPORT.c.id == import_id, _IMPORT.c.user_id == user_id)
    return (await tx.execute(wanted)).one_or_none()


async def changes_of(tx: Transaction, import_id: int) -> bytes:
    found: bytes | None = (await tx.execute(select(_IMPORT.c.changes).where(_IMPORT.c.id == import_id))).scalar_one()
    return found or b""


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


async def store_outcome(tx: Transaction, import_id: int, outcome: Mapping[str, Any]) -> None:
    """State, report, changes and basis, unless it was forgotten meanwhile."""
    checked = update(_IMPORT).where(_IMPORT.c.id == import_id, _IMPORT.c.state == "checking")
    await tx.execute(checked.values(**outcome))


async def look_again(tx: Transaction, import_id: int) -> None:
    """What it was compared with has changed meanwhile."""
    tx.wake(SHEETS)
    again = update(_IMPORT).where(_IMPORT.c.id == import_id, _IMPORT.c.content.is_not(None))
    await tx.execute(again.values(state="waiting", report=None, changes=None, progress=0))


async def mark_applied(tx: Transaction, import_id: int) -> bool:
    """False when it was applied already."""
    applied = update(_IMPORT).where(_IMPORT.c.id == import_id, _IMPORT.c.state == "ready")
    return bool((await tx.execute(applied.values(state="applied", content=None, changes=None))).rowcount)


async def forget_import(tx: Transaction, import_id: int, user_id: int) -> None:
    await tx.execute(delete(_IMPORT).where(_IMPORT.c.id == import_id, _IMPORT.c.user_id == user_id))
