"""The harness proves itself: eight bugs are planted, one at a time, and each is noticed by the ordinary checks."""

from pathlib import Path

import pytest

from tests.crash.effort import note_figures
from tests.crash.forks import Forks
from tests.crash.sabotage import BUGS
from tests.crash.stories import PLANTED, Planted
from tests.road_world import served
from tests.roads.store import Store

BY_STORY = {planted.story.__name__: planted for planted in PLANTED}


@pytest.mark.parametrize("planted", BY_STORY.values(), ids=BY_STORY.keys())
async def test_the_stories_end_well_without_a_bug(
    tmp_path: Path, sqlite_url: str, forks: Forks, planted: Planted
) -> None:
    async with served(tmp_path, sqlite_url, start=False, spawn=forks.spawn(), **planted.settings) as road:
        await planted.story(road)


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.bug)
async def test_a_planted_bug_is_noticed(tmp_path: Path, sqlite_url: str, forks: Forks, planted: Planted) -> None:
    if planted.bug == "no_unique_key":
        await _take_unique_keys_off(Store(sqlite_url))
    spawn = forks.spawn(sabotage=planted.bug)
    with pytest.raises(AssertionError, match=planted.noticed):
        async with served(tmp_path, sqlite_url, start=False, spawn=spawn, **planted.settings) as road:
            await planted.story(road)
    note_figures("N4", bug=planted.bug)


def test_all_eight_bugs_are_planted() -> None:
    assert [planted.bug for planted in PLANTED] == list(BUGS)
    assert len(BUGS) == 8


async def _take_unique_keys_off(store: Store) -> None:
    """SQLite cannot drop the constraint of a table, so the table is made anew without it."""
    definition: str = await store.one("SELECT sql FROM sqlite_master WHERE name = 'mensajes'")
    without = definition.replace("CONSTRAINT uq_mensajes_wa_id UNIQUE (wa_id)", "CHECK (1)")
    assert without != definition
    indexes = await store.column(
        "SELECT sql FROM sqlite_master WHERE tbl_name = 'mensajes' AND sql LIKE 'CREATE INDEX%'"
    )
    for statement in ("PRAGMA foreign_keys = OFF", "DROP TABLE mensajes", without, *indexes):
        await store.rows(statement)
