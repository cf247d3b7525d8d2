"""Wake-ups between processes through a Redis: passed on while it lives, never waited for when it does not."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from tests.road_world import eventually
from tests.servers import Server, free_port
from waia.kit.relay import GATHER_S, Relay, connect, trouble_with
from waia.kit.wakeups import Wakeups

PATIENCE_S = 10.0


@dataclass
class Process:
    """What one process knows of the others."""

    wakeups: Wakeups
    relay: Relay

    task: asyncio.Task[None] = field(init=False)

    def __post_init__(self) -> None:
        self.task = asyncio.create_task(self.relay.run())

    async def end(self) -> None:
        self.task.cancel()
        await asyncio.wait([self.task])

    async def hears(self, topic: str, timeout_s: float = PATIENCE_S) -> bool:
        return await self.wakeups.wait(topic, timeout_s)

    async def is_joined(self) -> bool:
        return self.relay.verdict == "ok"

    async def is_away(self) -> bool:
        return self.relay.verdict.startswith("away for")


@asynccontextmanager
async def processes(*addresses: str) -> AsyncIterator[list[Process]]:
    """One for each address of Redis."""
    started = []
    for address in addresses:
        wakeups = Wakeups()
        started.append(Process(wakeups, Relay(address, wakeups)))
    try:
        yield started
    finally:
        await asyncio.gather(*[each.end() for each in started])


async def all_joined(*started: Process) -> None:
    """Whoever comes makes the others look at everything, once. After so many rounds nothing of that is under way."""
    for each in started:
        await eventually(each.is_joined, "the process is joined")
    for _ in range(len(started) + 2):
        for each in started:
            topic = uuid4().hex
            each.wakeups.spread(topic)
            for other in started:
                assert await other.hears(topic)


@pytest.fixture
def silent(redis_server: Server) -> Iterator[Server]:
    """A Redis that stands still for as long as the test lasts; its connections stay."""
    assert redis_server.process is not None
    redis_server.process.send_signal(signal.SIGSTOP)
    yield redis_server
    redis_server.process.send_signal(signal.SIGCONT)


async def test_what_is_spread_in_one_process_wakes_the_others(redis_server: Server) -> None:
    async with processes(*[redis_server.address] * 3) as (one, two, three):
        await all_joined(one, two, three)
        one.wakeups.notify("here")
        one.wakeups.spread("everywhere")
        assert [await each.hears("everywhere") for each in (one, two, three)] == [True, True, True]
        assert [await each.hears("here", 0) for each in (one, two, three)] == [True, False, False]


async def test_a_process_does_not_wake_itself_again(redis_server: Server) -> None:
    async with processes(*[redis_server.address] * 2) as (one, two):
        await all_joined(one, two)
        one.wakeups.spread("inbox")
        assert await one.hears("inbox")
        two.wakeups.spread("later")
        assert await one.hears("later")
        assert not await one.hears("inbox", 0)


async def test_whoever_comes_back_looks_at_everything_and_so_do_the_others(redis_server: Server) -> None:
    async with processes(*[redis_server.address] * 2) as (one, two):
        await all_joined(one, two)
        for _ in range(2):
            assert not await one.hears("inbox", 0)
            redis_server.kill()
            await eventually(one.is_away, "the loss is noticed")
            one.wakeups.spread("outbox")
            redis_server.start()
            await eventually(one.is_joined, "it is joined again")
            assert await one.hears("inbox")
            await all_joined(one, two)
            two.wakeups.spread("inbox")
            assert await one.hears("inbox")


async def test_after_a_cut_everybody_looks(redis_server: Server) -> None:
    async with processes(*[redis_server.address] * 2) as (one, two):
        await all_joined(one, two)
        assert not await two.hears("inbox", 0)
        async with connect(redis_server.address) as redis:
            await redis.client_kill_filter(_type="pubsub")
        assert await two.hears("inbox")


async def test_a_redis_that_says_nothing_more_is_noticed_and_taken_back(redis_server: Server) -> None:
    async with processes(redis_server.address) as (one,):
        await all_joined(one)
        assert redis_server.process is not None
        redis_server.process.send_signal(signal.SIGSTOP)
        try:
            await eventually(one.is_away, "the silence is noticed")
        finally:
            redis_server.process.send_signal(signal.SIGCONT)
        await eventually(one.is_joined, "it is joined again")


@pytest.mark.parametrize("moment", range(12))
async def test_it_ends_even_while_it_speaks(redis_server: Server, moment: int) -> None:
    async with processes(redis_server.address) as (one,):
        await all_joined(one)
        assert not await one.hears("nothing", 2 * GATHER_S)
        one.wakeups.spread("inbox")
        for _ in range(moment):
            await asyncio.sleep(0)
        async with asyncio.timeout(PATIENCE_S):
            await one.end()


async def test_the_number_in_the_address_keeps_installations_apart(redis_server: Server) -> None:
    other = redis_server.address.removesuffix("0") + "1"
    async with processes(redis_server.address, other, redis_server.address) as (one, stranger, two):
        await all_joined(one, two)
        await all_joined(stranger)
        assert not await stranger.hears("inbox", 0)
        one.wakeups.spread("inbox")
        assert await two.hears("inbox")
        assert not await stranger.hears("inbox", 0)


async def test_without_redis_work_here_goes_on_and_the_verdict_says_so() -> None:
    async with processes(f"redis://127.0.0.1:{free_port()}/0") as (one,):
        one.wakeups.spread("inbox")
        assert await one.hears("inbox", 0)
        assert await one.is_away()


async def test_the_doctor_says_what_ails_redis(redis_server: Server) -> None:
    assert await trouble_with(redis_server.address) is None
    assert "cannot be reached" in str(await trouble_with(f"redis://127.0.0.1:{free_port()}/0"))
    assert "cannot be reached" in str(await trouble_with(f"redis://:wrong@{redis_server.address.partition('//')[2]}"))


async def test_the_doctor_does_not_wait_for_a_redis_that_says_nothing(silent: Server) -> None:
    async with asyncio.timeout(PATIENCE_S):
        assert "cannot be reached" in str(await trouble_with(silent.address))
