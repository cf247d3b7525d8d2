"""What every part of one world stands on: its clock, faults, chance, pace, and its running tasks."""

import random
from dataclasses import dataclass, field

from waia.kit.clock import Clock
from waia.simulator.background import Background
from waia.simulator.faults import Faults
from waia.simulator.ids import Ids
from waia.simulator.pace import Pace
from waia.simulator.pulse import Pulse


@dataclass(frozen=True, slots=True)
class Ground:
    """`keep` bounds everything that is remembered (None: no bound)."""

    clock: Clock
    faults: Faults
    rng: random.Random
    pace: Pace
    keep: int | None
    changed: Pulse = field(default_factory=Pulse)
    background: Background = field(init=False)
    ids: Ids = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "background", Background(self.changed))
        object.__setattr__(self, "ids", Ids(self.rng))

    def timestamp(self) -> str:
        return str(int(self.clock.business().timestamp()))
