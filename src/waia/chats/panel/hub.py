"""Tells open streams that something happened: one pump per process reads the event log into a shared ring.

A stream keeps a cursor, not a queue: a slow one costs nothing; one that fell behind reads the database.
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

    def after(self, seq: int) -> list[LoggedEvent]:
        return [self._events[n] for n in range(seq + 1, self.last + 1)]


class Hub:
    """Knows the end of the event log and rings the bell of every open stream when it moves.

    `run` is the only consumer of the wake-up topic "events"; it also polls, for events of other processes.
    `closing` is set at shutdown, before the server waits for its connections.
    """

    def __init__(self, database: Database, wakeups: Wakeups, closing: asyncio.Event) -> None:
        self.closing = closing
        self.epoch = 0
        self.ring = Ring(0)
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
            self.ring_bells()
        return len(events)

    async def after(self, seq: int) -> Sequence[LoggedEvent]:
        """The events that follow `seq`, oldest first: all that the ring holds, else a page from the database.

        Raises HistoryGone when they are not all there.
        """
        if seq > self.ring.last:
            raise HistoryGone
        if seq + 1 >= self.ring.first:
            return self.ring.after(seq)
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
