"""The event log: a gap-free sequence, appended as the last statement of a transaction, read by every open page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import BigInteger, Index, String, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from waia.kit.columns import Model, UtcDateTime, big_id


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
_ADVANCE = update(Counter).where(Counter.name == "events").values(value=Counter.value + bindparam("by"))
_LAST = select(Counter.value).where(Counter.name == "events")


async def append(connection: AsyncConnection, announcements: Sequence[Announcement]) -> None:
    distinct = list(dict.fromkeys(announcements))
    await connection.execute(_ADVANCE, {"by": len(distinct)})
    last = (await connection.execute(_LAST)).scalar_one()
    first, now = last - len(distinct) + 1, datetime.now(UTC)
    rows = [
        {"seq": first + n, "kind": item.kind, "chat_id": item.chat_id, "ref": item.ref, "at": now}
        for n, item in enumerate(distinct)
    ]
    await connection.execute(insert(Event), rows)


async def last_seq(connection: AsyncConnection) -> int:
    return int((await connection.execute(_LAST)).scalar_one())


async def oldest_seq(connection: AsyncConnection) -> int | None:
    return (await connection.execute(select(func.min(Event.seq)))).scalar_one_or_none()


async def prune(connection: AsyncConnection, before: datetime) -> None:
    """Forget events that no page can still ask for: older than `before`, and not among the last 50,000."""
    keep_from = await last_seq(connection) - KEPT_EVENTS
    await connection.execute(delete(Event).where(Event.at < before, Event.seq < keep_from))


async def read_after(connection: AsyncConnection, seq: int, limit: int = 500) -> list[LoggedEvent]:
    rows = await connection.execute(
        select(Event.seq, Event.kind, Event.chat_id, Event.ref).where(Event.seq > seq).order_by(Event.seq).limit(limit)
    )
    return [LoggedEvent(*row) for row in rows]
