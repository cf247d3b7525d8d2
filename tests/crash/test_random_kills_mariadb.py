"""Random `kill -9` of the web and of two workers, each alone (MariaDB): nothing lost, nothing doubled, order kept."""

from pathlib import Path

import pytest

from tests.crash.effort import times
from tests.crash.fleet import fleet
from tests.crash.forks import Forks
from tests.crash.killer import CALM, kill_at_random, seed_of_the_day


@pytest.mark.timeout(600)
async def test_random_kills_on_mariadb_lose_and_double_nothing(tmp_path: Path, mariadb_url: str, forks: Forks) -> None:
    async with fleet(tmp_path, mariadb_url, spawn=forks.spawn(), **CALM, BUFFER_SECONDS="0.2") as ships:
        told = await kill_at_random(ships, times(60, 60), seed_of_the_day())
        assert set(told.kills_of) == {"serve --web-only", "work"}
        assert told.messages > told.kills
