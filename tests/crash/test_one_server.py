"""SQLite has one serving process: a second one is refused with one line, and a killed one leaves nothing in the way."""

from pathlib import Path

from tests.crash.forks import Forks
from tests.road_world import Waia, served
from tests.servers import free_port


async def test_a_second_process_beside_the_same_file_is_refused(tmp_path: Path, sqlite_url: str, forks: Forks) -> None:
    async with served(tmp_path, sqlite_url, spawn=forks.spawn()) as road:
        (tmp_path / "second").mkdir()
        second = Waia(tmp_path / "second", {**road.waia.environ, "PORT": str(free_port())}, spawn=forks.spawn())
        await second.launch()
        assert await second.died() == 2
        assert second.log.strip().splitlines() == [
            f"waia: Another waia already serves {tmp_path}: stop it, or use MariaDB/MySQL"
        ]
        assert await road.talk("Hola"), "the first one goes on"
        await road.waia.kill()
        await second.start()
        await second.kill()


async def test_loops_alone_are_refused_beside_sqlite(tmp_path: Path, sqlite_url: str, forks: Forks) -> None:
    async with served(tmp_path, sqlite_url, start=False, spawn=forks.spawn()) as road:
        road.waia.arguments = ("work",)
        await road.waia.launch()
        assert await road.waia.died() == 2
        assert "`waia work` needs MariaDB/MySQL" in road.waia.log
