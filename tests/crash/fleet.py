"""All processes of one installation: one `waia serve` on SQLite; webs and workers, each alone, on MariaDB."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.road_world import Served, Spawn, Waia, served, spawn_fork
from tests.servers import free_port

WORKERS = 2


@dataclass
class Fleet:
    """`road.waia` is the process that Meta's address leads to; `more_webs` stand beside it."""

    road: Served
    workers: list[Waia] = field(default_factory=list)
    more_webs: list[Waia] = field(default_factory=list)

    @property
    def webs(self) -> list[Waia]:
        return [self.road.waia, *self.more_webs]

    @property
    def members(self) -> list[Waia]:
        return [*self.webs, *self.workers]

    async def start(self) -> None:
        await asyncio.gather(*(worker.launch() for worker in self.workers))
        await asyncio.gather(*(web.start() for web in self.webs))

    async def kill(self) -> None:
        """All of them, at once."""
        await asyncio.gather(*(member.kill() for member in self.members))

    @property
    def log(self) -> str:
        return "\n".join(member.log for member in self.members)


@asynccontextmanager
async def fleet(
    folder: Path, url: str, webs: int = 1, /, *, spawn: Spawn = spawn_fork, **settings: str
) -> AsyncIterator[Fleet]:
    """Nothing runs until `start()`; at the end nothing runs any more. On one machine they share the data folder."""
    async with served(folder, url, start=False, spawn=spawn, **settings) as road:
        ships = Fleet(road)
        if not road.store.is_sqlite:
            road.waia.arguments = ("serve", "--web-only")
            ships.workers = [_beside(road.waia, f"worker-{number}", ("work",)) for number in range(WORKERS)]
            ships.more_webs = [_beside(road.waia, f"web-{number}", road.waia.arguments) for number in range(1, webs)]
        try:
            yield ships
        finally:
            await ships.kill()


def _beside(first: Waia, name: str, arguments: Sequence[str]) -> Waia:
    folder = first.folder / name
    folder.mkdir()
    return Waia(folder, {**first.environ, "PORT": str(free_port())}, arguments=arguments, spawn=first.spawn)
