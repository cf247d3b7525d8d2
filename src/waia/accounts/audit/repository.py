"""All SQL about the audit trail."""

from collections.abc import Sequence
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
