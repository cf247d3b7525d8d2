"""What systemd is told: ready when waia answers and not sooner, alive while its loop turns, stopping when it stops."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.fleet import fleet
from tests.road_world import Waia, eventually, served


class Manager:
    """Hears what a process tells at `address`."""

    def __init__(self, address: Path) -> None:
        self.address, self.told = address, list[str]()
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.setblocking(False)
        self._line.bind(str(address))

    def hear(self) -> list[str]:
        try:
            while words := self._line.recv(4096):
                self.told.append(words.decode())
        except BlockingIOError:
            pass
        return self.told

    def close(self) -> None:
        self._line.close()

    @property
    def environ(self) -> dict[str, str]:
        return {"NOTIFY_SOCKET": str(self.address), "WATCHDOG_USEC": "200000"}


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    listening = Manager(tmp_path / "notify")
    yield listening
    listening.close()


async def test_a_server_says_that_it_is_ready_alive_and_stopping(
    tmp_path: Path, sqlite_url: str, manager: Manager
) -> None:
    async with served(tmp_path, sqlite_url, start=False) as road:
        await road.waia.launch(**manager.environ)
        await eventually(lambda: _heard(manager, "READY=1"), "it says that it is ready")
        assert (await road.http.get("/healthz")).status_code == 200, "it said so too soon"
        await _lives_and_stops(road.waia, manager)


async def test_loops_alone_say_the_same(tmp_path: Path, mariadb_url: str, manager: Manager) -> None:
    async with fleet(tmp_path, mariadb_url) as ships:
        worker = ships.workers[0]
        await worker.launch(**manager.environ)
        await eventually(lambda: _heard(manager, "READY=1"), "it says that it is ready")
        await _lives_and_stops(worker, manager)


async def test_a_process_that_cannot_start_is_never_called_ready(
    tmp_path: Path, sqlite_url: str, manager: Manager
) -> None:
    async with served(tmp_path, sqlite_url, start=False) as road:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", int(road.waia.environ["PORT"])))
            taken.listen()
            await road.waia.launch(**manager.environ)
            assert await road.waia.died() == 2
        assert "READY=1" not in manager.hear()


async def test_the_watchdog_of_another_process_is_not_answered(
    tmp_path: Path, sqlite_url: str, manager: Manager
) -> None:
    async with served(tmp_path, sqlite_url, start=False) as road:
        await road.waia.launch(**manager.environ, WATCHDOG_PID=str(os.getpid()))
        await eventually(lambda: _heard(manager, "READY=1"), "it says that it is ready")
        assert await road.waia.stop() == 0
        assert manager.hear() == ["READY=1", "STOPPING=1"]


async def _lives_and_stops(waia: Waia, manager: Manager) -> None:
    """A process that stands still says nothing, which is all that a watchdog knows of it."""
    await eventually(lambda: _heard(manager, "WATCHDOG=1", 3), "it says again and again that it is alive")
    assert waia.process is not None
    assert await waia.stop() == 0
    assert "STOPPING=1" in manager.hear()
    assert manager.told.count("READY=1") == 1


async def _heard(manager: Manager, words: str, times: int = 1) -> bool:
    return manager.hear().count(words) >= times
