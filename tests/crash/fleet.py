"""All processes of one installation: one `waia serve` on SQLite; the web and two workers, each alone, on MariaDB."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.road_world import Served, Spawn, Waia, served, spawn_fork

WORKERS = 2


@dataclass
class Fleet:
    """`road.waia` is the process that answers requests."""

    road: Served
    workers: list[Waia] = field(default_factory=list)

    @property
    def members(self) -> list[Waia]:
        return [self.road.waia, *self.workers]

    async def start(self) -> None:
        await asyncio.gather(*(worker.launch() for worker in self.workers))
        await self.road.waia.start()

    async def kill(self) -> None:
        """All of them, at once."""
        await asyncio.gather(*(member.kill() for member in self.members))

    @property
    def log(self) -> str:
        return "\n".join(member.log for member in self.members)


@asynccontextmanager
async def fleet(folder: Path, url: str, *, spawn: Spawn = spawn_fork, **settings: str) -> AsyncIterator[Fleet]:
    """Nothing runs until `start()`; at the end nothing runs any more."""
    async with served(folder, url, start=False, spawn=spawn, **settings) as road:
        ships = Fleet(road)
        if not road.store.is_sqlite:
            road.waia.arguments = ("serve", "--web-only")
            ships.workers = [_worker(road.waia, number) for number in range(WORKERS)]
        try:
            yield ships
        finally:
            await ships.kill()


def _worker(web: Waia, number: int) -> Waia:
    folder = web.folder / f"worker-{number}"
    folder.mkdir()
    return Waia(folder, web.environ, arguments=("work",), spawn=web.spawn)
