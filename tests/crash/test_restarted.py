"""Everything dies at once and starts again: ready soon although much waits, and what waits is worked in order."""

import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.crash.effort import SOAK, note_figures, times
from tests.crash.fleet import Fleet, fleet
from tests.crash.forks import Forks
from tests.crash.killer import CALM, FLOW
from tests.crash.killer import WORDS as FLOW_WORDS
from tests.road_world import Served, eventually, served, spawn_program
from tests.roads.bodies import text, value, webhook
from tests.roads.desk import publish
from tests.roads.invariants import check_invariants
from waia.kit.db import Database
from waia.kit.wakeups import Wakeups
from waia.whatsapp.repository import store_items
from waia.whatsapp.split import split

PER_POST = 500
WAITING, BACKLOG = times(15_000, 100_000), times(1_000, 10_000)
NOBODY = "http://127.0.0.1:9"
READY_S, DRAINED_S = (3.0, 60.0) if SOAK else (20.0, 120.0)
"""The figures to hold on a quiet machine; a submission shares its machine with other tests."""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("waiting", [0, WAITING] if SOAK else [WAITING])
async def test_a_restart_is_ready_soon_although_much_waits(tmp_path: Path, sqlite_url: str, waiting: int) -> None:
    """The installed program, each time killed in the middle of all that it had not done yet.

    Nobody plays Meta: thousands of sends and their statuses would keep this process from looking.
    """
    await put_aside(sqlite_url, waiting, people=waiting)
    async with served(tmp_path, sqlite_url, start=False, spawn=spawn_program, META_API_URL=NOBODY) as road:
        took = list[float]()
        for _ in range(times(2, 20)):
            started = time.monotonic()
            await road.waia.launch()
            await eventually(lambda: _is_ready(road), "it is ready", 60)
            took.append(time.monotonic() - started)
            await road.waia.kill()
        left = await road.store.one("SELECT count(*) FROM inbox")
        note_figures("N7 ready", waiting=waiting, left=left, starts=len(took), slowest_s=round(max(took[1:]), 2))
        assert max(took[1:]) < READY_S
        assert left > 0 or not waiting, "nothing waited any more"


@pytest.mark.timeout(300)
async def test_everything_is_killed_at_once_and_goes_on(tmp_path: Path, database_url: str, forks: Forks) -> None:
    """F8: no process of the installation is left to hold or to finish anything."""
    async with fleet(tmp_path, database_url, spawn=forks.spawn(), **CALM) as ships:
        await publish(ships.road, *FLOW)
        for round_ in range(times(3, 20)):
            await ships.start()
            for customer in ("carla", "diego", "elena"):
                await ships.road.says(FLOW_WORDS[round_ % len(FLOW_WORDS)], customer)
            await ships.kill()
        await ships.start()
        await ships.road.calm(60)
        await check_invariants(ships.road)


@pytest.mark.timeout(900)
async def test_a_backlog_is_worked_in_order(tmp_path: Path, database_url: str, forks: Forks) -> None:
    await put_aside(database_url, BACKLOG, people=BACKLOG // 20)
    async with fleet(tmp_path, database_url, spawn=forks.spawn(), **CALM) as ships:
        await publish(ships.road, *FLOW)
        started = time.monotonic()
        await ships.start()
        await ships.road.until("SELECT count(*) FROM inbox", 0, timeout_s=DRAINED_S)
        drained_s = time.monotonic() - started
        note_figures("N7 backlog", items=BACKLOG, database=_name(ships), seconds=round(drained_s, 1))
        await ships.road.calm(600)
        await check_invariants(ships.road)
        assert await ships.road.store.one("SELECT count(*) FROM mensajes WHERE direction = 'in'") == BACKLOG


async def put_aside(url: str, count: int, people: int, first: int = 0) -> None:
    """So many accepted messages that nobody has looked at yet, numbered from `first` on."""
    database = Database(url, Wakeups())
    for start in range(first, first + count, PER_POST):
        numbers = range(start, min(start + PER_POST, first + count))
        body = webhook(value([text(f"wamid.{n}", "hola", sender=f"5732{n % people:08}") for n in numbers]))
        items = split(body).items
        await database.run(lambda tx, items=items: store_items(tx, items, datetime.now(UTC)))  # type: ignore[misc]
    await database.close()


async def _is_ready(road: Served) -> bool:
    try:
        return (await road.http.get("/readyz")).is_success
    except httpx.TransportError:
        return False


def _name(ships: Fleet) -> str:
    return "SQLite" if ships.road.store.is_sqlite else "MariaDB"
