"""A loop that never dies: it works while there is work, sleeps until it is woken or due, and backs off on errors."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from waia.kit import queue
from waia.kit.db import Database
from waia.kit.logs import about, cause
from waia.kit.wakeups import Wakeups
from waia.workers.metrics import FAILURES, RUNS

POLL_S = 0.5
LONGEST_BACKOFF_S = 2.0
BEATS: dict[str, float] = {}  # when each loop of this process last finished a turn, in seconds since 1970
log = structlog.get_logger()


async def run_forever(name: str, step: Callable[[], Awaitable[float]], wakeups: Wakeups, stop: asyncio.Event) -> None:
    """`step` does some work and says in how many seconds it wants to look again (0: at once)."""
    about(loop=name)
    RUNS.know(name)
    FAILURES.know(name)
    failures = 0
    while not stop.is_set():
        try:
            wait_s = await step()
            failures, BEATS[name] = 0, time.time()
            RUNS.add(name)
        except Exception as error:  # noqa: BLE001  # the boundary of one item or one loop
            failures += 1
            FAILURES.add(name)
            wait_s = min(0.1 * 2**failures, LONGEST_BACKOFF_S)
            log.warning("loop_failed", **cause(error), failures=failures)
        if wait_s > 0 and not stop.is_set():
            await wakeups.wait(name, wait_s)


async def until_due(database: Database, name: str, now: datetime) -> float:
    """Seconds until the next lane of this queue is due, 0 when one is, at most the poll interval. Only reads."""
    async with database.glancing() as tx:
        due = await queue.next_due(tx, name)
    return POLL_S if due is None else min(max((due - now).total_seconds(), 0.0), POLL_S)
