"""The hours of the files: once an hour what nobody uses goes, and what is older than the owner keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from waia.kit.clock import Clock
from waia.media.upkeep import Upkeep

EVERY = timedelta(hours=1)
LOOK_S = 60.0


@dataclass(slots=True)
class UpkeepWorker:
    """The first time soon after the start, because a process that died may have left something unfinished."""

    upkeep: Upkeep
    clock: Clock
    days: Mapping[str, int]
    _last: datetime | None = None

    async def step(self) -> float:
        now = self.clock.real()
        if self._last and now - self._last < EVERY:
            return LOOK_S
        self._last = now
        await self.upkeep.apply_retention(self.days, now)
        await self.upkeep.sweep(now)
        return LOOK_S
