"""F9: `kill -9` at any step of the migrations; the next start comes to the whole schema, and to people who sign in."""

from pathlib import Path

import pytest

from tests.crash.effort import SOAK
from tests.crash.forks import Forks
from tests.road_world import Served, served
from tests.roads.invariants import check_invariants
from waia.kit import migrate
from waia.kit.db import Database
from waia.kit.failpoints import KILLED
from waia.kit.wakeups import Wakeups

EVERY = 3 if SOAK else 20
"""A submission dies at every twentieth step only."""


@pytest.mark.timeout(900)
async def test_a_start_killed_at_any_step_of_its_migrations_is_finished_by_the_next(
    tmp_path: Path, empty_database_url: str, forks: Forks
) -> None:
    """Each start dies a little later than the one before it; on MariaDB each goes on where that one died."""
    async with served(tmp_path, empty_database_url, start=False, spawn=forks.spawn()) as road:
        deaths = 0
        while await dies_at(road, 1 + deaths * EVERY):
            deaths += 1
        assert deaths >= 3
        assert await is_whole(empty_database_url)
        assert await road.talk("Hola")
        await check_invariants(road)


async def dies_at(road: Served, step: int) -> bool:
    """False when the migrations have fewer steps, so that it lives and answers."""
    try:
        await road.waia.start(WAIA_FAILPOINT=f"migrate.step:{step}")
    except AssertionError:
        assert await road.waia.died() == KILLED, road.waia.log[-2000:]
        return True
    return False


async def is_whole(url: str) -> bool:
    database = Database(url, Wakeups())
    try:
        return await migrate.is_current(database) and not await migrate.is_unfinished(database)
    finally:
        await database.close()
