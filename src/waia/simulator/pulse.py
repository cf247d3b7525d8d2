"""A counter of changes that others can wait on: pages stream from it, tests wait for a claim to come true."""

import asyncio
from collections.abc import Callable


class Pulse:
    def __init__(self) -> None:
        self.version = 0
        self._waiting: list[asyncio.Future[None]] = []

    def beat(self) -> None:
        self.version += 1
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def after(self, version: int) -> int:
        """Waits until the version is beyond the given one and returns it."""
        while self.version <= version:
            future = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            await future
        return self.version

    async def until(self, claim: Callable[[], bool], timeout_s: float = 5.0) -> None:
        """Waits until the claim holds, looking again at each change; TimeoutError if it never does."""
        async with asyncio.timeout(timeout_s):
            while not claim():
                await self.after(self.version)
