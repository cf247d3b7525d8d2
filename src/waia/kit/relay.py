"""Passes wake-ups on to the other processes of one installation, through Redis: "there is something", nothing more.

What is true stands in the database. While Redis is away everybody finds work by polling, as without it, and nobody ever
waits for Redis: `publish` only notes what to say.
"""

import asyncio
import random
import time
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import structlog

from waia.kit.wakeups import Wakeups

if TYPE_CHECKING:
    from redis.asyncio import Redis

CHANNEL, EVERYTHING = "waia", "*"
GATHER_S = 0.05  # after a rest a hint leaves at once; of a flood, twenty messages a second
BEAT_S, SILENCE_S = 1.0, 3.0  # we hear ourselves every second: a line that is dead without saying so is noticed
CALL_S = 1.0  # a call takes a millisecond; nobody waits for it, so a busy process need not take itself for cut off
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0
NOT_INSTALLED = "the library is missing: `pip install waia[redis]`, or leave REDIS_URL empty"
log = structlog.get_logger(__name__)


class Relay:
    """`run` is its only task: it connects, listens, speaks, and begins anew however that ends."""

    def __init__(self, url: str, wakeups: Wakeups) -> None:
        self._url, self._wakeups = url, wakeups
        self._name = uuid4().hex[:12]
        self._topics: set[str] = set()
        self._news = asyncio.Event()
        self._away_since: float | None = time.monotonic()
        wakeups.pass_on = self.publish

    def publish(self, topic: str) -> None:
        """Never waits. While there is no connection it forgets: the others poll."""
        if self._away_since is None:
            self._topics.add(topic)
            self._news.set()

    @property
    def verdict(self) -> str:
        """`ok`, or what is wrong."""
        if not is_installed():
            return NOT_INSTALLED
        if self._away_since is None:
            return "ok"
        return f"away for {time.monotonic() - self._away_since:.0f} s: processes find each other's work by polling"

    async def run(self) -> None:
        """Until cancelled. Without the library there is nothing to run."""
        if not is_installed():
            log.warning("redis_not_used", reason=NOT_INSTALLED)
            return
        failures = 0
        while True:
            try:
                await self._talk()
            except* Exception as ended:  # noqa: BLE001  # the boundary of the loop: Redis may end in any way
                failures = 1 if self._away_since is None else failures + 1
                self._note_end(ended.exceptions[0], failures)
            await asyncio.sleep(min(FIRST_PAUSE_S * 2**failures, LONGEST_PAUSE_S) * random.uniform(0.5, 1.5))

    async def _talk(self) -> None:
        """Ends only by an error."""
        await asyncio.to_thread(import_module, "redis.asyncio")  # it takes a fifth of a second the first time
        async with connect(self._url) as redis, redis.pubsub() as ear:
            channel = _channel_of(redis)
            async with asyncio.timeout(CALL_S):
                await ear.subscribe(channel)
                await ear.get_message(timeout=None)
            self._note_begin()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen(ear))
                tasks.create_task(self._speak(redis, channel))

    async def _listen(self, ear: Any) -> None:
        while True:
            message = await ear.get_message(timeout=SILENCE_S)
            if message is None:
                raise TimeoutError("not even our own voice")
            speaker, *topics = message["data"].decode().split()
            if speaker != self._name:
                self._hear(topics)

    def _hear(self, topics: list[str]) -> None:
        if EVERYTHING in topics:
            self._wakeups.notify_all()
        for topic in topics:
            self._wakeups.notify(topic)

    async def _speak(self, redis: "Redis", channel: str) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_S):
                    await self._news.wait()
            self._news.clear()
            topics, self._topics = self._topics, set()
            async with asyncio.timeout(CALL_S):
                await redis.publish(channel, " ".join((self._name, *sorted(topics))))
            await asyncio.sleep(GATHER_S)

    def _note_begin(self) -> None:
        """Hints were missed on both sides meanwhile."""
        self._away_since = None
        self._wakeups.notify_all()
        self.publish(EVERYTHING)
        log.info("redis_joined")

    def _note_end(self, error: BaseException, failures: int) -> None:
        self._topics.clear()
        self._away_since = self._away_since or time.monotonic()
        if failures == 1:
            log.warning("redis_lost", error=type(error).__name__, detail=str(error)[:200])


def is_installed() -> bool:
    return find_spec("redis") is not None


def connect(url: str) -> "Redis":
    """A client whose calls are not repeated. The library is loaded here, where somebody wants it.

    How long a call may take is for the caller to say (`asyncio.timeout`): with a `socket_timeout` the library uses
    `asyncio.wait_for`, which in Python 3.11 may swallow the cancellation of its task.
    """
    from redis.asyncio import Redis
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    never = Retry(NoBackoff(), 0)
    return Redis.from_url(url, socket_connect_timeout=CALL_S, retry=never)


async def trouble_with(url: str) -> str | None:
    """Why Redis cannot be used now; None when it answers."""
    if not is_installed():
        return NOT_INSTALLED
    try:
        async with asyncio.timeout(CALL_S), connect(url) as redis:
            await redis.publish(_channel_of(redis), "doctor")
    except Exception as error:  # noqa: BLE001  # whatever it is, it is told
        return f"cannot be reached ({type(error).__name__}): waia works without it, slower"
    return None


def _channel_of(redis: "Redis") -> str:
    """Redis keeps channels of all its databases together; owners who share one expect that the number parts them."""
    return f"{CHANNEL}:{redis.connection_pool.connection_kwargs.get('db', 0)}"
