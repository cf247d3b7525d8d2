"""Says every now and then that this process runs the loops: what waits is no trouble while somebody works."""

from dataclasses import dataclass

from waia.health.repository import note_loops
from waia.kit.clock import Clock
from waia.kit.db import Database

EVERY_S = 20.0


@dataclass(frozen=True, slots=True)
class HeartbeatWorker:
    database: Database
    clock: Clock

    async def step(self) -> float:
        await self.database.run(lambda tx: note_loops(tx, self.clock.real()))
        return EVERY_S
