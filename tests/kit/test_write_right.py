"""Who writes next on SQLite: an urgent one before those that stand in line, but not twice in a row."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from waia.kit.db import Database
from waia.kit.wakeups import Wakeups

PATIENCE_S = 10.0


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'waia.db'}", Wakeups())
    yield opened
    await opened.close()


class Line:
    """Those who want to write, in the order in which they asked; `u` in a name is urgent."""

    def __init__(self, database: Database, *names: str) -> None:
        self.wrote: list[str] = []
        self._database = database
        self.tasks = {name: asyncio.create_task(self._write(name)) for name in names}

    async def _write(self, name: str) -> None:
        async with self._database.writing(urgent=name.startswith("u")):
            self.wrote.append(name)

    async def end(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            ended = await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        assert {type(each) for each in ended} <= {type(None), asyncio.CancelledError}


async def test_an_urgent_one_goes_first_and_leaves_every_other_turn(database: Database) -> None:
    async with database.writing():
        line = Line(database, "a", "b", "u1", "u2", "c", "u3", "d")
        await asyncio.sleep(0)
    await line.end()
    assert line.wrote == ["u1", "a", "u2", "b", "u3", "c", "d"]


async def test_after_an_urgent_one_the_next_is_another(database: Database) -> None:
    async with database.writing(urgent=True):
        line = Line(database, "u1", "a", "u2")
        await asyncio.sleep(0)
    await line.end()
    assert line.wrote == ["a", "u1", "u2"]


async def test_who_stops_waiting_leaves_its_place(database: Database) -> None:
    async with database.writing():
        line = Line(database, "a", "u1", "b")
        await asyncio.sleep(0)
        line.tasks["u1"].cancel()
        line.tasks["a"].cancel()
    await line.end()
    assert line.wrote == ["b"]


async def test_who_is_told_to_stop_when_its_turn_comes_passes_it_on(database: Database) -> None:
    async with database.writing():
        line = Line(database, "a", "b")
        await asyncio.sleep(0)
    line.tasks["a"].cancel()
    await line.end()
    assert line.wrote == ["b"]


async def test_a_writer_that_fails_leaves_the_right_to_others(database: Database) -> None:
    with pytest.raises(ValueError, match="mine"):
        async with database.writing():
            raise ValueError("mine")
    line = Line(database, "a")
    await line.end()
    assert line.wrote == ["a"]


@pytest.mark.parametrize("seed", range(20))
async def test_whoever_stops_whenever_everybody_else_writes_and_alone(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    names = [f"{chance.choice('uo')}{n}" for n in range(30)]
    line = Line(database, *names)
    stopped = set()
    while not all(task.done() for task in line.tasks.values()):
        name = chance.choice(names)
        if chance.random() < 0.2 and line.tasks[name].cancel():
            stopped.add(name)
        await asyncio.sleep(0)
    await line.end()
    assert set(names) - stopped <= set(line.wrote)
    assert len(line.wrote) == len(set(line.wrote))
