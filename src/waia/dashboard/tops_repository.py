"""Who and what comes first in a period: chats and words by how often. Found where it is kept, else among the tops of
the months, else by looking at each chat's days."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select, union_all

from waia.dashboard import kept_repository
from waia.dashboard.figures_repository import Wanted, among, figures, filtered
from waia.dashboard.filters import Filters
from waia.dashboard.kept_repository import AfterChat, Alone
from waia.dashboard.models import ChatDay, DailyFigure, MonthlyTop
from waia.kit.db import Transaction

SHORT = 62  # days of which each chat is soon looked at
DEPTHS = (100, 1_000)  # so many of each month; the second where the first are too much alike


async def top_terms(tx: Transaction, wanted: Wanted, figure: str, limit: int) -> list[tuple[str, int]]:
    """The terms that were counted most, the most frequent first; equal ones in the order of the alphabet."""
    if wanted.chat_ids is None and figure == "word":
        found = await _top_of_months(tx, wanted.filters, figure, limit)
        if found is not None:
            return found
    counts = await figures(tx, wanted, (figure,), "term")
    return _first(figure, {term: n for (_, term), n in counts.items()}, limit)


async def top_chats(tx: Transaction, wanted: Wanted, column: str, limit: int) -> list[tuple[int, int]]:
    """Chats by `received` messages or by `words`, the most first; of equal ones the newest chat."""
    kept = await _kept(tx, wanted)
    if kept is not None:
        return await kept_repository.top(tx, kept[0], column, limit)
    if wanted.chat_ids is None and len(wanted.filters.days) > SHORT:
        found = await _top_of_months(tx, wanted.filters, column, limit)
        if found is not None:
            return [(int(term), n) for term, n in found]
    summed = func.sum(getattr(ChatDay, column))
    asked = select(ChatDay.chat_id, summed).where(*filtered(ChatDay, wanted.filters), *among(wanted))
    asked = asked.group_by(ChatDay.chat_id).having(summed > 0).order_by(summed.desc(), ChatDay.chat_id.desc())
    return [(row[0], int(row[1])) for row in await tx.execute(asked.limit(limit))]


async def chats_without_person(
    tx: Transaction, wanted: Wanted, limit: int, beyond: AfterChat | None = None
) -> list[tuple[int, int]]:
    """(chat, received) of those that wrote in the period while no person wrote to them, those who wrote most first."""
    kept = await _kept(tx, wanted)
    if kept is not None:
        return await kept_repository.top(tx, kept[0], "alone", limit, beyond)
    each = _alone(wanted).subquery()
    asked = select(each).order_by(each.c.received.desc(), each.c.chat_id.desc()).limit(limit)
    if beyond is not None:
        asked = asked.where(beyond.follows(each.c.received, each.c.chat_id))
    return [(row[0], int(row[1])) for row in await tx.execute(asked)]


async def without_person(tx: Transaction, wanted: Wanted) -> Alone:
    """How many these chats are, and how much they wrote."""
    kept = await _kept(tx, wanted)
    if kept is not None:
        return kept[1]
    each = _alone(wanted).subquery()
    total = (await tx.execute(select(func.count(), func.sum(each.c.received)).select_from(each))).one()
    return Alone(int(total[0]), int(total[1] or 0))


async def _kept(tx: Transaction, wanted: Wanted) -> tuple[str, Alone] | None:
    """Where these days are kept summed up; they are so for all chats together only."""
    if wanted.chat_ids is not None or wanted.filters.narrows_chats:
        return None
    return await kept_repository.period_of_days(tx, wanted.filters.first, wanted.filters.last)


def _alone(wanted: Wanted) -> Select[Any]:
    received = func.sum(ChatDay.received)
    asked = select(ChatDay.chat_id, received.label("received")).where(
        *filtered(ChatDay, wanted.filters), *among(wanted)
    )
    return asked.group_by(ChatDay.chat_id).having(func.sum(ChatDay.by_people) == 0, received > 0)


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
        first = _first(figure, exact, limit)
        reached = first[-1][1] if len(first) == limit else 0
        if reached > max(most_of_others, most[waiting[0]] if waiting else 0):
            return first
    return None if most_of_others else _first(figure, exact, limit)


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
    asked = select(term, func.sum(n)).where(term.in_(keys), *days, *filtered(model, filters))
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


def _first(figure: str, counts: Mapping[str, int], limit: int) -> list[tuple[str, int]]:
    """The most first; of equal ones words by their alphabet, chats from the newest on."""
    newest_first = _TOPS.get(figure, (None,))[0] is ChatDay
    held = [(term, n) for term, n in counts.items() if n > 0]
    return sorted(held, key=lambda pair: (-pair[1], -int(pair[0]) if newest_first else 0, pair[0]))[:limit]
