"""Tops of a period, and who is in it without a person, equal a plain count: while messages come, change and go, and
while the days go by, in two time zones."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from tests.dashboard.test_rollups import ZONES, World, count_with, is_message
from waia.chats.models import Message
from waia.dashboard.figures_repository import Wanted
from waia.dashboard.filters import PRESETS, Filters, period_of
from waia.dashboard.rollups import Rollups
from waia.dashboard.tops_repository import chats_without_person, top_chats, without_person
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.wakeups import Wakeups

HISTORIES, LIMIT = 60, 7
FIRST_MORNING = datetime(2026, 4, 3, 9, tzinfo=UTC)
NIGHTS = (timedelta(days=1), timedelta(0), timedelta(days=9), timedelta(days=31), timedelta(days=-2))
LONG = (
    (date(2026, 1, 1), date(2026, 12, 31)),
    (date(2026, 3, 31), date(2026, 6, 20)),
    (date(2026, 4, 2), date(2027, 1, 9)),
)
Sums = dict[int, tuple[int, int, int]]


@pytest.mark.parametrize("depths", [(100, 1_000), (3, 8)], ids=["deep", "shallow"])
async def test_tops_of_any_period_equal_a_plain_count_while_days_go_by(
    database_url: str, depths: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("waia.dashboard.tops_repository.DEPTHS", depths)
    database, world, clock = Database(database_url, Wakeups()), World(depths[0], HISTORIES), Clock(FIRST_MORNING)
    rollups, dice = Rollups(database, clock), random.Random(depths[0])
    await database.run(world.begin)
    for night in NIGHTS:
        await database.run(world.go_on)
        await count_with(rollups, ZONES[0])
        await _all_equal(database, clock, ZONES[0], dice)
        clock.advance(night)
        await count_with(rollups, ZONES[0])
        await _all_equal(database, clock, ZONES[0], dice)
    await database.run(lambda tx: world.forget(tx, 5))
    clock.advance(timedelta(hours=14))  # another day for one of the zones
    for zone in reversed(ZONES):
        await count_with(rollups, zone)
        await _all_equal(database, clock, zone, dice)
    await database.close()


async def _all_equal(database: Database, clock: Clock, zone: ZoneInfo, dice: random.Random) -> None:
    async with database.reading() as tx:
        plain = await _plain(tx, zone)
        for first, last in _periods(clock.business().astimezone(zone).date(), dice):
            wanted, sums = Wanted(Filters(first, last)), plain(first, last)
            for place, column in enumerate(("received", "words")):
                counts = {chat: each[place] for chat, each in sums.items()}
                assert await top_chats(tx, wanted, column, LIMIT) == _first(counts), (first, last, column)
            alone = {chat: received for chat, (received, _, by_people) in sums.items() if not by_people}
            assert await chats_without_person(tx, wanted, LIMIT) == _first(alone), (first, last)
            held = [n for n in alone.values() if n]
            assert await without_person(tx, wanted) == (len(held), sum(held)), (first, last)


def _periods(today: date, dice: random.Random) -> Iterator[tuple[date, date]]:
    yield from (period_of(preset, today) for preset in PRESETS if preset != "otro")
    yield from LONG
    for _ in range(4):
        first = date(2026, 3, 28) + timedelta(days=dice.randrange(20))
        yield first, first + timedelta(days=dice.choice((0, 3, 29, 61, 62)))


async def _plain(tx: Transaction, zone: ZoneInfo) -> Callable[[date, date], Sums]:
    """By chat (received, words, written by people) of any days, from the messages themselves."""
    rows = [row for row in await tx.execute(select(Message.__table__)) if is_message(row)]
    counted = [row for row in rows if row.author == "customer" or row.status != -1]
    told = [(row, row.timestamp.astimezone(zone).date()) for row in counted]

    def of_days(first: date, last: date) -> Sums:
        sums: defaultdict[int, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
        for row, day in told:
            if first <= day <= last:
                received, words, by_people = sums[row.chat_id]
                said = 0 if row.revoked_at else len((row.text or "").split())
                by_person = row.author in {"user", "phone"}
                sums[row.chat_id] = (received + (row.author == "customer"), words + said, by_people + by_person)
        return sums

    return of_days


def _first(counts: dict[int, int]) -> list[tuple[int, int]]:
    held = [(chat, n) for chat, n in counts.items() if n]
    return sorted(held, key=lambda pair: (-pair[1], -pair[0]))[:LIMIT]
