"""Which periods are kept summed up by chat, and how one moves on as days go by: a day in, a day out."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from waia.dashboard import kept_repository as repository
from waia.dashboard.filters import period_of
from waia.dashboard.kept_repository import Period, Sums
from waia.kit.db import Transaction

KEPT = ("7d", "30d", "mes", "mes_pasado", "12m")  # hoy and ayer are one day, which is soon read
DAY = timedelta(days=1)
MOST_AT_ONCE = 300

ByDay = Mapping[date, Mapping[int, Sums]]
"""What each chat adds to a day more than before."""


class Edge(NamedTuple):
    """The next day that a period takes in (`sign` 1) or leaves behind (-1), and the period after it."""

    period: Period
    day: date
    sign: int


def wanted_on(today: date) -> dict[str, Period]:
    return {name: Period(name, *period_of(name, today)) for name in KEPT}


def next_edge(period: Period, wanted: Period) -> Edge | None:
    """None where it stands as wanted. What it should not have goes first; an empty one begins with its last day."""
    first, last = period.first_day, period.last_day
    if last < first:
        return Edge(period.of(wanted.last_day, wanted.last_day), wanted.last_day, 1)
    if first < wanted.first_day:
        return Edge(period.of(first + DAY, last), first, -1)
    if last > wanted.last_day:
        return Edge(period.of(first, last - DAY), last, -1)
    if last < wanted.last_day:
        return Edge(period.of(first, last + DAY), last + DAY, 1)
    if first > wanted.first_day:
        return Edge(period.of(first - DAY, last), first - DAY, 1)
    return None


async def all_stand(tx: Transaction, today: date) -> bool:
    held = await repository.periods(tx)
    return all(held.get(name) == wanted for name, wanted in wanted_on(today).items())


async def begin(tx: Transaction, today: date) -> None:
    """Before anything is counted: all stand, and nothing is in them."""
    await repository.forget(tx)
    await repository.store_periods(tx, wanted_on(today).values())


async def move_on(tx: Transaction, today: date) -> None:
    """By so many days that it does not take long; nobody else may count meanwhile."""
    held, moved = await repository.periods(tx), 0
    for name, wanted in wanted_on(today).items():
        period = held.get(name) or wanted.of(wanted.last_day + DAY, wanted.last_day)
        while moved < MOST_AT_ONCE and (edge := next_edge(period, wanted)) is not None:
            sums = await repository.sums_of_day(tx, edge.day)
            await repository.store_periods(tx, [edge.period])
            await repository.add(tx, name, {chat_id: each.times(edge.sign) for chat_id, each in sums.items()})
            period, moved = edge.period, moved + len(sums) + 1


async def add(tx: Transaction, changes: ByDay) -> None:
    """To every period that holds these days."""
    for period in (await repository.periods(tx)).values() if changes else ():
        found: dict[int, Sums] = {}
        for day, chats in changes.items():
            if period.first_day <= day <= period.last_day:
                found |= {chat_id: found.get(chat_id, Sums()).plus(sums) for chat_id, sums in chats.items()}
        await repository.add(tx, period.name, {chat_id: sums for chat_id, sums in found.items() if any(sums)})
