"""`kill -9` while a copy is taken or put back: what was there before, or the whole copy, and nothing between."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from tests.backups.conftest import other_mariadb_url
from tests.backups.owner import Owner, elsewhere
from tests.crash.copies import ROOT
from tests.crash.forks import Forks
from tests.road_world import Waia, served
from waia.kit.failpoints import KILLED

__all__ = ["other_mariadb_url"]

IN_A_COPY = ("backup.in_rows:20", "backup.before_finish")
ON_SQLITE = (
    "restore.after_files",
    "restore.in_rows:9",
    "migrate.step:30",
    "restore.before_switch",
    "restore.in_switch",
)
AT_LAST = "restore.after_switch"
ON_MARIADB = ("restore.after_mark", "restore.in_rows:9")


def test_every_point_of_the_source_is_killed_here() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    points = set(re.findall(r'\breach\("((?:backup|restore)\.[a-z_]+)"\)', sources))
    assert points <= {point.partition(":")[0] for point in (*IN_A_COPY, *ON_SQLITE, *ON_MARIADB, AT_LAST)}


def command(owner: Owner, forks: Forks, *arguments: str) -> Waia:
    folder = owner.folder / "process"
    folder.mkdir(exist_ok=True)
    return Waia(folder, owner.environ, arguments=arguments, spawn=forks.spawn())


async def dies(process: Waia, point: str) -> None:
    await process.launch(WAIA_FAILPOINT=point)
    assert await process.died() == KILLED, f"{point}\n{process.log[-2000:]}"


async def succeeds(process: Waia) -> None:
    await process.launch()
    assert await process.died() == 0, process.log[-2000:]


async def talked_to(folder: Path, url: str, words: str, forks: Forks) -> Owner:
    """By a process that is gone: it leaves no file open."""
    async with served(folder, url, spawn=forks.spawn()) as road:
        await road.talk(words)
        await road.waia.stop()
    return Owner(folder, url)


async def heard(owner: Owner) -> list[str]:
    return await owner.store.column("SELECT mensaje FROM mensajes WHERE direction = 'in' ORDER BY id")


async def test_a_copy_that_was_killed_is_none_and_the_next_one_leaves_no_trace_of_it(
    tmp_path: Path, sqlite_url: str, forks: Forks
) -> None:
    owner, folder = await talked_to(tmp_path, sqlite_url, "Hola", forks), tmp_path / "copies"
    folder.mkdir()
    for point in IN_A_COPY:
        await dies(command(owner, forks, "backup", str(folder)), point)
    assert not list(folder.glob("waia-*.tar"))
    await succeeds(command(owner, forks, "backup", "--keep", "1", str(folder)))
    (copy,) = folder.iterdir()
    await succeeds(command(owner, forks, "restore", "--check", str(copy)))


@pytest.mark.timeout(240)
async def test_a_restore_that_was_killed_leaves_the_old_database_or_the_new_one(
    tmp_path: Path, sqlite_url: str, forks: Forks
) -> None:
    owner, copy = await talked_to(tmp_path, sqlite_url, "lo de antes", forks), tmp_path / "copy.tar"
    await owner.backs_up(copy)
    await talked_to(tmp_path, sqlite_url, "lo de después", forks)
    restore = command(owner, forks, "restore", "--force", str(copy))
    for point in ON_SQLITE:
        await dies(restore, point)
        assert await owner.store.one("PRAGMA integrity_check") == "ok"
        assert await heard(owner) == ["lo de antes", "lo de después"], point
    await dies(restore, AT_LAST)
    assert await heard(owner) == ["lo de antes"]
    await succeeds(restore)
    assert await heard(owner) == ["lo de antes"]
    assert not await asyncio.to_thread(lambda: list(tmp_path.glob("*.restoring*")))


@pytest.mark.timeout(240)
async def test_a_restore_that_was_killed_on_mariadb_is_said_at_start_and_finished_by_itself(
    tmp_path: Path, sqlite_url: str, other_mariadb_url: str, forks: Forks
) -> None:
    copy = tmp_path / "copy.tar"
    await (await talked_to(tmp_path, sqlite_url, "lo de antes", forks)).backs_up(copy)
    other = elsewhere(tmp_path / "other", other_mariadb_url)
    restore = command(other, forks, "restore", str(copy))
    for point in ON_MARIADB:
        await dies(restore, point)
    more: Any = other.more
    async with served(other.folder, other.url, start=False, spawn=forks.spawn(), **more) as road:
        await road.waia.launch()
        assert await road.waia.died() == 2
        (said,) = road.waia.log.strip().splitlines()
        assert said.endswith("A restore into this database was interrupted: run the same `waia restore` again")
    await succeeds(restore)
    assert await heard(other) == ["lo de antes"]
