"""Open panels: how late they hear of a message, what they hold in memory, and what they cost the webhook."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from bench.customers import Customers
from bench.figures import Figure, Of, at_least, at_most, percentile
from bench.graph import graph
from bench.office import open_logins
from bench.road import in_turns, sustained
from bench.stand import Ground, Serving
from bench.wire import Listener, ask, get

A_PERSON, QUIET_S = 10, "8"
SMALL_BUFFER = 4_096
PER_SECOND, SETTLE_S, LAST_EVENT_S = 2.0, 2.0, 5.0


async def measure(ground: Ground) -> AsyncIterator[Figure]:
    alone_ms = 0.0
    for streams in ground.size.crowds:
        waits, rss_mb = await _crowd(ground, streams)
        alone_ms = alone_ms or percentile(waits, 0.99) * 1000
        name = f"{streams:,} open streams, {PER_SECOND:g} messages/s"
        yield Figure(f"{name}, p99", percentile(waits, 0.99) * 1000, "ms", aim=at_most(1_000))
        yield Figure(f"{name}, memory", rss_mb, "MB", aim=at_most(200))
    fewest, stalled = ground.size.crowds[0], ground.size.stalled
    waits, _ = await _crowd(ground, fewest, stalled)
    name = f"{fewest:,} open streams beside {stalled} that never read, p99"
    yield Figure(name, percentile(waits, 0.99) * 1000, "ms", alone_ms, aim=at_most(1.25, Of.RATIO))
    unseen, seen = await in_turns(lambda seen: _taken_in(ground, seen=seen))
    yield Figure("whole road beside an open panel", seen, "messages/s", unseen, aim=at_least(0.9, Of.RATIO))


@dataclass
class _Room:
    """All who listen for the same words: when each heard them, and whether everybody has."""

    listeners: int
    heard: list[float] = field(default_factory=list)
    everybody: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self) -> None:
        self.heard.append(time.perf_counter())
        if len(self.heard) >= self.listeners:
            self.everybody.set()


class _Ear:
    """Hears one stream."""

    def __init__(self, room: _Room) -> None:
        self._room = room
        self.wanted = b""

    def hear(self, part: bytes) -> None:
        if self.wanted and self.wanted in part:
            self.wanted = b""
            self._room.note()


async def _crowd(ground: Ground, streams: int, stalled: int = 0) -> tuple[list[float], float]:
    async with ground.stand() as stand, graph(lambda _: None) as port:
        cookies = await open_logins(stand.url, -(-(streams + stalled) // A_PERSON))
        # The list shows the last message: with a quiet window that is the customer's and not yet the reply.
        async with stand.serving(port, BUFFER_SECONDS=QUIET_S) as serving:
            room = _Room(streams)
            ears = [_Ear(room) for _ in range(streams)]
            lines = [await _listen(serving, cookies[n // A_PERSON], ear) for n, ear in enumerate(ears)]
            lines += [await _stall(serving, cookies[(streams + n) // A_PERSON]) for n in range(stalled)]
            await asyncio.sleep(SETTLE_S)
            waits = await _tell(ground, serving, ears, room)
            rss_mb = serving.rss_mb
            for line in lines:
                line.abort()
    return waits, rss_mb


async def _listen(serving: Serving, cookie: str, ear: _Ear) -> asyncio.Transport:
    make = partial(Listener, get("/eventos", cookie, accept="text/event-stream"), ear.hear)
    transport, _ = await asyncio.get_running_loop().create_connection(make, "127.0.0.1", serving.port)
    return transport


async def _stall(serving: Serving, cookie: str) -> asyncio.Transport:
    """A browser that asks and then never reads a byte, with little room on the way."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    line.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(line, ("127.0.0.1", serving.port))
    make = partial(Listener, get("/eventos", cookie, accept="text/event-stream"), lambda _: None)
    transport, _ = await loop.create_connection(make, sock=line)
    transport.pause_reading()
    return transport


async def _tell(ground: Ground, serving: Serving, ears: Sequence[_Ear], room: _Room) -> list[float]:
    """Customers write; how long each stream took to show each message."""
    customers, waits = Customers(ground.size.people), list[float]()
    for number in range(max(1, round(ground.size.crowd_s * PER_SECOND))):
        words = f"aviso{number:06d}"
        for ear in ears:
            ear.wanted = words.encode()
        room.heard.clear()
        room.everybody.clear()
        began = time.perf_counter()
        await ask(serving.port, customers.says(number, words))
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_EVENT_S):
                await room.everybody.wait()
        waits += [at - began for at in room.heard] + [LAST_EVENT_S] * (len(ears) - len(room.heard))
        await asyncio.sleep(max(0.0, began + 1 / PER_SECOND - time.perf_counter()))
    return waits


async def _taken_in(ground: Ground, *, seen: bool) -> float:
    """Messages a second on the whole road, on an empty database, with and without a panel that hears of each."""
    async with ground.stand() as stand:
        (cookie,) = await open_logins(stand.url, 1)

        @asynccontextmanager
        async def serve(port: int) -> AsyncIterator[Serving]:
            async with stand.serving(port) as serving:
                panel = await _listen(serving, cookie, _Ear(_Room(1))) if seen else None
                yield serving
                if panel:
                    panel.abort()

        return (await sustained(ground, serve, ground.size.press_s)).rate
