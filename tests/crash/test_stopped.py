"""A polite stop: what is on its way is recorded, nothing is left to find out, and the process says it went well."""

import asyncio
from pathlib import Path

from tests.crash.fleet import fleet
from tests.crash.forks import Forks
from tests.road_world import PATIENCE_S, said, served, spawn_program
from tests.roads.invariants import check_invariants


async def test_a_stop_in_the_middle_of_a_send_waits_for_its_answer(
    tmp_path: Path, database_url: str, forks: Forks
) -> None:
    """Of all processes of the installation: on MariaDB the web stops, and both workers."""
    async with fleet(tmp_path, database_url, spawn=forks.spawn()) as ships:
        await ships.start()
        road = ships.road
        road.world.faults.send.slow.times, road.world.faults.send.slow_s = 1, 1.0
        road.world.faults.status.never.times = 1
        await road.says("Hola")
        await road.world.until(lambda: len(road.world.sent) == 1, PATIENCE_S)
        assert set(await asyncio.gather(*(member.stop() for member in ships.members))) == {0}
        sent = road.world.sent[0]
        row = await road.store.row("SELECT state, wamid FROM outbox")
        assert tuple(row) == ("sent", sent.wamid)
        assert await road.store.column("SELECT owner FROM lanes WHERE owner <> ''") == []
        await ships.start()
        await road.calm()
        assert len([said(each) for each in road.world.sent]) == 1
        await check_invariants(road)


async def test_a_stop_ends_with_exit_code_zero(tmp_path: Path, sqlite_url: str) -> None:
    async with served(tmp_path, sqlite_url, spawn=spawn_program) as road:
        await road.talk("Hola")
        assert await road.waia.stop() == 0
