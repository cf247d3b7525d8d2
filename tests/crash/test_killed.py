"""`kill -9` at every named point of the road: after a restart nothing is lost, decided twice, or sent twice unseen."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.crash.forks import ROOT, Forks
from tests.road_world import PATIENCE_S, Served, eventually, said, served
from tests.roads.desk import publish, rule
from tests.roads.invariants import check_invariants
from waia.kit.failpoints import KILLED
from waia.simulator.faults import always

GREETED = (
    "ingest.before_commit",
    "ingest.after_commit",
    "ingest.before_answer",
    "inbox.after_claim",
    "inbox.after_store",
    "inbox.before_commit",
    "inbox.after_commit",
    "decide.before_write",
    "decide.after_write",
    "send.before_mark",
    "send.in_claim",
    "send.after_claim",
    "send.before_request",
    "send.body_written",
    "send.before_record",
    "send.in_record",
    "send.after_record",
    "status.before_orphans",
    "status.before_change",
)
QUIET = ("turns.after_claim", "turns.before_commit", "turns.after_commit")
POISONED = ("inbox.in_redo", "inbox.in_failure")
ON_MARIADB = (
    "ingest.after_commit",
    "inbox.before_commit",
    "decide.after_write",
    "send.in_claim",
    "send.before_record",
    "send.in_record",
    "status.before_change",
)
REFUSES_POISON = """
    CREATE TRIGGER poison BEFORE INSERT ON mensajes WHEN NEW.mensaje = 'veneno' BEGIN SELECT RAISE(ABORT, 'poison'); END
"""
MARIADB_REFUSES_POISON = """
    CREATE TRIGGER poison BEFORE INSERT ON mensajes FOR EACH ROW
    IF NEW.mensaje = 'veneno' THEN SIGNAL SQLSTATE '45000'; END IF
"""
ELSEWHERE = (
    "alerts.", "attach.", "backup.", "exports.", "media.", "migrate.", "moving.", "renditions.", "restore.",
    "transcription.", "upload.",
)  # fmt: skip
"""Points of files, copies, migrations, moving over and alerts; their tests stand beside those of the feature."""

Story = Callable[[Served, str], Awaitable[None]]


async def greets(road: Served, point: str) -> None:
    """Carla says hello to a process that dies at this point, and to the one after it."""
    await road.waia.start(WAIA_FAILPOINT=point)
    await road.says("Hola")
    await dies(road)
    await road.waia.start()
    await road.calm()


async def dies(road: Served) -> None:
    assert await road.waia.died() == KILLED, road.waia.log[-2000:]


async def check_one_answer(road: Served) -> None:
    """One message in, one decision, one greeting, which Meta accepted once."""
    await check_invariants(road)
    assert await road.store.column("SELECT direction FROM mensajes ORDER BY id") == ["in", "out"]
    assert await road.store.one("SELECT count(*) FROM decisions") == 1
    assert len(road.world.sent) == 1
    assert await road.store.one("SELECT status FROM mensajes WHERE direction = 'out'") == 3


@pytest.mark.parametrize("point", GREETED)
async def test_a_process_killed_at_any_point_loses_and_repeats_nothing(
    tmp_path: Path, crash_url: str, forks: Forks, point: str
) -> None:
    async with served(tmp_path, crash_url, start=False, spawn=forks.spawn()) as road:
        await greets(road, point)
        await check_one_answer(road)


@pytest.mark.parametrize("point", ON_MARIADB)
async def test_a_process_killed_on_mariadb_loses_and_repeats_nothing(
    tmp_path: Path, mariadb_url: str, forks: Forks, point: str
) -> None:
    async with served(tmp_path, mariadb_url, start=False, spawn=forks.spawn()) as road:
        await greets(road, point)
        await check_one_answer(road)


@pytest.mark.parametrize("point", QUIET)
async def test_a_process_killed_around_a_turn_decides_it_once(
    tmp_path: Path, crash_url: str, forks: Forks, point: str
) -> None:
    async with served(tmp_path, crash_url, start=False, spawn=forks.spawn(), BUFFER_SECONDS="1") as road:
        await greets(road, point)
        await check_one_answer(road)


@pytest.mark.parametrize("point", POISONED)
async def test_a_process_killed_over_poison_gives_up_the_poison_alone(
    tmp_path: Path, crash_url: str, forks: Forks, point: str
) -> None:
    async with served(tmp_path, crash_url, start=False, spawn=forks.spawn()) as road:
        await road.store.rows(REFUSES_POISON if road.store.is_sqlite else MARIADB_REFUSES_POISON)
        await road.waia.start(WAIA_FAILPOINT=point)
        await road.says("veneno")
        await road.says("Hola", "diego")
        await dies(road)
        await road.waia.start()
        await eventually(lambda: _is_dead_by_now(road), "the poison is given up")
        await road.calm()
        await check_invariants(road, dead=1)
        assert await road.store.column("SELECT mensaje FROM mensajes WHERE direction = 'in'") == ["Hola"]


async def _is_dead_by_now(road: Served) -> bool:
    """Each look makes the next try due: nobody wants to wait for the pauses between them."""
    await road.store.rows("UPDATE lanes SET due_at = '2020-01-01 00:00:00.000000' WHERE queue = 'inbox'")
    return bool(await road.store.one("SELECT count(*) FROM inbox WHERE state = 'dead'"))


async def closes_a_session(road: Served, point: str) -> None:
    await road.waia.start(WAIA_FAILPOINT=point)
    await road.says("Hola")
    await dies(road)
    await road.waia.start()
    await road.until("SELECT count(*) FROM sessions WHERE end_reason = 'idle'")
    await road.calm()
    assert await road.store.one("SELECT count(*) FROM mensajes WHERE mensaje = 'Hasta luego'") == 1


async def brings_the_bot_back(road: Served, point: str) -> None:
    await road.waia.start()
    await road.talk("Hola")
    await road.waia.kill()
    await road.store.rows("UPDATE chat_state SET holder = 'queue', resume_at = '2020-01-01 00:00:00.000000'")
    await road.waia.launch(WAIA_FAILPOINT=point)
    await dies(road)
    assert await road.store.one("SELECT holder FROM chat_state") == "queue"
    await road.waia.start()
    await road.until("SELECT holder FROM chat_state", "bot")
    await road.calm()


async def sends_again(road: Served, point: str) -> None:
    """The first request is cut off before Graph reads it; its repeat is asked for once."""
    road.world.faults.send.cut_before.times = 1
    await greets(road, point)
    await check_one_answer(road)
    assert await road.store.one("SELECT resends FROM outbox") == 1


async def frees_the_leases_of_the_dead(road: Served, point: str) -> None:
    await road.waia.start(WAIA_FAILPOINT="send.before_record")
    await road.says("Hola")
    await dies(road)
    await road.waia.launch(WAIA_FAILPOINT=point)
    await dies(road)
    await road.waia.start()
    await road.calm()
    await check_one_answer(road)


async def forgets_what_is_old(road: Served, point: str) -> None:
    await road.waia.launch(WAIA_FAILPOINT=point)
    await dies(road)
    await road.waia.start()
    await road.talk("Hola")
    await check_one_answer(road)


async def stops_politely(road: Served, point: str) -> None:
    await road.waia.start(WAIA_FAILPOINT=point)
    await road.talk("Hola")
    assert await road.waia.stop() == KILLED
    await road.waia.start()
    await road.calm()
    await check_one_answer(road)


async def shows_typing(road: Served, point: str) -> None:
    await greets(road, point)
    await check_one_answer(road)


STORIES: dict[str, tuple[Story, dict[str, str]]] = {
    "scheduler.before_commit": (closes_a_session, {"SESSION_TIMEOUT": "1", "SESSION_CLOSE_TEXT": "Hasta luego"}),
    "scheduler.in_resume": (brings_the_bot_back, {}),
    "scheduler.in_settle": (sends_again, {}),
    "scheduler.after_free": (frees_the_leases_of_the_dead, {}),
    "scheduler.in_prune": (forgets_what_is_old, {}),
    "stop.after_drain": (stops_politely, {}),
    "receipts.after_claim": (shows_typing, {"TYPING_INDICATOR": "1"}),
}


@pytest.mark.parametrize("point", STORIES)
async def test_a_process_killed_at_its_own_business_begins_it_anew(
    tmp_path: Path, crash_url: str, forks: Forks, point: str
) -> None:
    story, settings = STORIES[point]
    async with served(tmp_path, crash_url, start=False, spawn=forks.spawn(), **settings) as road:
        await story(road, point)
        await check_invariants(road)


def test_every_point_of_the_source_is_killed_by_a_test() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    points = {point for point in re.findall(r'\breach\("([a-z_.]+)"\)', sources) if not point.startswith(ELSEWHERE)}
    assert points == {*GREETED, *QUIET, *POISONED, *STORIES}
    assert len(points) >= 20
    assert len(ON_MARIADB) >= 6


async def test_a_send_that_was_on_its_way_is_settled_by_its_status_and_not_repeated(
    tmp_path: Path, sqlite_url: str
) -> None:
    """Killed while Meta thinks about the answer: the message is out, and nobody knows."""
    async with served(tmp_path, sqlite_url) as road:
        road.world.faults.send.slow.times = 1
        await road.says("Hola")
        await road.world.until(lambda: len(road.world.sent) == 1, PATIENCE_S)
        await road.waia.kill()
        await road.waia.start()
        await road.calm()
        await check_one_answer(road)
        assert await road.store.one("SELECT resends FROM outbox") == 0


async def test_a_send_of_which_nothing_is_heard_any_more_is_a_doubt_and_not_repeated(
    tmp_path: Path, sqlite_url: str
) -> None:
    """As before, and no status comes: the next start finds that it was on its way, and waits."""
    async with served(tmp_path, sqlite_url, UNCERTAIN_WINDOW_SECONDS="3600") as road:
        road.world.faults.send.slow.times, road.world.faults.status.never = 1, always()
        await road.says("Hola")
        await road.world.until(lambda: len(road.world.sent) == 1, PATIENCE_S)
        await road.waia.kill()
        await road.waia.start()
        await road.until("SELECT state FROM outbox", "uncertain")
        await road.says("Hola", "diego")
        await road.until("SELECT count(*) FROM outbox WHERE state = 'sent'", 1)
        assert len(road.sent_to("carla")) == 1


async def test_a_reply_behind_an_interrupted_one_keeps_its_place(tmp_path: Path, sqlite_url: str, forks: Forks) -> None:
    async with served(tmp_path, sqlite_url, start=False, spawn=forks.spawn()) as road:
        flow = (rule("menu_principal", "iniciar", "uno", "segundo"), rule("segundo", "@entrada", "dos"))
        await publish(road, *flow)
        await greets(road, "send.before_request")
        assert [said(sent) for sent in road.world.sent] == ["uno", "dos"]
        await check_invariants(road)
