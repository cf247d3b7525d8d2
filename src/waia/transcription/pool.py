"""The few threads that hear: as many as notes may be heard at once, and below everything else in priority."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

NICENESS = 19  # people and webhooks come first
T = TypeVar("T")


class Pool:
    """Never more than `size` pieces of work at once; who comes when there is no `room` waits for a thread."""

    def __init__(self, size: int) -> None:
        self.size, self._working = size, 0
        self._threads = ThreadPoolExecutor(max(size, 1), thread_name_prefix="hearing", initializer=_step_back)

    @property
    def room(self) -> int:
        return max(0, self.size - self._working)

    async def run(self, work: Callable[[], T], halt: Callable[[], None] = lambda: None) -> T:
        """In a thread. Who is cancelled calls `halt` and waits: the thread still uses what is theirs."""
        self._working += 1
        done = asyncio.get_running_loop().run_in_executor(self._threads, work)
        try:
            return await asyncio.shield(done)
        except asyncio.CancelledError:
            halt()
            await asyncio.gather(done, return_exceptions=True)  # how it ended is nobody's news any more
            raise
        finally:
            self._working -= 1

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _step_back() -> None:
    """Only Linux has a priority for each thread."""
    if sys.platform.startswith("linux"):
        thread = threading.get_native_id()
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, max(NICENESS, os.getpriority(os.PRIO_PROCESS, thread)))
