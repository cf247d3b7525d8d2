"""A polite stop with hundreds of open pages and webhooks coming in; an impolite one."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.crash.effort import times
from tests.crash.fault_world import Meta, Traffic, admins_signed_in, quiet_body, stored_wamids
from tests.road_world import PATIENCE_S, Served, Waia, eventually, served
from tests.roads.invariants import check_invariants

STREAMS, PER_PERSON, STOPS = 500, 10, times(1, 12)
LONGEST_STOP_S, AT_ONCE_S, SLOW_S = 15.0, 2.5, 5.0
FAREWELL = b"event: closing"
KILLED_BY_SIGTERM = 128 + signal.SIGTERM


class Stream:
    """An open page's stream, read to its end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard = b""
        self._reader, self._writer = reader, writer
        self.reading = asyncio.create_task(self._read())

    @property
    def is_ready(self) -> bool:
        return b"event: ready" in self.heard

    def close(self) -> None:
        self.reading.cancel()
        self._writer.transport.abort()

    async def _read(self) -> None:
        with suppress(ConnectionError):
            while received := await self._reader.read(65_536):
                self.heard += received


@asynccontextmanager
async def open_streams(waia: Waia, tokens: Sequence[str]) -> AsyncIterator[list[Stream]]:
    """Ten for each login, all of them ready."""
    streams = []
    for token in [token for token in tokens for _ in range(PER_PERSON)]:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(waia.environ["PORT"]))
        asked = f"GET /eventos?vista=todos HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: waia={token}\r\n\r\n"
        writer.write(asked.encode())
        streams.append(Stream(reader, writer))
    try:
        await eventually(lambda: all_ready(streams), "all streams are open", 60)
        yield streams
    finally:
        for stream in streams:
            stream.close()


async def all_ready(streams: Sequence[Stream]) -> bool:
    return all(stream.is_ready for stream in streams)


@pytest.mark.usefixtures("many_files")
async def test_a_stop_with_500_open_pages_and_traffic_is_quick_and_loses_nothing(
    tmp_path: Path, sqlite_url: str
) -> None:
    """N8, F46."""
    async with served(tmp_path, sqlite_url) as road:
        tokens = await admins_signed_in(road, STREAMS // PER_PERSON)
        meta = Meta(road)
        async with Traffic(meta, lambda number: quiet_body(f"wamid.{number}", sender=f"57300{number % 9:07}")) as load:
            for number in range(STOPS):
                road.world.faults.send.slow.times, road.world.faults.send.slow_s = 1, 1.0
                async with open_streams(road.waia, tokens) as streams:
                    await road.says("Hola")
                    await road.world.until(lambda: len(road.world.sent) > number, 20)  # noqa: B023
                    await stop_politely(road.waia, streams)
                await road.waia.start()
        await road.calm(60)
        assert set(meta.answers) <= {0, 200, 503}
        assert {f"wamid.{number + 1}" for number in range(load.posted)} <= await stored_wamids(road)
        assert len(road.world.sent) == STOPS
        await check_invariants(road)


async def stop_politely(waia: Waia, streams: Sequence[Stream]) -> None:
    """In time, with exit code 0, and each page is told when to come back."""
    started = time.monotonic()
    assert await waia.stop() == 0
    assert time.monotonic() - started < LONGEST_STOP_S
    await asyncio.wait([stream.reading for stream in streams], timeout=AT_ONCE_S)
    assert {b"retry:" in stream.heard.partition(FAREWELL)[2] for stream in streams} == {True}


async def test_the_second_signal_does_not_wait(tmp_path: Path, sqlite_url: str) -> None:
    async with served(tmp_path, sqlite_url) as road:
        road.world.faults.send.slow.times, road.world.faults.send.slow_s = 1, SLOW_S
        await road.says("Hola")
        await road.world.until(lambda: len(road.world.sent) == 1, PATIENCE_S)
        assert road.waia.process is not None
        road.waia.process.terminate()
        await eventually(lambda: is_closing(road), "the first signal is heard")
        started = time.monotonic()
        road.waia.process.terminate()
        assert await road.waia.died() == KILLED_BY_SIGTERM
        assert time.monotonic() - started < AT_ONCE_S
        await road.waia.start()
        await road.calm()
        await check_invariants(road)


async def is_closing(road: Served) -> bool:
    """It waits for its sends, and takes no new connection."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", int(road.waia.environ["PORT"]))
    except ConnectionError:
        return True
    writer.transport.abort()
    return False
