"""Where a measurement runs: a database with the starter flow, and `waia serve` on it as a process of its own."""

import asyncio
import os
import resource
import shutil
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.customers import NUMBER_ID, SECRET
from bench.mariadb import Server as MariaDb
from bench.office import fill
from bench.size import FULL, Size
from bench.wire import ask, free_port, get
from waia.app.parts import make_parts
from waia.app.setup import set_up
from waia.settings import load_settings

PATIENCE_S, STOP_S = 90.0, 20.0
NOBODY = 9  # the discard port: no Graph API listens there
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
SETTINGS = {
    "META_APP_SECRET": SECRET,
    "PHONE_NUMBER_ID": NUMBER_ID,
    "META_TOKEN": "bench-token",
    "SECRET_KEY": "bench-" * 8,
    "HOST": "127.0.0.1",
    "BUFFER_SECONDS": "0",
    "SEND_RATE_PER_SECOND": "1000",
    "LOG_LEVEL": "ERROR",
    "WAIA_ADMIN_PASSWORD": "una-clave-larga-1",
}


@dataclass(frozen=True, slots=True)
class Serving:
    """A running process; `ready_s` is how long it took until it could do its work."""

    port: int
    pid: int
    ready_s: float

    @property
    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * TICK_S

    @property
    def rss_mb(self) -> float:
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 1e6


@dataclass(frozen=True, slots=True)
class Stand:
    """A folder and a database that is set up."""

    folder: Path
    url: str

    @asynccontextmanager
    async def serving(
        self,
        graph_port: int = NOBODY,
        *,
        web_only: bool = False,
        command: tuple[str, ...] | None = None,
        **settings: str,
    ) -> AsyncIterator[Serving]:
        """`command` instead of `waia`: something that takes the same arguments."""
        port, mode = free_port(), ("--web-only",) if web_only else ()
        program = command or (str(Path(sys.executable).with_name("waia")),)
        async with running(
            (*program, "serve", *mode), port, {**self._settings(graph_port), "PORT": str(port), **settings}
        ) as serving:
            yield serving

    async def set_up(self) -> None:
        parts = make_parts(load_settings(self._settings(NOBODY), env_file=None))
        await set_up(parts)
        await parts.stop()

    def _settings(self, graph_port: int) -> dict[str, str]:
        place = {"WAIA_DATA": str(self.folder), "DATABASE_URL": self.url}
        return {**SETTINGS, **place, "META_API_URL": f"http://127.0.0.1:{graph_port}"}


@dataclass
class Ground:
    """Makes stands; `mariadb` None: measure on SQLite."""

    folder: Path
    mariadb: MariaDb | None = None
    size: Size = FULL
    _filled: dict[int, Stand] = field(default_factory=dict)

    @asynccontextmanager
    async def stand(self) -> AsyncIterator[Stand]:
        stand = await self._new()
        try:
            yield stand
        finally:
            shutil.rmtree(stand.folder)

    @asynccontextmanager
    async def bare(self, *graph_port: int) -> AsyncIterator[Serving]:
        """What the same machine does without waia; it answers messages when it gets the port of a Graph API."""
        async with self.stand() as stand:
            port, database = free_port(), stand.url if self.mariadb else f"{stand.folder}/bare.db"
            command = (sys.executable, "-m", "bench.ceiling", *map(str, (port, database, *graph_port)))
            async with running(command, port, {}) as serving:
                yield serving

    async def filled(self, chats: int) -> Stand:
        """One with so many chats; made once, so that it may also hold what was measured before."""
        if chats not in self._filled:
            stand = await self._new()
            await fill(stand.url, chats)
            self._filled[chats] = stand
        return self._filled[chats]

    async def _new(self) -> Stand:
        folder, template = Path(tempfile.mkdtemp(dir=self.folder)), self.folder / "template.db"
        if self.mariadb is None and template.exists():
            shutil.copy(template, folder / "waia.db")
            return Stand(folder, f"sqlite:///{folder}/waia.db")
        stand = Stand(folder, self.mariadb.new_database() if self.mariadb else f"sqlite:///{folder}/waia.db")
        await stand.set_up()
        if self.mariadb is None:
            shutil.copy(folder / "waia.db", template)
        return stand


@asynccontextmanager
async def running(command: tuple[str, ...], port: int, settings: dict[str, str]) -> AsyncIterator[Serving]:
    """Until the block ends; the process answers `/readyz`."""
    began = time.monotonic()
    environment = {"PATH": os.defpath, "HOME": settings.get("WAIA_DATA", "/"), "PYTHONPATH": os.pathsep.join(sys.path)}
    process = await asyncio.create_subprocess_exec(*command, env={**environment, **settings})
    try:
        await _ready(process, port)
        yield Serving(port, process.pid, time.monotonic() - began)
    finally:
        await _stop(process)


async def _ready(process: Process, port: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.returncode is None:
        try:
            (reply,) = await ask(port, get("/readyz", accept="application/json"))
        except (OSError, asyncio.IncompleteReadError):
            await asyncio.sleep(0.01)
        else:
            if reply.status == 200:
                return
    raise RuntimeError("the server did not become ready")


async def _stop(process: Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
