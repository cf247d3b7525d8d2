"""The only right to write, within one process."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class WriteRight:
    """Goes to whoever asked first; who is urgent goes before the others, but never twice in a row.

    So an urgent one waits for the work that is under way and not for all that stands in line, and a flood of urgent
    ones still leaves every other turn.
    """

    def __init__(self) -> None:
        self._held = self._was_urgent = False
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def held(self, *, urgent: bool = False) -> AsyncIterator[None]:
        """Inside, nobody else has it."""
        await self._take(self._urgent if urgent else self._others)
        self._was_urgent = urgent
        try:
            yield
        finally:
            self._pass_on()

    async def _take(self, line: deque[asyncio.Future[None]]) -> None:
        if not self._held:
            self._held = True
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if not place.cancelled():  # it came in the same moment
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """Straight to the next who still waits: nobody who comes later can be quicker."""
        for line in (self._others, self._urgent) if self._was_urgent else (self._urgent, self._others):
            while line:
                place = line.popleft()
                if not place.done():
                    place.set_result(None)
                    return
        self._held = False
