"""Random `kill -9` of one process that does everything (SQLite): nothing lost, nothing doubled, order kept."""

from pathlib import Path

import pytest

from tests.crash.effort import times
from tests.crash.fleet import fleet
from tests.crash.forks import Forks
from tests.crash.killer import CALM, kill_at_random, seed_of_the_day


@pytest.mark.timeout(600)
async def test_random_kills_on_sqlite_lose_and_double_nothing(tmp_path: Path, sqlite_url: str, forks: Forks) -> None:
    async with fleet(tmp_path, sqlite_url, spawn=forks.spawn(), **CALM) as ships:
        told = await kill_at_random(ships, times(60, 60), seed_of_the_day())
        assert told.messages > told.kills
