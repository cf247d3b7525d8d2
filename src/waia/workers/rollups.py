"""Counts for the board what happens: never for more than a twentieth of the time, so that messages come first."""

import time
from dataclasses import dataclass

from waia.dashboard.counting import Basis
from waia.dashboard.rollups import Rollups
from waia.rules.book import Rules

POLL_S, SHARE, LONGEST_S = 2.0, 20, 10.0


@dataclass(slots=True)
class RollupsWorker:
    rollups: Rollups
    rules: Rules

    async def step(self) -> float:
        flow = await self.rules.book(self.rollups.clock.real())
        began = time.monotonic()
        worked = await self.rollups.step(Basis(flow.values.timezone, flow.hours))
        spent_s = time.monotonic() - began
        return min(spent_s * SHARE, LONGEST_S) if worked else POLL_S
