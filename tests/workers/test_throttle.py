"""How fast a number may send, and when it pauses: for one sender, and for several that share a database server."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from waia.kit.db import Database, Transaction
from waia.kit.wakeups import Wakeups
from waia.whatsapp.answers import Outcome, Retry, Sent, Stopped, Unknown
from waia.whatsapp.errors import Scope
from waia.workers.throttle import NumberThrottle, next_pair_token, pair_tokens

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
UNKNOWN, SENT, STOPPED = Unknown(reason="?"), Sent("wamid.1"), Stopped(code=190, reason="token")


def alone(per_second: float) -> NumberThrottle:
    """The only sender, as on SQLite."""
    return NumberThrottle(per_second, Database("sqlite://", Wakeups()))


def slowed(scope: Scope) -> Outcome:
    return Retry(code=130429, reason="too fast", after_s=7, scope=scope)


def test_a_number_sends_its_rate_and_then_waits() -> None:
    throttle = alone(3)
    assert [throttle.wait("1", NOW) for _ in range(3)] == [None, None, None]
    free_at = throttle.wait("1", NOW)
    assert free_at is not None
    assert NOW < free_at <= NOW + timedelta(seconds=0.34)
    assert throttle.wait("1", free_at) is None


def test_numbers_do_not_slow_each_other_down() -> None:
    throttle = alone(1)
    assert throttle.wait("1", NOW) is None
    assert throttle.wait("1", NOW) is not None
    assert throttle.wait("2", NOW) is None


async def test_a_number_that_meta_slows_down_pauses_as_long_as_asked() -> None:
    throttle = alone(80)
    await throttle.learn("1", slowed(Scope.NUMBER), NOW)
    assert throttle.wait("1", NOW) == NOW + timedelta(seconds=7)
    assert throttle.wait("1", NOW + timedelta(seconds=7)) is None


async def test_a_limit_of_one_customer_does_not_pause_the_number() -> None:
    throttle = alone(80)
    await throttle.learn("1", slowed(Scope.CHAT), NOW)
    assert throttle.wait("1", NOW) is None


async def test_after_five_failures_one_probe_goes_out_each_fifteen_seconds() -> None:
    throttle = alone(80)
    for _ in range(5):
        await throttle.learn("1", UNKNOWN, NOW)
    probe_at = NOW + timedelta(seconds=15)
    assert throttle.wait("1", NOW) == probe_at
    assert throttle.wait("1", probe_at) is None
    assert throttle.wait("1", probe_at) == probe_at + timedelta(seconds=15)
    await throttle.learn("1", SENT, probe_at)
    assert throttle.wait("1", probe_at) is None


def test_a_customer_gets_45_at_once_and_then_one_every_six_seconds() -> None:
    assert pair_tokens(0, None, NOW) == 45
    assert pair_tokens(0, NOW, NOW + timedelta(seconds=3)) == 0.5
    assert next_pair_token(0.5, NOW) == NOW + timedelta(seconds=3)
    assert pair_tokens(44, NOW, NOW + timedelta(hours=1)) == 45


async def test_a_clock_that_was_set_back_holds_up_nobody() -> None:
    throttle, hour = alone(1), timedelta(hours=1)
    assert throttle.wait("1", NOW) is None
    assert throttle.wait("1", NOW - hour) == NOW - hour + SECOND
    assert throttle.wait("1", NOW - hour + SECOND) is None
    await throttle.learn("2", STOPPED, NOW)
    assert throttle.wait("2", NOW) is not None
    assert throttle.wait("2", NOW - hour) is None
    assert pair_tokens(0, NOW, NOW) < 1
    assert pair_tokens(0, NOW, NOW - hour) >= 1


@pytest.fixture
async def senders(mariadb_url: str) -> AsyncIterator[tuple[NumberThrottle, NumberThrottle]]:
    """Two processes that send from the same numbers."""
    databases = [Database(mariadb_url, Wakeups()) for _ in range(2)]
    one, other = (NumberThrottle(10, database) for database in databases)
    yield one, other
    for database in databases:
        await database.close()


async def sends(throttle: NumberThrottle, number: str, now: datetime, *, most: int = 100) -> int:
    """How many messages it may send now, claimed as the sender does."""

    async def claim(tx: Transaction) -> int:
        await throttle.hold(tx, {number}, now)
        allowed = 0
        while allowed < most and throttle.wait(number, now) is None:
            allowed += 1
        await throttle.keep(tx, {number})
        return allowed

    return await throttle.database.run(claim)


async def test_two_senders_together_send_the_rate_of_one(senders: tuple[NumberThrottle, NumberThrottle]) -> None:
    one, other = senders
    assert await sends(one, "1", NOW, most=4) == 4
    assert (await sends(other, "1", NOW), await sends(one, "1", NOW)) == (6, 0)
    claims = (sends(each, "1", NOW + SECOND, most=1) for each in senders for _ in range(15))
    assert sum(await asyncio.gather(*claims)) == 10
    assert await sends(other, "2", NOW + SECOND) == 10


async def test_what_one_sender_learns_holds_for_the_other(senders: tuple[NumberThrottle, NumberThrottle]) -> None:
    one, other = senders
    assert await sends(other, "1", NOW, most=1) == 1
    await one.learn("1", slowed(Scope.NUMBER), NOW)
    assert await sends(other, "1", NOW + 6 * SECOND) == 0
    assert await sends(other, "1", NOW + 7 * SECOND, most=1) == 1
    await other.learn("1", SENT, NOW + 7 * SECOND)
    for each in (one, other, one, other, one):
        await each.learn("1", UNKNOWN, NOW + 8 * SECOND)
    assert await sends(other, "1", NOW + 22 * SECOND) == 0
    assert await sends(other, "1", NOW + 23 * SECOND) == 1
    await other.learn("1", SENT, NOW + 23 * SECOND)
    assert await sends(one, "1", NOW + 23 * SECOND) > 1


async def test_a_sender_whose_clock_is_behind_fills_nothing_twice(
    senders: tuple[NumberThrottle, NumberThrottle],
) -> None:
    one, other = senders
    assert await sends(one, "1", NOW) == 10
    assert await sends(other, "1", NOW - SECOND) == 0
    assert await sends(one, "1", NOW) == 0


async def test_an_answer_is_recorded_although_the_pace_cannot_be_noted() -> None:
    """The database is away: nothing is raised to the sender, which has more to record."""
    nobody = Database("mysql://root@127.0.0.1:9/waia", Wakeups())
    await NumberThrottle(10, nobody).learn("1", UNKNOWN, NOW)
    await nobody.close()
