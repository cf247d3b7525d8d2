"""Wake-ups: who waits for work is told at once; losing one costs a poll, nothing else."""

import asyncio
from collections import defaultdict
from collections.abc import Callable


class Wakeups:
    """One signal per topic, for the one loop that listens to it. A notice given while nobody waits is kept.

    `pass_on` tells the other processes of the installation; it must not wait (`kit/relay.py`).
    """

    def __init__(self) -> None:
        self._signals: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.pass_on: Callable[[str], None] = _keep_to_oneself

    def notify(self, topic: str) -> None:
        """In this process."""
        self._signals[topic].set()

    def notify_all(self) -> None:
        """Something may have been missed: whoever waits looks."""
        for signal in self._signals.values():
            signal.set()

    def spread(self, topic: str) -> None:
        """In this process and in the others."""
        self.notify(topic)
        self.pass_on(topic)

    async def wait(self, topic: str, timeout_s: float) -> bool:
        """Until the topic is notified (True) or the time is over (False)."""
        signal = self._signals[topic]
        try:
            async with asyncio.timeout(max(timeout_s, 0.001)):
                await signal.wait()
        except TimeoutError:
            return False
        finally:
            signal.clear()
        return True


def _keep_to_oneself(_topic: str) -> None:
    """There is no other process, or none that can be told."""
