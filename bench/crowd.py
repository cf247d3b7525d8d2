"""Customers who each write, wait for the bot's reply, and write again, for as long as they are told to."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass

from bench.customers import Customers, statuses
from bench.graph import Taken
from bench.load import CONNECTIONS
from bench.wire import Line

LAST_REPLY_S = 20.0


@dataclass(frozen=True, slots=True)
class Talked:
    answered: int
    lasted_s: float


class Crowd:
    """`hear` what the Graph API takes. With `ticks` each reply is followed by its three statuses."""

    def __init__(self, count: int, *, ticks: bool = False) -> None:
        self._customers, self._ticks = Customers(count), ticks
        self._numbers = {self._customers.phone(number): number for number in range(count)}
        self._free: list[Line] = []
        self._requests: deque[bytes] = deque()
        self._waiting: set[str] = set()
        self._until, self._busy, self.answered, self.refused = 0.0, 0, 0, 0
        self._quiet = asyncio.Event()

    @property
    def unanswered(self) -> int:
        return len(self._waiting)

    async def talk(self, port: int, seconds: float) -> Talked:
        """Until the time is over and everybody has a reply, or nobody got one for 20 s."""
        while len(self._free) < CONNECTIONS:
            self._free.append(await Line.open(port, self._acked))
        before, began = self.answered, time.perf_counter()
        self._until = began + seconds
        self._quiet.clear()
        for phone, number in self._numbers.items():
            self._say(phone, number)
        await self._until_quiet()
        return Talked(self.answered - before, time.perf_counter() - began)

    def hear(self, taken: Taken) -> None:
        if taken.phone in self._waiting:
            self._waiting.discard(taken.phone)
            self.answered += 1
        if self._ticks:
            self._requests.extend(statuses(taken))
        if time.perf_counter() < self._until:
            self._say(taken.phone, self._numbers[taken.phone])
        else:
            self._pump()

    def close(self) -> None:
        """What the Graph API still takes is heard, and nobody answers it."""
        for line in self._free:
            line.close()
        self._free.clear()

    async def _until_quiet(self) -> None:
        while not self._quiet.is_set():
            answered = self.answered
            try:
                async with asyncio.timeout(LAST_REPLY_S):
                    await self._quiet.wait()
            except TimeoutError:
                if self.answered == answered:
                    return

    def _say(self, phone: str, number: int) -> None:
        self._waiting.add(phone)
        self._requests.append(self._customers.says(number))
        self._pump()

    def _pump(self) -> None:
        while self._requests and self._free:
            line = self._free.pop()
            if line.is_open:  # one that nobody needed for a while was closed by the server
                self._busy += 1
                line.send(self._requests.popleft())
        if not (self._busy or self._waiting):
            self._quiet.set()

    def _acked(self, line: Line, status: int) -> None:
        self._busy -= 1
        self.refused += status != 200
        if line.is_open:
            self._free.append(line)
        self._pump()
