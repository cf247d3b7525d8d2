"""Tells open streams that something happened: one pump per process reads the event log into a shared ring.

A stream keeps a cursor, not a queue: a slow one costs nothing; one that fell behind reads the database. All streams are
told on the same beat, so that they ask for the same events, which are read and drawn once for all of them.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

import structlog

from waia.kit.db import Database, Transaction
from waia.kit.events import Counter, LoggedEvent, last_seq, read_after
from waia.kit.wakeups import Wakeups

RING_SIZE = 10_000
PAGE_SIZE = 500
POLL_S = 0.5
RETRY_S = 2.0
POLLS_PER_CHECK = 4
BEAT_S, PER_STREAM_S = 0.25, 0.00025  # the more streams, the longer it takes to tell them all

log = structlog.get_logger(__name__)


class HistoryGone(Exception):
    """The events after a cursor are not all there (pruned, or another database): the page must reload."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the event log. A page reads it before its data, in the same transaction."""

    seq: int
    epoch: int


async def read_position(tx: Transaction) -> Position:
    epoch = await tx.session.get_one(Counter, "epoch")
    return Position(await last_seq(tx.connection), epoch.value)


class Ring:
    """The newest events, gap-free."""

    def __init__(self, last: int, size: int = RING_SIZE) -> None:
        self.first, self.last, self._size = last + 1, last, size
        self._events: dict[int, LoggedEvent] = {}

    def add(self, events: Sequence[LoggedEvent]) -> None:
        for event in events:
            self._events[event.seq] = event
            self.last = event.seq
        while len(self._events) > self._size:
            del self._events[self.first]
            self.first += 1

    def between(self, seq: int, last: int) -> list[LoggedEvent]:
        """Those after `seq`, up to `last`."""
        return [self._events[n] for n in range(seq + 1, last + 1)]


class Hub:
    """Knows the end of the event log and rings the bell of every open stream when it moves, at most once a beat.

    `run` is the only consumer of the wake-up topic "events"; it also polls, for events of other processes.
    `closing` is set at shutdown, before the server waits for its connections. `told`: the last event that streams
    may tell of by now.
    """

    def __init__(self, database: Database, wakeups: Wakeups, closing: asyncio.Event, beat_s: float = BEAT_S) -> None:
        self.closing = closing
        self.epoch, self.told = 0, 0
        self.ring = Ring(0)
        self.beat_s, self._beat_at = beat_s, 0.0
        self._beat: asyncio.TimerHandle | None = None
        self.bells: set[asyncio.Event] = set()
        self.listeners: list[Callable[[Sequence[LoggedEvent]], None]] = []
        self._database, self._wakeups = database, wakeups
        self._reading = asyncio.Lock()
        self._started = False

    async def run(self) -> None:
        """Until cancelled. A database that is away delays events, it does not end the loop."""
        watch = asyncio.create_task(self._ring_at_closing())
        try:
            for turn in count():
                await self._pump(check=turn % POLLS_PER_CHECK == 0)
                await self._wakeups.wait("events", POLL_S)
        finally:
            watch.cancel()
            if self._beat is not None:
                self._beat.cancel()

    async def position(self) -> Position:
        """The end of the log as known here; reads the log first when nothing was read yet."""
        if not self._started:
            await self.catch_up()
        return Position(self.ring.last, self.epoch)

    async def catch_up(self, *, check: bool = False) -> int:
        """Read what was committed since; returns how many events. `check`: is it still the same log?"""
        async with self._reading, self._database.glancing() as tx:
            if check or not self._started:
                self._adopt(await read_position(tx))
            events = await read_after(tx, self.ring.last, PAGE_SIZE)
        self.ring.add(events)
        if events:
            for listener in self.listeners:
                listener(events)
            self._tell()
        return len(events)

    async def after(self, seq: int) -> Sequence[LoggedEvent]:
        """The events that follow `seq`, oldest first: from the ring up to the last beat, else a page of the database.

        Raises HistoryGone when they are not all there.
        """
        if seq > self.ring.last:
            raise HistoryGone
        if seq + 1 >= self.ring.first:
            return self.ring.between(seq, self.told)
        async with self._database.reading() as tx:
            events = await read_after(tx, seq, PAGE_SIZE)
        if not events or events[0].seq != seq + 1:
            raise HistoryGone
        return events

    def ring_bells(self) -> None:
        for bell in self.bells:
            bell.set()

    def _adopt(self, position: Position) -> None:
        """Begin at the end of the log; begin anew when it is not the log we know (a backup was restored)."""
        if self._started and position.epoch == self.epoch and position.seq >= self.ring.last:
            return
        self.epoch, self.ring, self._started = position.epoch, Ring(position.seq), True
        self.told = position.seq
        self.ring_bells()

    def _tell(self) -> None:
        """At once after a rest, otherwise with the next beat."""
        loop = asyncio.get_running_loop()
        if self._beat is not None:
            return
        if self._beat_at > loop.time():
            self._beat = loop.call_at(self._beat_at, self._tell_now)
        else:
            self._tell_now()

    def _tell_now(self) -> None:
        self._beat, self.told = None, self.ring.last
        self._beat_at = asyncio.get_running_loop().time() + max(self.beat_s, len(self.bells) * PER_STREAM_S)
        self.ring_bells()

    async def _pump(self, *, check: bool) -> None:
        try:
            while await self.catch_up(check=check) == PAGE_SIZE:
                check = False
        except Exception:
            log.exception("the event log could not be read; trying again")
            await asyncio.sleep(RETRY_S)

    async def _ring_at_closing(self) -> None:
        with suppress(asyncio.CancelledError):
            await self.closing.wait()
            self.ring_bells()
