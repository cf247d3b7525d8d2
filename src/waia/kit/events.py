"""The event log: a gap-free sequence, appended as the last statement of a transaction, read by every open page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Index, String, Update, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from waia.kit.columns import Model, UtcDateTime, big_id
from waia.kit.prepared import Prepared
from waia.kit.sql import table_of

if TYPE_CHECKING:
    from waia.kit.db import Transaction


class Event(Model):
    """Something that open pages should know. `seq` rises by one per committed event, in commit order."""

    __tablename__ = "events"
    __table_args__ = (Index(None, "at"), Model.__table_args__)

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(40))
    chat_id: Mapped[int | None] = mapped_column(big_id())
    ref: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Counter(Model):
    """Named numbers that must not have gaps; the row lock lasts until commit, so order is commit order."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True, slots=True)
class Announcement:
    kind: str
    chat_id: int | None
    ref: str = ""


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    seq: int
    kind: str
    chat_id: int | None
    ref: str


KEPT_EVENTS = 50_000


async def append(tx: "Transaction", announcements: Sequence[Announcement]) -> None:
    distinct = list(dict.fromkeys(announcements))
    done = await tx.change(_ADVANCE, {"by": len(distinct)})
    last = done.key if tx.dialect == "mysql" else (await tx.rows(_LAST))[0].value
    first, now = last - len(distinct) + 1, datetime.now(UTC)
    rows = [
        {"seq": first + n, "kind": item.kind, "chat_id": item.chat_id, "ref": item.ref, "at": now}
        for n, item in enumerate(distinct)
    ]
    await tx.change(_ADD, rows)


async def last_seq(connection: AsyncConnection) -> int:
    return int((await connection.execute(select(Counter.value).where(Counter.name == "events"))).scalar_one())


async def oldest_seq(connection: AsyncConnection) -> int | None:
    return (await connection.execute(select(func.min(Event.seq)))).scalar_one_or_none()


async def prune(connection: AsyncConnection, before: datetime) -> None:
    """Forget events that no page can still ask for: older than `before`, and not among the last 50,000."""
    keep_from = await last_seq(connection) - KEPT_EVENTS
    await connection.execute(delete(Event).where(Event.at < before, Event.seq < keep_from))


async def read_after(tx: "Transaction", seq: int, limit: int = 500) -> list[LoggedEvent]:
    return [LoggedEvent(*row) for row in await tx.rows(_AFTER, {"after": seq, "limit": limit})]


_COUNTER = table_of(Counter)


def _advance(dialect: str) -> Update:
    """A server tells the new value with its answer; SQLite is asked for it, which costs nothing."""
    value = _COUNTER.c.value + bindparam("by", type_=BigInteger)
    told = func.last_insert_id(value) if dialect == "mysql" else value
    return update(_COUNTER).where(_COUNTER.c.name == "events").values(value=told)


_ADVANCE = Prepared(_advance)
_LAST = Prepared(select(Counter.value).where(Counter.name == "events"))
_ADD = Prepared(insert(table_of(Event)))
_AFTER = Prepared(
    select(Event.seq, Event.kind, Event.chat_id, Event.ref)
    .where(Event.seq > bindparam("after"))
    .order_by(Event.seq)
    .limit(bindparam("limit"))
)
