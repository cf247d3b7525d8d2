"""Wake-ups inside one process: who waits for work is told at once; losing one costs a poll, nothing else."""

import asyncio
from collections import defaultdict


class Wakeups:
    """One signal per topic, for the one loop that listens to it. A notice given while nobody waits is kept."""

    def __init__(self) -> None:
        self._signals: dict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def notify(self, topic: str) -> None:
        self._signals[topic].set()

    async def wait(self, topic: str, timeout_s: float) -> bool:
        """Until the topic is notified (True) or the time is over (False)."""
        signal = self._signals[topic]
        try:
            await asyncio.wait_for(signal.wait(), max(timeout_s, 0.001))
        except TimeoutError:
            return False
        finally:
            signal.clear()
        return True
