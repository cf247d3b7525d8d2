"""All SQL about the audit trail."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from waia.accounts.models import AuditEntry
from waia.kit.db import Transaction
from waia.kit.events import Counter
from waia.kit.sql import insert_ignore

COUNTER = "audit"
_ADVANCE = update(Counter).where(Counter.name == COUNTER).values(value=Counter.value + 1)
_COLUMNS = AuditEntry.__table__.c


async def take_turn(tx: Transaction) -> None:
    """Counts one more entry, and holds its row until commit: two entries never follow the same one."""
    if not (await tx.execute(_ADVANCE)).rowcount:
        await tx.execute(insert_ignore(tx.dialect, Counter), [{"name": COUNTER, "value": 0}])
        await tx.execute(_ADVANCE)


async def last_hash(tx: Transaction) -> str | None:
    newest = select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    found: str | None = (await tx.execute(newest)).scalar_one_or_none()
    return found


async def append(tx: Transaction, row: dict[str, Any]) -> None:
    await tx.execute(insert(AuditEntry).values(**row))


async def entries_after(tx: Transaction, entry_id: int, limit: int) -> Sequence[Row[Any]]:
    page = select(*_COLUMNS).where(AuditEntry.id > entry_id).order_by(AuditEntry.id).limit(limit)
    rows: Sequence[Row[Any]] = (await tx.execute(page)).all()
    return rows


async def counted(tx: Transaction) -> int:
    count = (await tx.execute(select(Counter.value).where(Counter.name == COUNTER))).scalar_one_or_none()
    return int(count or 0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries a page asks for; what is empty does not narrow. `before_id` goes on from an earlier page."""

    username: str = ""
    actions: tuple[str, ...] = ()
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before_id: int | None = None


async def newest_entries(tx: Transaction, wanted: Wanted, limit: int) -> Sequence[Row[Any]]:
    """The newest first."""
    page = select(*_COLUMNS).where(*_narrowed(wanted)).order_by(AuditEntry.id.desc()).limit(limit)
    rows: Sequence[Row[Any]] = (await tx.execute(page)).all()
    return rows


def _narrowed(wanted: Wanted) -> Iterator[Any]:
    if wanted.username:
        yield AuditEntry.username == wanted.username
    if wanted.actions:
        yield AuditEntry.action.in_(wanted.actions)
    if wanted.subject:
        yield AuditEntry.subject.icontains(wanted.subject, autoescape=True)
    if wanted.since is not None:
        yield AuditEntry.at >= wanted.since
    if wanted.until is not None:
        yield AuditEntry.at < wanted.until
    if wanted.before_id is not None:
        yield AuditEntry.id < wanted.before_id
