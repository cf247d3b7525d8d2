"""How long things take at Meta, in seconds of the simulated world, and how they shrink in a test."""

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    sent_s: float = 0.2
    delivered_s: float = 0.5
    read_s: float = 2.0
    played_s: float = 1.0
    failed_s: float = 1.5
    retry_s: float = 1.0
    """Before the second retry of a webhook (the first is at once); doubles each time."""
    retry_cap_s: float = 600.0
    held_s: float = 2.0
    """The longest that a POST is held back to be overtaken."""
    gather_s: float = 0.05
    attempts: int = 12
    answer_s: float = 10.0
    """Real seconds the webhook has for its answer; not scaled."""
    time_scale: float = 1.0

    def scaled(self, seconds: float) -> float:
        return seconds * self.time_scale

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(self.scaled(seconds))
