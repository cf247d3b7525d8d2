"""Two webs and two workers on one MariaDB with Redis: whatever dies, nothing is lost, doubled or disordered."""

import asyncio
import os
import statistics
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.crash.effort import SOAK, note_figures, times
from tests.crash.fleet import Fleet, fleet
from tests.crash.forks import Forks
from tests.crash.killer import CALM, FLOW
from tests.crash.storm import Crowd, Manager, again_and_again, all_up
from tests.road_world import Road
from tests.roads.desk import publish
from tests.roads.invariants import check_invariants
from tests.roads.store import Store
from tests.servers import Server, mariadb_process

PER_SECOND, SECONDS = (150, max(10.0, 60 * SOAK)) if SOAK else (50, 4.0)
CUSTOMERS = PER_SECOND
PROCESS_KILLS, REDIS_KILLS, DATABASE_KILLS = times(4, 20), times(2, 10), times(0, 3)
DRAIN_S = 180.0


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[tuple[str, Server | None]]:
    """The address of a database; in a soak its server is our own, because it is killed."""
    if not DATABASE_KILLS:
        yield request.getfixturevalue("mariadb_url"), None
        return
    with mariadb_process() as server:
        asyncio.run(Store(f"{server.address}/mysql").rows("CREATE DATABASE waia CHARACTER SET utf8mb4"))
        yield f"{server.address}/waia", server


@asynccontextmanager
async def doors_of(ships: Fleet) -> AsyncIterator[list[httpx.AsyncClient]]:
    """One for each web; whoever knocks waits as long as Meta does."""
    async with AsyncExitStack() as stack:
        clients = [httpx.AsyncClient(base_url=web.address, timeout=10, trust_env=False) for web in ships.webs]
        yield [await stack.enter_async_context(client) for client in clients]


@pytest.mark.timeout(900)
async def test_whatever_dies_nothing_is_lost_decided_twice_or_out_of_order(
    tmp_path: Path, database: tuple[str, Server | None], redis_server: Server, forks: Forks
) -> None:
    """N9, F10, F18: every process in turn, Redis, and in a soak the database."""
    url, server = database
    settings = {"REDIS_URL": redis_server.address, "BUFFER_SECONDS": "1", **CALM}
    async with fleet(tmp_path, url, 2, spawn=forks.spawn(), **settings) as ships, doors_of(ships) as doors:
        await ships.start()
        await publish(ships.road, *FLOW)
        crowd, manager = Crowd(ships.road, doors, CUSTOMERS), Manager(ships.members)
        async with manager.running():
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(crowd.talk(PER_SECOND, SECONDS))
                tasks.create_task(again_and_again(PROCESS_KILLS, SECONDS, manager.kill_next))
                tasks.create_task(again_and_again(REDIS_KILLS, SECONDS, lambda: fall_and_rise(redis_server)))
                if server is not None:
                    tasks.create_task(again_and_again(DATABASE_KILLS, SECONDS, lambda: fall_and_rise(server)))
            await all_up(ships, doors)
            await ships.road.calm(DRAIN_S)
        await check_storm(ships.road, crowd)
        assert set(manager.kills) == {member.folder.name for member in ships.members}
        await note_storm(ships.road, crowd, manager)


async def fall_and_rise(server: Server) -> None:
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)


async def check_storm(road: Road, crowd: Crowd) -> None:
    """Beside what always holds: each customer's words stand in their order."""
    stored = defaultdict(list)
    for row in await road.store.rows("SELECT numero, wa_id FROM mensajes WHERE direction = 'in' ORDER BY id"):
        stored[row.numero].append(row.wa_id)
    assert stored == crowd.said
    assert sum(map(len, stored.values())) == round(PER_SECOND * SECONDS)
    assert set(crowd.answers) <= {0, 200, 503}
    await check_invariants(road)


async def note_storm(road: Road, crowd: Crowd, manager: Manager) -> None:
    waits = sorted(crowd.waits_s)
    note_figures(
        "N9, F10, F18", messages=len(waits), per_second=PER_SECOND, seconds=SECONDS,
        took_s=round(crowd.took_s, 1),
        kills=sum(manager.kills.values()), redis_kills=REDIS_KILLS, database_kills=DATABASE_KILLS,
        refused=crowd.answers[503], unanswered=crowd.answers[0],
        decisions=await road.store.one("SELECT count(*) FROM decisions"), replies=len(road.world.sent),
        resent=await road.store.one("SELECT count(*) FROM outbox WHERE resends > 0"),
        flagged=await road.store.one("SELECT count(*) FROM outbox WHERE possible_duplicate = 1"),
        ack_p50_ms=round(statistics.median(waits) * 1000), ack_p99_ms=round(waits[int(len(waits) * 0.99)] * 1000),
        load=round(os.getloadavg()[0], 1),
    )  # fmt: skip
