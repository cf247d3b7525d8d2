"""A MariaDB that is killed under load, and connections that die at COMMIT: nothing lost, nothing twice."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import httpx
import pytest

from tests.crash.commit_cutter import cutting
from tests.crash.effort import times
from tests.crash.fault_world import Meta, Traffic, quiet_body, stored_wamids
from tests.road_world import SECRET, Served, Waia, eventually, inside, said, served
from tests.roads.bodies import texts
from tests.roads.invariants import check_invariants
from tests.roads.store import Store
from tests.servers import Server, free_port, mariadb_process
from waia.health.durability import lossy_variables
from waia.kit.db import Database
from waia.kit.wakeups import Wakeups
from waia.simulator.wire import signature

KILLS = times(3, 40)
HANG_S, HEAL_S = 3.0 + 2.0, 5.0
PARALLEL = 50


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Our own, because it is killed; with a binary log, as where there are replicas."""
    with mariadb_process("--log-bin", "--server-id=1", "--sync-binlog=1") as running:
        yield running


async def test_the_database_is_killed_under_load_and_nothing_is_lost(tmp_path: Path, server: Server) -> None:
    """F10, N9."""
    url = f"{server.address}/waia"
    await Store(f"{server.address}/mysql").rows("CREATE DATABASE waia CHARACTER SET utf8mb4")
    async with served(tmp_path, url) as road:
        meta = Meta(road)
        async with Traffic(meta, lambda number: quiet_body(f"wamid.{number}", sender=f"57300{number % 9:07}")) as load:
            for number in range(KILLS):  # what one customer says twice may be answered once, if the first waited
                road.world.add_customer(f"c{number}", f"c{number}", f"5732{number:08}")
                await road.says("Hola", f"c{number}")
                await fall_and_rise(server, meta)
        assert set(meta.answers) == {200, 503}
        assert meta.slowest_s < HANG_S
        await road.calm(60)
        wanted = {f"wamid.{number + 1}" for number in range(load.posted)}
        assert wanted <= await stored_wamids(road)
        assert len(road.world.sent) == KILLS
        await check_invariants(road)


async def fall_and_rise(server: Server, meta: Meta) -> None:
    """Kill it, see webhooks refused, start it, and see them taken again soon."""
    taken, refused = meta.answers[200], meta.answers[503]
    await eventually(lambda: counted(meta, 200, taken + 5), "webhooks are taken")
    await asyncio.to_thread(server.kill)
    await eventually(lambda: counted(meta, 503, refused + 5), "webhooks are refused")
    await asyncio.to_thread(server.start)
    started, taken = time.monotonic(), meta.answers[200]
    await eventually(lambda: counted(meta, 200, taken + 1), "webhooks are taken again")
    assert time.monotonic() - started < HEAL_S


async def counted(meta: Meta, status: int, wanted: int) -> bool:
    return meta.answers[status] >= wanted


async def test_a_binary_log_that_forgets_is_noticed(server: Server) -> None:
    database = Database(f"{server.address}/mysql", Wakeups())
    try:
        assert await lossy_variables(database) == {}
        for name in ("sync_binlog", "innodb_flush_log_at_trx_commit"):
            await Store(f"{server.address}/mysql").rows(f"SET GLOBAL {name} = 0")
            assert await lossy_variables(database) == {name: "0"}
            await Store(f"{server.address}/mysql").rows(f"SET GLOBAL {name} = 1")
    finally:
        await database.close()


@pytest.mark.parametrize("side", ["before", "after"])
async def test_a_connection_that_dies_during_commit_changes_nothing(
    tmp_path: Path, mariadb_url: str, side: Literal["before", "after"]
) -> None:
    """F11: at each COMMIT on the road of a message, once before the server got it and once after."""
    async with cutting(mariadb_url) as cutter, inside(tmp_path, cutter.url) as road:
        road.store = Store(mariadb_url)
        assert len(await road.talk("Hola")) == 1
        for number in range(1, 8):
            cutter.cut_at(number, side)
            assert len(await road.talk("horario")) == 1, f"cut at COMMIT {number}"
        cutter.cut_at(0, side)
        assert cutter.cuts >= 5
        assert await road.store.one("SELECT count(*) FROM outbox WHERE resends > 0 OR possible_duplicate = 1") == 0
        await check_invariants(road)


@asynccontextmanager
async def another(road: Served, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A second web process beside the same database."""
    await asyncio.to_thread(folder.mkdir)
    environ = {**road.waia.environ, "PORT": str(free_port()), "WAIA_DATA": str(folder)}
    second = Waia(folder, environ, arguments=("serve", "--web-only"))
    await second.start()
    try:
        async with httpx.AsyncClient(base_url=second.address, timeout=20, trust_env=False) as http:
            yield http
    finally:
        await second.kill()


async def test_same_wamid_50_parallel_one_row(tmp_path: Path, mariadb_url: str) -> None:
    """F26: over two web processes, which share nothing but the database."""
    async with served(tmp_path, mariadb_url) as road, another(road, tmp_path / "second") as other:
        body = texts(("wamid.same", "Hola"), ("wamid.next", "horario"))
        headers = {"x-hub-signature-256": signature(body, SECRET)}

        async def post(number: int) -> int:
            door = road.http if number % 2 else other
            return (await door.post("/webhook", content=body, headers=headers)).status_code

        assert set(await asyncio.gather(*(post(number) for number in range(PARALLEL)))) == {200}
        await road.calm()
        assert await road.store.column("SELECT wa_id FROM mensajes WHERE direction = 'in' ORDER BY id") == [
            "wamid.same", "wamid.next"
        ]  # fmt: skip
        assert len([said(sent) for sent in road.world.sent]) == await road.store.one(
            "SELECT count(*) FROM mensajes WHERE direction = 'out'"
        )
        assert await road.store.one("SELECT count(*) FROM decisions") == 1
        await check_invariants(road)
