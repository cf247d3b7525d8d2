"""Questions of the board to the roll-ups. Each looks at rows of the days asked for, never at the history."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, case, false, func, or_, select, union_all

from waia.accounts.models import Role, User
from waia.chats.models import Alias, Chat, Contact
from waia.dashboard.filters import Filters
from waia.dashboard.models import HOURS, ChatDay, DailyFigure, DailyMessages, MonthlyTop
from waia.kit.db import Transaction

Counts = Counter[tuple[Any, ...]]
DEPTHS = (100, 1_000)  # so many of each month; the second where the first are too much alike
LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)
_MESSAGES = DailyMessages.__table__.c


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is counted: the filters, and where these name a number the chats that have it."""

    filters: Filters
    chat_ids: Sequence[int] | None = None


async def wanted_by(tx: Transaction, filters: Filters) -> Wanted:
    if not filters.number:
        return Wanted(filters)
    return Wanted(filters, await chats_of_number(tx, filters.number))


async def chats_of_number(tx: Transaction, number: str) -> list[int]:
    return list((await tx.execute(select(Chat.id).where(Chat.numero == number))).scalars())


async def messages(tx: Transaction, wanted: Wanted, *by: str) -> Counts:
    """How many, by any of `day`, `roles`, `owner_id`, `author`, `kind`."""
    if wanted.chat_ids is not None:
        return await _of_chats(tx, wanted, by, "m")
    columns = [_MESSAGES[name] for name in by]
    asked = select(*columns, func.sum(_MESSAGES.messages)).where(*_message_filters(wanted.filters)).group_by(*columns)
    return Counter({tuple(row[:-1]): int(row[-1]) for row in await tx.execute(asked) if row[-1]})


async def words(tx: Transaction, wanted: Wanted) -> int:
    if wanted.chat_ids is not None:
        return (await _of_chats(tx, wanted, (), "w")).total()
    asked = select(func.sum(_MESSAGES.words)).where(*_message_filters(wanted.filters))
    return int((await tx.execute(asked)).scalar_one() or 0)


async def hours(tx: Transaction, wanted: Wanted) -> list[int]:
    """Messages by hour of the day."""
    if wanted.chat_ids is not None:
        found = await _of_chats(tx, wanted, ("hour",), "m")
        return [found[(hour,)] for hour in range(24)]
    sums = [func.sum(_MESSAGES[hour]) for hour in HOURS]
    row = (await tx.execute(select(*sums).where(*_message_filters(wanted.filters)))).one()
    return [int(n or 0) for n in row]


async def figures(tx: Transaction, wanted: Wanted, names: Collection[str], *by: str) -> Counts:
    """Counts of these figures, by `figure` and any of `day`, `roles`, `owner_id`, `term`."""
    by = ("figure", *by)
    if wanted.chat_ids is not None:
        return await _of_chats(tx, wanted, by, "f", names)
    columns = [getattr(DailyFigure, name) for name in by]
    asked = select(*columns, func.sum(DailyFigure.n)).where(
        DailyFigure.figure.in_(names), *_filters(DailyFigure, wanted.filters)
    )
    rows = await tx.execute(asked.group_by(*columns))
    return Counter({tuple(row[:-1]): int(row[-1]) for row in rows if row[-1]})


async def top_terms(tx: Transaction, wanted: Wanted, figure: str, limit: int) -> list[tuple[str, int]]:
    """The terms that were counted most, the most frequent first; equal ones in the order of the alphabet."""
    if wanted.chat_ids is None and figure == "word":
        found = await _top_of_months(tx, wanted.filters, figure, limit)
        if found is not None:
            return found
    counts = await figures(tx, wanted, (figure,), "term")
    return _first({term: n for (_, term), n in counts.items()}, limit)


async def top_chats(tx: Transaction, wanted: Wanted, column: str, limit: int) -> list[tuple[int, int]]:
    """Chats by `received` messages or by `words`, the most first."""
    if wanted.chat_ids is None:
        found = await _top_of_months(tx, wanted.filters, column, limit)
        if found is not None:
            return [(int(term), n) for term, n in found]
    summed = func.sum(getattr(ChatDay, column))
    asked = select(ChatDay.chat_id, summed).where(*_filters(ChatDay, wanted.filters), *_among(wanted))
    rows = await tx.execute(asked.group_by(ChatDay.chat_id).order_by(summed.desc(), ChatDay.chat_id).limit(limit))
    return [(row[0], int(row[1])) for row in rows if row[1]]


async def chats_without_person(tx: Transaction, wanted: Wanted, limit: int) -> tuple[list[tuple[int, int]], int, int]:
    """Chats of the period to which no person wrote in it: those who wrote most, how many chats, how many messages."""
    received, by_people = func.sum(ChatDay.received), func.sum(ChatDay.by_people)
    each = (
        select(ChatDay.chat_id, received.label("received"))
        .where(*_filters(ChatDay, wanted.filters), *_among(wanted))
        .group_by(ChatDay.chat_id)
        .having(by_people == 0, received > 0)
        .subquery()
    )
    total = (await tx.execute(select(func.count(), func.sum(each.c.received)).select_from(each))).one()
    rows = await tx.execute(select(each).order_by(each.c.received.desc(), each.c.chat_id).limit(limit))
    return [(row[0], int(row[1])) for row in rows], int(total[0]), int(total[1] or 0)


async def waiting_now(tx: Transaction, wanted: Wanted) -> Any:
    """(people: how many wait for a person, oldest; bot: for the bot; unread) of the chats that are not archived."""
    waits = Chat.archived_at.is_(None) & (
        Chat.unanswered_since > LONG_AGO
    )  # a span of the index, where IS NOT NULL is none
    for_people = waits & (Chat.holder != "bot")
    asked = select(
        func.count(case((for_people, 1))).label("people"),
        func.min(case((for_people, Chat.unanswered_since))).label("oldest"),
        func.count(case((waits & (Chat.holder == "bot"), 1))).label("bot"),
        func.count(case((waits & (Chat.holder == "queue"), 1))).label("queue"),
    ).where(waits)
    return (await tx.execute(asked)).one()


async def chat_names(tx: Transaction, chat_ids: Collection[int]) -> Sequence[Any]:
    """What people are called by, and their numbers."""
    columns = (Chat.id, Chat.contact_id, Chat.numero, Contact.name, Contact.username, Contact.phone, Contact.user_id)
    asked = select(*columns, Alias.name.label("alias")).join(Contact, Contact.id == Chat.contact_id)
    asked = asked.outerjoin(Alias, Alias.contact_id == Chat.contact_id).where(Chat.id.in_(chat_ids))
    return (await tx.execute(asked)).all() if chat_ids else []


async def role_names(tx: Transaction) -> Mapping[int, tuple[str, str]]:
    """(keyword, name) by id, in the order of names."""
    rows = await tx.execute(select(Role.id, Role.keyword, Role.name).order_by(Role.name))
    return {row.id: (row.keyword, row.name) for row in rows}


async def people_names(tx: Transaction) -> Mapping[int, str]:
    name = func.coalesce(func.nullif(User.display_name, ""), User.username)
    return {row[0]: row[1] for row in await tx.execute(select(User.id, name).order_by(name))}


async def role_exists(tx: Transaction, role_id: int) -> bool:
    return (await tx.execute(select(Role.id).where(Role.id == role_id))).scalar_one_or_none() is not None


async def all_numbers(tx: Transaction, limit: int) -> list[str]:
    """Numbers of customers who can be filtered by, the newest chats first."""
    asked = select(Chat.numero).where(Chat.numero.is_not(None)).order_by(Chat.last_message_at.desc()).limit(limit)
    return [number for number in (await tx.execute(asked)).scalars() if number]


async def _top_of_months(tx: Transaction, filters: Filters, figure: str, limit: int) -> list[tuple[str, int]] | None:
    """The top of a period is found among the tops of its months: what somebody has in whole months is the most that
    they have in a part of them. None when so many are equal that this would take longer than counting all."""
    for depth in DEPTHS:
        found = await _top_at_depth(tx, filters, figure, limit, depth)
        if found is not None:
            return found
    return None


async def _top_at_depth(
    tx: Transaction, filters: Filters, figure: str, limit: int, depth: int
) -> list[tuple[str, int]] | None:
    months = sorted({day.replace(day=1) for day in filters.days})
    candidates, most_of_others = await _candidates(tx, figure, months, depth)
    by_month = await _month_counts(tx, figure, months, candidates)
    whole = (
        []
        if filters.narrows_chats
        else [month for month in months if filters.first <= month and _end(month) <= filters.last]
    )
    most = {term: sum(counts.values()) for term, counts in by_month.items()}
    waiting, exact, size = sorted(most, key=lambda term: -most[term]), dict[str, int](), limit * 4
    while waiting:
        some, waiting, size = waiting[:size], waiting[size:], size * 3
        rest = await _sums(tx, filters, figure, some, whole)
        exact |= {term: rest[term] + sum(by_month[term][month] for month in whole) for term in some}
        first = _first(exact, limit)
        reached = first[-1][1] if len(first) == limit else 0
        if reached >= max(most_of_others, most[waiting[0]] if waiting else 0):
            return first
    return None if most_of_others else _first(exact, limit)


async def _candidates(tx: Transaction, figure: str, months: Sequence[date], depth: int) -> tuple[list[str], int]:
    """The first of each month, and how many somebody can have at most who is none of them."""
    tops = select(MonthlyTop.month, MonthlyTop.term, MonthlyTop.n).where(MonthlyTop.figure == figure, MonthlyTop.n > 0)
    tops = tops.order_by(MonthlyTop.n.desc()).limit(depth)
    parts = [select(tops.where(MonthlyTop.month == month).subquery()) for month in months]
    counts: dict[date, list[int]] = {month: [] for month in months}
    found: dict[str, None] = {}
    for row in await tx.execute(union_all(*parts)):
        counts[row.month].append(row.n)
        found[row.term] = None
    return list(found), sum(min(each) for each in counts.values() if len(each) == depth)


async def _month_counts(
    tx: Transaction, figure: str, months: Sequence[date], terms: Sequence[str]
) -> dict[str, Counter[date]]:
    found: dict[str, Counter[date]] = {term: Counter() for term in terms}
    asked = select(MonthlyTop.term, MonthlyTop.month, MonthlyTop.n).where(
        MonthlyTop.figure == figure, MonthlyTop.month.in_(months), MonthlyTop.term.in_(terms)
    )
    for row in await tx.execute(asked) if terms else ():
        found[row.term][row.month] = row.n
    return found


async def _sums(
    tx: Transaction, filters: Filters, figure: str, terms: Sequence[str], without: Sequence[date]
) -> Counter[str]:
    """What these terms have in the days of the period that lie in no month of `without`."""
    model, term, n = _TOPS[figure]
    keys = [int(each) for each in terms] if model is ChatDay else list(terms)
    days = [or_(model.day < without[0], model.day > _end(without[-1]))] if without else []
    asked = select(term, func.sum(n)).where(term.in_(keys), *days, *_filters(model, filters))
    if model is DailyFigure:
        asked = asked.where(DailyFigure.figure == figure)
    return Counter({str(row[0]): int(row[1]) for row in await tx.execute(asked.group_by(term))})


_TOPS: Mapping[str, tuple[Any, Any, Any]] = {
    "word": (DailyFigure, DailyFigure.term, DailyFigure.n),
    "received": (ChatDay, ChatDay.chat_id, ChatDay.received),
    "words": (ChatDay, ChatDay.chat_id, ChatDay.words),
}


def _end(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _first(counts: Mapping[str, int], limit: int) -> list[tuple[str, int]]:
    """The most first; keys that are numbers sort as numbers do."""
    held = [(term, n) for term, n in counts.items() if n > 0]
    return sorted(held, key=lambda pair: (-pair[1], len(pair[0]) if pair[0].isdigit() else 0, pair[0]))[:limit]


def _filters(model: Any, filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [model.day >= filters.first, model.day <= filters.last]
    if filters.role_id is not None:
        found.append(model.roles.contains(f",{filters.role_id},"))
    if filters.owner_id is not None:
        found.append(model.owner_id == filters.owner_id)
    return found


def _message_filters(filters: Filters) -> list[ColumnElement[bool]]:
    found = _filters(_MESSAGES, filters)
    if filters.kind:
        found.append(_MESSAGES.kind == filters.kind)
    if filters.authors:
        found.append(_MESSAGES.author.in_(filters.author_values))
    return found


def _among(wanted: Wanted) -> list[ColumnElement[bool]]:
    if wanted.chat_ids is None:
        return []
    return [ChatDay.chat_id.in_(wanted.chat_ids) if wanted.chat_ids else false()]


async def _of_chats(
    tx: Transaction, wanted: Wanted, by: Sequence[str], what: str, names: Collection[str] = ()
) -> Counts:
    """The same counts, of a few chats only: each of their days holds what it added."""
    found: Counts = Counter()
    asked = select(ChatDay.day, ChatDay.counts).where(
        *_among(wanted), ChatDay.day >= wanted.filters.first, ChatDay.day <= wanted.filters.last
    )
    for day, counts in await tx.execute(asked):
        for key, n in msgspec.json.decode(counts):
            told = _told(what, key)
            if key[0] == what and _admits(wanted.filters, told) and (not names or told["figure"] in names):
                found[tuple(day if name == "day" else told[name] for name in by)] += n
    return found


def _told(what: str, key: Sequence[Any]) -> dict[str, Any]:
    parts = ("figure", "roles", "owner_id", "term") if what == "f" else ("roles", "owner_id", "author", "kind", "hour")
    return dict(zip(parts, key[1:], strict=False))


def _admits(filters: Filters, told: Mapping[str, Any]) -> bool:
    return (
        (filters.role_id is None or f",{filters.role_id}," in told["roles"])
        and (filters.owner_id is None or told["owner_id"] == filters.owner_id)
        and (not filters.kind or told.get("kind", filters.kind) == filters.kind)
        and (not filters.authors or told.get("author") is None or told["author"] in filters.author_values)
    )
