"""Random `kill -9` of one process that does everything (SQLite): nothing lost, nothing doubled, order kept."""

from pathlib import Path

import pytest

from tests.crash.effort import SOAK, note_figures, times
from tests.crash.fleet import fleet
from tests.crash.forks import Forks
from tests.crash.killer import CALM, kill_at_random, seed_of_the_day

KILLS = 100 if SOAK else 60


@pytest.mark.timeout(600)
@pytest.mark.parametrize("turn", range(times(1, 10)))
async def test_random_kills_on_sqlite_lose_and_double_nothing(
    tmp_path: Path, sqlite_url: str, forks: Forks, turn: int
) -> None:
    async with fleet(tmp_path, sqlite_url, spawn=forks.spawn(), **CALM, BUFFER_SECONDS=str(0.2 * (turn % 2))) as ships:
        told = await kill_at_random(ships, KILLS, seed_of_the_day() + turn)
        assert told.messages > told.kills
        note_figures("N1", database="SQLite", **told.figures)
