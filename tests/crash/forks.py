"""Asks the fork server for waia processes; each behaves as one that was started as a program."""

import asyncio
import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.road_world import Running, Spawn, Waia

ROOT = Path(__file__).parents[2]
START_TIMEOUT_S = 180


@dataclass
class Forked:
    """A process of the fork server; the same doors as a process of asyncio."""

    pid: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    returncode: int | None = None
    _ended: "asyncio.Task[None]" = field(init=False)

    def __post_init__(self) -> None:
        self._ended = asyncio.create_task(self._listen())

    def send_signal(self, signum: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signum)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    async def wait(self) -> int:
        await asyncio.shield(self._ended)
        assert self.returncode is not None
        return self.returncode

    async def _listen(self) -> None:
        self.returncode = int(await self.reader.readline() or -signal.SIGKILL)
        self.writer.close()


@dataclass(frozen=True)
class Forks:
    """`spawn(...)` makes the starter of a `Waia`: with a bug planted, or standing still at its failpoint."""

    socket: Path

    def spawn(self, *, sabotage: str = "", stops: bool = False) -> Spawn:
        async def start(waia: Waia, environ: dict[str, str]) -> Running:
            order = {"arguments": list(waia.arguments), "environ": environ, "folder": str(waia.folder)}
            reader, writer = await asyncio.open_unix_connection(self.socket)
            writer.write(json.dumps(order | {"sabotage": sabotage, "stops": stops}).encode() + b"\n")
            return Forked(int(await reader.readline()), reader, writer)

        return start


@cache
def shared_forks() -> Forks:
    """The fork server of this process, started when it is first asked for."""
    until_the_end = ExitStack()
    atexit.register(until_the_end.close)
    return until_the_end.enter_context(fork_server())


@contextmanager
def fork_server() -> Iterator[Forks]:
    with tempfile.TemporaryDirectory(prefix="waia") as folder:
        path = Path(folder) / "s"
        command = [sys.executable, "-m", "tests.crash.fork_server", str(path)]
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as server:
            _wait_for(path, server)
            try:
                yield Forks(path)
            finally:
                assert server.stdin is not None
                server.stdin.close()
                server.wait(10)


def _wait_for(path: Path, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not path.exists():
        assert server.poll() is None, "the fork server did not start"
        assert time.monotonic() < deadline, "the fork server did not start in time"
        time.sleep(0.02)
