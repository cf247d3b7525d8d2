"""F9, R33: an older database with a past is brought up to date: a copy is kept first, and a kill costs nothing."""

from pathlib import Path

import pytest

from tests.backups.owner import Owner
from tests.crash.effort import SOAK
from tests.crash.forks import Forks
from tests.crash.test_killed_migration import is_whole
from tests.crash.test_killed_restore import command, succeeds, talked_to
from tests.road_world import Waia, served
from tests.roads.invariants import check_invariants
from waia.backups.checking import check
from waia.kit import migrate
from waia.kit.db import Database
from waia.kit.failpoints import KILLED
from waia.kit.wakeups import Wakeups

OLD = "0008"
EVERY = 3 if SOAK else 40


async def older(owner: Owner, revision: str) -> None:
    """As an earlier version left it."""
    database = Database(owner.url, Wakeups())
    await migrate.downgrade(database, revision)
    await database.close()


async def revision_of(owner: Owner) -> str:
    return str(await owner.store.one("SELECT version_num FROM alembic_version"))


def copies(owner: Owner) -> list[Path]:
    return sorted((owner.folder / "backups").glob("*")) if (owner.folder / "backups").is_dir() else []


@pytest.mark.timeout(900)
async def test_an_upgrade_killed_at_any_step_is_finished_and_the_past_is_there(
    tmp_path: Path, database_url: str, forks: Forks
) -> None:
    owner = await talked_to(tmp_path, database_url, "lo de antes", forks)
    await older(owner, OLD)
    before = await owner.store.rows("SELECT id, mensaje, chat_id FROM mensajes ORDER BY id")
    upgrade, deaths = command(owner, forks, "upgrade"), 0
    while await dies_at(upgrade, 1 + deaths * EVERY):
        deaths += 1
    assert deaths >= 2
    assert await is_whole(database_url)
    assert await owner.store.rows("SELECT id, mensaje, chat_id FROM mensajes ORDER BY id") == before
    assert {check(copy).manifest.revision for copy in copies(owner)} == {OLD}
    async with served(tmp_path, database_url, spawn=forks.spawn()) as road:
        assert await road.talk("sigo aquí")
        await check_invariants(road)


async def dies_at(process: Waia, step: int) -> bool:
    await process.launch(WAIA_FAILPOINT=f"migrate.step:{step}")
    code = await process.died()
    assert code in {0, KILLED}, process.log[-2000:]
    return code == KILLED


async def test_before_an_upgrade_a_copy_is_kept_that_leads_back(tmp_path: Path, crash_url: str, forks: Forks) -> None:
    """At a start that was allowed to upgrade; the copy is put back into the schema of today, too."""
    owner = await talked_to(tmp_path, crash_url, "lo de antes", forks)
    await older(owner, "0018")
    async with served(tmp_path, crash_url, spawn=forks.spawn(), INIT_DB_ON_START="1") as road:
        (copy,) = copies(owner)
        assert copy.name.startswith("before-upgrade-")
        assert check(copy).manifest.revision == "0018"
        await road.talk("lo de después")
        await road.waia.stop()
    await owner.restores(copy, force=True)
    assert await revision_of(owner) == migrate.newest()
    assert await owner.store.column("SELECT mensaje FROM mensajes WHERE direction = 'in'") == ["lo de antes"]


async def test_an_upgrade_of_what_is_up_to_date_keeps_no_copy(tmp_path: Path, sqlite_url: str, forks: Forks) -> None:
    await succeeds(command(Owner(tmp_path, sqlite_url), forks, "upgrade"))
    assert not (tmp_path / "backups").exists()


async def test_without_a_copy_there_is_no_upgrade_unless_it_was_said(
    tmp_path: Path, sqlite_url: str, forks: Forks
) -> None:
    owner = Owner(tmp_path, sqlite_url)
    await older(owner, "0018")
    (tmp_path / "backups").write_text("no folder")
    upgrade = command(owner, forks, "upgrade")
    await upgrade.launch()
    assert await upgrade.died() == 2
    assert "no copy of it could be kept" in upgrade.log
    assert len(upgrade.log.strip().splitlines()) == 1
    assert await revision_of(owner) == "0018"
    await succeeds(command(owner, forks, "upgrade", "--no-copy"))
    assert await revision_of(owner) == migrate.newest()


async def test_only_the_newest_copies_are_kept(tmp_path: Path, sqlite_url: str, forks: Forks) -> None:
    owner = Owner(tmp_path, sqlite_url, {"UPGRADE_BACKUPS": "2"})
    await older(owner, "0018")
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in (1, 2, 3):
        (folder / f"before-upgrade-2026010{day}T031500Z.tar").write_bytes(b"")
    await succeeds(command(owner, forks, "upgrade"))
    kept = [path.name for path in copies(owner)]
    assert len(kept) == 2
    assert kept[0] == "before-upgrade-20260103T031500Z.tar"


@pytest.mark.parametrize("what", ["serve", "upgrade"])
async def test_a_database_of_a_newer_waia_is_left_alone_with_one_line(
    tmp_path: Path, sqlite_url: str, forks: Forks, what: str
) -> None:
    owner = Owner(tmp_path, sqlite_url, {"INIT_DB_ON_START": "1"})
    await owner.store.rows("UPDATE alembic_version SET version_num = '9999'")
    process = command(owner, forks, what)
    await process.launch()
    assert await process.died() == 2
    (said,) = process.log.strip().splitlines()
    assert "upgraded by a newer waia" in said
    assert await revision_of(owner) == "9999"
