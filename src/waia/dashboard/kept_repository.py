"""SQL of the kept periods: what each chat adds to them, their totals, and their tops."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, delete, or_, select, update

from waia.dashboard.models import ChatDay, KeptChat, KeptPeriod
from waia.kit.db import Transaction
from waia.kit.prepared import Prepared
from waia.kit.sql import table_of, upsert

PIECE = 300


class Sums(NamedTuple):
    received: int = 0
    words: int = 0
    by_people: int = 0

    @property
    def alone(self) -> int:
        return 0 if self.by_people else self.received

    def plus(self, other: "Sums") -> "Sums":
        return Sums(*(mine + its for mine, its in zip(self, other, strict=True)))

    def times(self, factor: int) -> "Sums":
        return Sums(*(each * factor for each in self))


class Period(NamedTuple):
    """Both days are included; one that ends before it begins holds nothing."""

    name: str
    first_day: date
    last_day: date

    def of(self, first: date, last: date) -> "Period":
        return Period(self.name, first, last)


class Alone(NamedTuple):
    """How many chats wrote while no person wrote to them, and how much."""

    chats: int
    received: int


class AfterChat(NamedTuple):
    """Where a top goes on: after this chat, which had so many."""

    n: int
    chat_id: int

    @property
    def key(self) -> str:
        return f"{self.n}-{self.chat_id}"

    def follows(self, n: Any, chat_id: Any) -> ColumnElement[bool]:
        return and_(n <= self.n, or_(n < self.n, chat_id < self.chat_id))


async def periods(tx: Transaction) -> dict[str, Period]:
    rows = await tx.execute(
        select(KeptPeriod.name, KeptPeriod.first_day, KeptPeriod.last_day).order_by(KeptPeriod.name)
    )
    return {row.name: Period(*row) for row in rows}


async def store_periods(tx: Transaction, new: Iterable[Period]) -> None:
    """Their totals stay, or begin with nothing."""
    await tx.change(_STORE, [{**period._asdict(), "chats_alone": 0, "received_alone": 0} for period in new])


async def forget(tx: Transaction) -> None:
    await tx.execute(delete(KeptChat))
    await tx.execute(delete(KeptPeriod))


async def sums_of_day(tx: Transaction, day: date) -> dict[int, Sums]:
    """By chat, what it added to this day."""
    return {row.chat_id: Sums(row.received, row.words, row.by_people) for row in await tx.rows(_OF_DAY, {"day": day})}


async def add(tx: Transaction, name: str, added: Mapping[int, Sums]) -> None:
    """To the sums of these chats, and to the totals."""
    chats = alone = 0
    ids = sorted(added)
    for start in range(0, len(ids), PIECE):
        some = ids[start : start + PIECE]
        before = {row.chat_id: Sums(*row[1:]) for row in await tx.rows(_HELD, {"name": name, "ids": some})}
        after = {chat_id: before.get(chat_id, Sums()).plus(added[chat_id]) for chat_id in some}
        chats += sum(bool(sums.alone) for sums in after.values()) - sum(bool(sums.alone) for sums in before.values())
        alone += sum(sums.alone for sums in after.values()) - sum(sums.alone for sums in before.values())
        await _store(tx, name, after)
    if chats or alone:
        await tx.change(_TOTALS, {"of": name, "chats": chats, "alone": alone})


async def period_of_days(tx: Transaction, first: date, last: date) -> tuple[str, Alone] | None:
    """The kept period of exactly these days, and its totals."""
    asked = select(KeptPeriod.name, KeptPeriod.chats_alone, KeptPeriod.received_alone)
    row = (await tx.execute(asked.where(KeptPeriod.first_day == first, KeptPeriod.last_day == last).limit(1))).first()
    return None if row is None else (row.name, Alone(row.chats_alone, row.received_alone))


async def top(
    tx: Transaction, name: str, column: str, limit: int, beyond: AfterChat | None = None
) -> list[tuple[int, int]]:
    """(chat, sum of `column`) of those that have any, the most first, of equal ones the newest chat."""
    by = getattr(KeptChat, column)
    asked = select(KeptChat.chat_id, by).where(KeptChat.name == name, by > 0)
    if beyond is not None:
        asked = asked.where(beyond.follows(by, KeptChat.chat_id))
    asked = asked.order_by(by.desc(), KeptChat.chat_id.desc()).limit(limit)
    return [(row[0], row[1]) for row in await tx.execute(asked)]


async def _store(tx: Transaction, name: str, sums: Mapping[int, Sums]) -> None:
    """Chats of which nothing is left are forgotten."""
    rows = [
        {"name": name, "chat_id": chat_id, **each._asdict(), "alone": each.alone}
        for chat_id, each in sums.items()
        if any(each)
    ]
    gone = [chat_id for chat_id, each in sums.items() if not any(each)]
    if rows:
        await tx.change(_SUMS, rows)
    if gone:
        await tx.change(_REMOVE, {"name": name, "ids": gone})


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_CHATS, _PERIODS, _DAYS = table_of(KeptChat), table_of(KeptPeriod), table_of(ChatDay)
_COUNTED = ("received", "words", "by_people")
_OF_DAY = Prepared(
    select(_DAYS.c.chat_id, *(_DAYS.c[name] for name in _COUNTED)).where(_DAYS.c.day == bindparam("day"))
)
_HELD = Prepared(
    select(_CHATS.c.chat_id, *(_CHATS.c[name] for name in _COUNTED)).where(
        _CHATS.c.name == bindparam("name"), _CHATS.c.chat_id.in_(_IDS)
    )
)
_SUMS = Prepared(lambda dialect: upsert(dialect, KeptChat, ("name", "chat_id"), (*_COUNTED, "alone")))
_REMOVE = Prepared(delete(_CHATS).where(_CHATS.c.name == bindparam("name"), _CHATS.c.chat_id.in_(_IDS)))
_STORE = Prepared(lambda dialect: upsert(dialect, KeptPeriod, ("name",), ("first_day", "last_day")))
_TOTALS = Prepared(
    update(_PERIODS)
    .where(_PERIODS.c.name == bindparam("of"))
    .values(
        chats_alone=_PERIODS.c.chats_alone + bindparam("chats"),
        received_alone=_PERIODS.c.received_alone + bindparam("alone"),
    )
)
