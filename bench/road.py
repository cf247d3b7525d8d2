"""The whole road: a customer's message in, the bot's reply at the Graph API."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from statistics import median

from bench.crowd import LAST_REPLY_S, Crowd
from bench.customers import Customers
from bench.figures import Figure, at_least, at_most, percentile
from bench.graph import Taken, graph
from bench.load import at_rate
from bench.stand import Ground, Serving

Serve = Callable[[int], AbstractAsyncContextManager[Serving]]
PER_SECOND, FIRST_PER_SECOND = 30.0, 200.0


async def measure(ground: Ground) -> AsyncIterator[Figure]:
    for quiet_s in ground.size.quiet_s:
        waits = await _latency(ground, quiet_s)
        floor, aim = (float(quiet_s) * 1000 or None), (at_most(25) if quiet_s == "0" else None)
        name = f"reply at 30/s, {ground.size.people} chats, quiet window {quiet_s} s"
        yield Figure(f"{name}, p50", percentile(waits, 0.5) * 1000, "ms", floor, aim=aim)
        yield Figure(f"{name}, p99", percentile(waits, 0.99) * 1000, "ms", floor)
    bare = await sustained(ground, ground.bare)
    async with ground.stand() as stand:
        little = await sustained(ground, stand.serving)
    much = await sustained(ground, (await ground.filled(ground.size.many)).serving)
    aim = at_least(300 if ground.mariadb else 500)
    yield Figure("whole road, sustained", little.rate, "messages/s", bare.rate, much.rate / little.rate, aim=aim)
    growth = much.cpu_ms / little.cpu_ms
    yield Figure("whole road, processor time", little.cpu_ms, "ms/message", bare.cpu_ms, growth)
    async with ground.stand() as stand:
        ticks = await sustained(ground, stand.serving, ticks=True)
    yield Figure("whole road, three statuses for each reply", ticks.rate, "messages/s")
    yield Figure("whole road, lost", little.lost + much.lost + ticks.lost, "messages", aim=at_most(0))
    yield Figure("memory after the road", little.rss_mb, "MB")


async def _latency(ground: Ground, quiet_s: str) -> list[float]:
    """Each customer in turn, so that no two messages meet in one quiet window."""
    people = ground.size.people
    customers, said, heard = Customers(people), dict[str, float](), dict[str, float]()

    def says(number: int) -> bytes:
        said[customers.phone(number)] = time.perf_counter()
        return customers.says(number)

    def hear(taken: Taken) -> None:
        heard[taken.phone] = time.perf_counter()

    async with graph(hear) as port, ground.stand() as stand, stand.serving(port, BUFFER_SECONDS=quiet_s) as serving:
        await at_rate(serving.port, says, FIRST_PER_SECOND, people / FIRST_PER_SECOND)
        await _until(lambda: len(heard) >= people)
        await at_rate(serving.port, says, PER_SECOND, people / PER_SECOND)
        await _until(lambda: all(heard[phone] > at for phone, at in said.items()))
    return [heard[phone] - at for phone, at in said.items()]


@dataclass(frozen=True, slots=True)
class Sustained:
    rate: float
    lost: int
    cpu_ms: float
    rss_mb: float


async def sustained(ground: Ground, serve: Serve, seconds: float | None = None, *, ticks: bool = False) -> Sustained:
    """Twice as many customers as chats above: Meta takes one message each 6 s for one customer, after a burst."""
    crowd = Crowd(ground.size.people * 2, ticks=ticks)
    async with graph(crowd.hear) as port, serve(port) as serving:
        await crowd.talk(serving.port, ground.size.warm_s)
        cpu_before = serving.cpu_s
        talked = await crowd.talk(serving.port, seconds or ground.size.road_s)
        cpu_ms = (serving.cpu_s - cpu_before) / talked.answered * 1000
        crowd.close()
        return Sustained(talked.answered / talked.lasted_s, crowd.unanswered + crowd.refused, cpu_ms, serving.rss_mb)


async def in_turns(rate: Callable[[bool], Awaitable[float]]) -> tuple[float, float]:
    """Without something and with it, so that the machine's moods fall on both."""
    rates: dict[bool, list[float]] = {True: [], False: []}
    for with_it in (False, True, True, False) * 2:
        rates[with_it].append(await rate(with_it))
    return median(rates[False]), median(rates[True])


async def _until(holds: Callable[[], bool]) -> None:
    deadline = time.perf_counter() + LAST_REPLY_S
    while not holds():
        if time.perf_counter() > deadline:
            raise RuntimeError("replies are missing")
        await asyncio.sleep(0.01)
