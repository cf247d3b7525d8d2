"""Customers who talk at a steady rate to several webs, and a manager of services that starts again whatever dies."""

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

import httpx

from tests.crash.fleet import Fleet
from tests.road_world import Road, Waia, eventually
from tests.roads.bodies import text, value, webhook

FIRST_PAUSE_S, LONGEST_PAUSE_S, GIVE_UP_S, RESTART_S = 0.1, 3.0, 60.0, 0.2
WORDS = ("dos", "hola", "precio", "gracias")


@dataclass
class Crowd:
    """Each customer says one thing after the other: the next when the one before was taken, as Meta delivers them.

    A body goes to the webs in turn, less and less often, until one answers 200. `said`: what was taken, by customer;
    `answers`: how often each status came, 0 for none.
    """

    road: Road
    doors: Sequence[httpx.AsyncClient]
    customers: int
    said: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    answers: Counter[int] = field(default_factory=Counter)
    waits_s: list[float] = field(default_factory=list)
    took_s: float = 0.0

    async def talk(self, per_second: float, seconds: float) -> None:
        """So much in all, whatever happens meanwhile."""
        turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        phones = [f"5731{number:08}" for number in range(self.customers)]
        for phone in phones:
            self.road.world.add_customer(phone, phone, phone, reads_at_once=False)
        started = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for number in range(round(per_second * seconds)):
                await asyncio.sleep(max(started + number / per_second - time.monotonic(), 0))
                phone = random.choice(phones)
                tasks.create_task(self._say(number, phone, turns[phone]))
        self.took_s = time.monotonic() - started

    async def _say(self, number: int, phone: str, turn: asyncio.Lock) -> None:
        due = time.monotonic()
        wamid = f"wamid.{number:06}"
        body = webhook(value([text(wamid, WORDS[number % len(WORDS)], sender=phone)]))
        async with turn:
            await self._insist(body, number)
            self.said[phone].append(wamid)
        self.waits_s.append(time.monotonic() - due)

    async def _insist(self, body: bytes, number: int) -> None:
        until, pause_s = time.monotonic() + GIVE_UP_S, FIRST_PAUSE_S
        for attempt in count(number):
            if await self._answer(body, self.doors[attempt % len(self.doors)]) == 200:
                return
            assert time.monotonic() < until, f"not taken for {GIVE_UP_S} s; answers {self.answers}"
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.5))
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _answer(self, body: bytes, door: httpx.AsyncClient) -> int:
        try:
            status = await self.road.post(body, door=door)
        except httpx.TransportError:
            status = 0
        self.answers[status] += 1
        return status


@dataclass
class Manager:
    """Keeps processes running, as a manager of services does."""

    members: Sequence[Waia]
    kills: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    async def kill_next(self) -> None:
        """Each in its turn."""
        victim = self.members[sum(self.kills.values()) % len(self.members)]
        await eventually(lambda: runs(victim), "it runs")
        self.kills[victim.folder.name] += 1
        await victim.kill()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self._keep(member)) for member in self.members]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, member: Waia) -> None:
        """One that started while there was no database ends by itself, and is started again."""
        while True:
            assert member.process is not None
            await member.process.wait()
            await asyncio.sleep(RESTART_S)
            await member.launch()


async def runs(member: Waia) -> bool:
    return member.process is not None and member.process.returncode is None


async def again_and_again(times: int, seconds: float, act: Callable[[], Awaitable[None]]) -> None:
    """So often, spread evenly over the time."""
    started = time.monotonic()
    for number in range(times):
        await asyncio.sleep(max(started + (number + 0.5) * seconds / times - time.monotonic(), 0))
        await act()


async def all_up(ships: Fleet, doors: Sequence[httpx.AsyncClient]) -> None:
    """Every web answers, every worker lives."""

    async def up() -> bool:
        try:
            answers = [(await door.get("/healthz")).is_success for door in doors]
        except httpx.TransportError:
            return False
        return all(answers) and all([await runs(member) for member in ships.members])

    await eventually(up, "all processes are up again")
