"""`kill -9` at every named point of the road: after a restart nothing is lost, decided twice, or sent twice unseen."""

from pathlib import Path

import pytest

from tests.crash.forks import Forks
from tests.road_world import Served, said, served
from tests.roads.desk import publish, rule
from tests.roads.invariants import check_invariants

KILLED = 137
POINTS = [
    "ingest.before_commit",
    "ingest.after_commit",
    "inbox.after_claim",
    "inbox.after_store",
    "decide.before_write",
    "inbox.before_commit",
    "inbox.after_commit",
    "send.after_claim",
    "send.before_request",
    "send.before_record",
    "send.in_record",
    "send.after_record",
]
QUIET_POINTS = ["turns.after_claim", "turns.before_commit", "turns.after_commit"]
ON_MARIADB = ["ingest.after_commit", "inbox.before_commit", "send.before_record"]


async def killed_at(road: Served, point: str) -> None:
    """Carla says hello to a process that dies at this point, and to the one after it."""
    await road.waia.start(WAIA_FAILPOINT=point)
    await road.says("Hola")
    assert await road.waia.died() == KILLED, road.waia.log[-2000:]
    await road.waia.start()
    await road.calm()


async def check_one_answer(road: Served) -> None:
    """One message in, one decision, one greeting, which Meta accepted once."""
    await check_invariants(road)
    assert await road.store.column("SELECT direction FROM mensajes ORDER BY id") == ["in", "out"]
    assert await road.store.one("SELECT count(*) FROM decisions") == 1
    assert len(road.world.sent) == 1
    assert await road.store.one("SELECT status FROM mensajes WHERE direction = 'out'") == 3


@pytest.mark.parametrize("point", POINTS)
async def test_a_process_killed_at_any_point_loses_and_repeats_nothing(
    tmp_path: Path, sqlite_url: str, point: str
) -> None:
    async with served(tmp_path, sqlite_url, start=False) as road:
        await killed_at(road, point)
        await check_one_answer(road)


@pytest.mark.parametrize("point", QUIET_POINTS)
async def test_a_process_killed_around_a_turn_decides_it_once(tmp_path: Path, sqlite_url: str, point: str) -> None:
    async with served(tmp_path, sqlite_url, start=False, BUFFER_SECONDS="0.2") as road:
        await killed_at(road, point)
        await check_one_answer(road)


@pytest.mark.parametrize("point", ON_MARIADB)
async def test_a_process_killed_on_mariadb_loses_and_repeats_nothing(
    tmp_path: Path, mariadb_url: str, point: str
) -> None:
    async with served(tmp_path, mariadb_url, start=False) as road:
        await killed_at(road, point)
        await check_one_answer(road)


async def test_a_send_that_was_on_its_way_is_settled_by_its_status_and_not_repeated(
    tmp_path: Path, sqlite_url: str
) -> None:
    """Killed while Meta thinks about the answer: the message is out, and nobody knows."""
    async with served(tmp_path, sqlite_url) as road:
        road.world.faults.send.slow.times = 1
        await road.says("Hola")
        await road.world.until(lambda: len(road.world.sent) == 1)
        await road.waia.kill()
        await road.waia.start()
        await road.calm()
        await check_one_answer(road)
        assert await road.store.one("SELECT resends FROM outbox") == 0


async def test_a_reply_behind_an_interrupted_one_keeps_its_place(tmp_path: Path, sqlite_url: str) -> None:
    async with served(tmp_path, sqlite_url, start=False) as road:
        flow = (rule("menu_principal", "iniciar", "uno", "segundo"), rule("segundo", "@entrada", "dos"))
        await publish(road, *flow)
        await killed_at(road, "send.before_request")
        assert [said(sent) for sent in road.world.sent] == ["uno", "dos"]
        await check_invariants(road)


async def test_a_session_that_was_being_closed_is_closed_once(tmp_path: Path, sqlite_url: str, forks: Forks) -> None:
    settings = {"SESSION_TIMEOUT": "1", "SESSION_CLOSE_TEXT": "Hasta luego"}
    async with served(tmp_path, sqlite_url, start=False, spawn=forks.spawn(), **settings) as road:
        await road.waia.start(WAIA_FAILPOINT="scheduler.before_commit")
        await road.says("Hola")
        assert await road.waia.died() == KILLED
        await road.waia.start()
        await road.until("SELECT count(*) FROM sessions WHERE end_reason = 'idle'")
        await road.calm()
        await check_invariants(road)
        closes = "SELECT count(*) FROM mensajes WHERE mensaje = 'Hasta luego'"
        assert await road.store.one(closes) == 1
