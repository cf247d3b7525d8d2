"""Tasks that outlive the call that started them, and the wait for all of them to end."""

import asyncio
import logging
from collections.abc import Coroutine

from waia.kit import tasks
from waia.simulator.pulse import Pulse

log = logging.getLogger(__name__)


class Background:
    def __init__(self, changed: Pulse) -> None:
        self._changed = changed
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def idle(self) -> bool:
        return not self._tasks

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def aclose(self) -> None:
        await tasks.end(self._tasks)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("A background task of the simulator failed", exc_info=error)
        if self.idle:
            self._changed.beat()
