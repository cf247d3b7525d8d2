"""Counts for the board what happens: never for more than a twentieth of the time, so that messages come first."""

import time
from dataclasses import dataclass

from waia.dashboard.counting import Basis
from waia.dashboard.rollups import Rollups, Work
from waia.rules.book import Rules

POLL_S, LONGEST_S = 2.0, 10.0
# How long it rests after each piece of work, by how long that took; somebody looks at how a history is counted.
RESTS = {Work.NEWS: 19, Work.HISTORY: 3}


@dataclass(slots=True)
class RollupsWorker:
    rollups: Rollups
    rules: Rules

    async def step(self) -> float:
        flow = await self.rules.book(self.rollups.clock.real())
        began = time.monotonic()
        work = await self.rollups.step(Basis(flow.values.timezone, flow.hours))
        spent_s = time.monotonic() - began
        return min(spent_s * RESTS[work], LONGEST_S) if work else POLL_S
