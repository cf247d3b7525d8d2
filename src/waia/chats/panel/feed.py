"""What one stream says, message after message: news in batches, numbers, heartbeats, and why it ends."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError

from waia.chats.metrics import REPLAYED
from waia.chats.panel.asides import Asides, attention
from waia.chats.panel.audience.viewer import Ending, Viewer
from waia.chats.panel.fragments import Fragments
from waia.chats.panel.hub import PAGE_SIZE, HistoryGone, Hub
from waia.chats.panel.sse import message
from waia.chats.panel.viewmodels import ChatRow, Counts
from waia.kit.events import LoggedEvent

RECONNECT_MS = 500
FRAGMENTS_PER_S = 100  # however much happens: to draw more, faster than anybody reads, would hold up what comes in
AFTER_CLOSING_MS = (1_000, 5_000)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two batches (`batch_s`: of all streams; at most `longest_rest_s` after a large one), two updates
    of the numbers, two heartbeats; how long a write may block."""

    batch_s: float = 0.25
    longest_rest_s: float = 5.0
    counts_s: float = 1.0
    heartbeat_s: float = 15.0
    write_limit_s: float = 20.0


class Feed:
    """Reads from its own cursor. `since` and `epoch` say where the page's data stood in the event log."""

    def __init__(
        self,
        hub: Hub,
        fragments: Fragments,
        asides: Asides,
        viewer: Viewer,
        pace: Pace,
        since: int | None,
        epoch: int | None,
    ) -> None:
        self._hub, self._fragments, self._asides, self._viewer, self._pace = hub, fragments, asides, viewer, pace
        self._since, self._epoch, self._cursor, self._missed_to = since, epoch, 0, 0
        self._batch_at = self._counts_at = 0.0
        self._heartbeat_at = _now() + pace.heartbeat_s
        self._counts_wanted = False
        self._counting: asyncio.Future[Counts] | None = None

    async def messages(self) -> AsyncGenerator[str, None]:
        if text := await self._guarded(self._begin):
            yield text
        while not self._has_ended():
            self._viewer.bell.clear()
            if (wait_s := self._due() - _now()) > 0:
                await _heard(self._viewer.bell, wait_s)
            elif text := await self._guarded(self._next):
                yield text
        yield farewell(self._viewer.ending or Ending.CLOSING)

    async def _begin(self) -> str:
        """Refuse a cursor of another log, and a chat out of sight."""
        position = await self._hub.position()
        self._cursor = position.seq if self._since is None else self._since
        self._epoch = position.epoch if self._epoch is None else self._epoch
        self._missed_to = position.seq
        if self._cursor > position.seq:
            await self._hub.catch_up(check=True)
        if not await self._fragments.may_watch(self._viewer):
            self._viewer.end(Ending.GONE)
        return message(event="ready", seq=self._cursor, retry_ms=RECONNECT_MS)

    async def _guarded(self, work: Callable[[], Awaitable[str]]) -> str:
        try:
            return await work()
        except HistoryGone:
            self._viewer.end(Ending.RESET)
        except SQLAlchemyError as error:
            log.warning("a stream ends because the database is away", error=type(error).__name__)
            self._viewer.end(Ending.CLOSING)
        return ""

    def _has_ended(self) -> bool:
        if self._hub.closing.is_set():
            self._viewer.end(Ending.CLOSING)
        elif self._epoch != self._hub.epoch:
            self._viewer.end(Ending.RESET)
        return self._viewer.ending is not None

    def _due(self) -> float:
        due = self._heartbeat_at
        if self._has_news():
            due = min(due, self._batch_at)
        if self._counting is not None:
            return 0 if self._counting.done() else due
        return min(due, self._counts_at) if self._counts_wanted else due

    def _has_news(self) -> bool:
        """Something to tell; or the log is not the one that this stream read."""
        return self._cursor < self._hub.told or self._cursor > self._hub.ring.last

    async def _next(self) -> str:
        if self._has_news() and self._batch_at <= _now():
            return await self._news()
        if self._counting is not None and self._counting.done():
            return self._numbers(self._counting)
        if self._counting is None and self._counts_wanted and self._counts_at <= _now():
            return self._count()
        self._heartbeat_at = _now() + self._pace.heartbeat_s
        return message(comment="heartbeat", event="heartbeat", seq=self._cursor)

    async def _news(self) -> str:
        started = _now()
        events = await self._hub.after(self._cursor)
        news = await self._fragments.news(events, self._viewer)
        if news.lost:
            self._viewer.end(Ending.GONE)
            return ""
        REPLAYED.add(by=max(min(events[-1].seq, self._missed_to) - self._cursor, 0))
        self._cursor = events[-1].seq
        rests = bool(news.text) and len(events) != PAGE_SIZE  # whole pages of the database: it has to catch up
        self._batch_at = started + (min(news.size / FRAGMENTS_PER_S, self._pace.longest_rest_s) if rests else 0)
        self._counts_wanted |= news.counts
        asides = await self._asides.say(events, self._viewer, self._cursor)
        return news.text + asides + self._calls(news.calls) + self._account_news(events)

    def _calls(self, rows: Sequence[ChatRow]) -> str:
        return message(attention(rows), event="attention", seq=self._cursor) if rows else ""

    def _account_news(self, events: Sequence[LoggedEvent]) -> str:
        """Rings for admins; the page then asks for the alerts by itself."""
        told = self._viewer.user.is_admin and any(event.kind == "account_changed" for event in events)
        return message(event="account", seq=self._cursor) if told else ""

    def _count(self) -> str:
        """The answer rings the bell; news go on meanwhile."""
        self._counts_wanted, self._counting = False, self._fragments.count(self._viewer)
        self._counting.add_done_callback(lambda _: self._viewer.bell.set())
        return ""

    def _numbers(self, counting: asyncio.Future[Counts]) -> str:
        self._counting, self._counts_at = None, _now() + self._pace.counts_s
        return "" if counting.cancelled() else self._fragments.numbers(counting.result(), self._viewer)


def farewell(why: Ending) -> str:
    """At a shutdown all pages would come back at once, so each is told another delay."""
    return message(event=why, retry_ms=random.randint(*AFTER_CLOSING_MS))  # spreads load


async def _heard(bell: asyncio.Event, timeout_s: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            await bell.wait()


def _now() -> float:
    return asyncio.get_running_loop().time()
