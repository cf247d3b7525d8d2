"""A worker that stands still longer than its lease is fenced out: others go on, its later commit changes nothing."""

import signal
from pathlib import Path

import pytest

from tests.crash.fleet import Fleet, fleet
from tests.crash.forks import Forks
from tests.crash.test_killed import check_one_answer
from tests.road_world import Waia, eventually, said
from tests.roads.invariants import check_invariants
from waia.simulator.faults import always

SHORT = {"LEASE_SECONDS": "1", "FOLLOWER_WAIT_SECONDS": "1"}


async def stalls(ships: Fleet, forks: Forks, point: str) -> Waia:
    """Carla says hello; the only worker that there is stands still at this point, and then another one starts."""
    asleep, other = ships.workers
    asleep.spawn = forks.spawn(stops=True)
    await ships.road.waia.start()
    await asleep.launch(WAIA_FAILPOINT=point)
    await ships.road.says("Hola")
    await eventually(lambda: _stands_still(asleep), f"the worker stands still at {point}")
    await other.launch()
    return asleep


async def _stands_still(waia: Waia) -> bool:
    assert waia.process is not None
    return _state_of(waia.process.pid) == "T"


def _state_of(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]


def wake(waia: Waia) -> None:
    assert waia.process is not None
    waia.process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("point", ["inbox.after_claim", "inbox.before_commit"])
async def test_a_worker_that_stands_still_in_a_transaction_holds_nobody_up(
    tmp_path: Path, mariadb_url: str, forks: Forks, point: str
) -> None:
    """The server ends its transaction; when it wakes, its commit changes nothing, and it goes on with what is new."""
    async with fleet(tmp_path, mariadb_url, spawn=forks.spawn(), **SHORT) as ships:
        asleep = await stalls(ships, forks, point)
        await ships.road.calm()
        await ships.workers[1].kill()
        wake(asleep)
        await ships.road.says("Hola", "diego")
        await ships.road.calm()
        assert [said(sent) for sent in ships.road.sent_to("carla")] == [said(ships.road.sent_to("diego")[0])]
        assert await ships.road.store.one("SELECT count(*) FROM decisions") == 2
        await check_invariants(ships.road)


async def test_a_sender_that_stood_still_before_its_request_sends_nothing(
    tmp_path: Path, mariadb_url: str, forks: Forks
) -> None:
    """Its message was sent again by another meanwhile; a request now would be a duplicate."""
    async with fleet(tmp_path, mariadb_url, spawn=forks.spawn(), **SHORT) as ships:
        asleep = await stalls(ships, forks, "send.after_claim")
        await ships.road.calm()
        wake(asleep)
        await eventually(lambda: _says(asleep, "send_given_up"), "it gives up")
        await check_one_answer(ships.road)
        assert await ships.road.store.one("SELECT resends FROM outbox") == 1


async def test_an_answer_that_comes_after_the_lease_changes_nothing(
    tmp_path: Path, mariadb_url: str, forks: Forks
) -> None:
    async with fleet(tmp_path, mariadb_url, spawn=forks.spawn(), **SHORT) as ships:
        asleep = await stalls(ships, forks, "send.before_record")
        await ships.road.calm()
        before = await ships.road.store.rows("SELECT * FROM outbox")
        wake(asleep)
        await eventually(lambda: _says(asleep, "send_fenced"), "it is fenced out")
        assert await ships.road.store.rows("SELECT * FROM outbox") == before
        await check_one_answer(ships.road)


async def test_an_answer_that_comes_after_the_lease_is_still_known(
    tmp_path: Path, mariadb_url: str, forks: Forks
) -> None:
    """Meta took the message and never tells anything of it: the sender that was fenced out is the only one to know."""
    async with fleet(tmp_path, mariadb_url, spawn=forks.spawn(), **SHORT, UNCERTAIN_WINDOW_SECONDS="3600") as ships:
        ships.road.world.faults.status.never = always()
        asleep = await stalls(ships, forks, "send.before_record")
        await ships.road.until("SELECT state FROM outbox", "uncertain")
        wake(asleep)
        await ships.road.until("SELECT state FROM outbox", "sent")
        assert await ships.road.store.one("SELECT wamid FROM outbox") == ships.road.world.sent[0].wamid


async def test_a_whole_process_that_stood_still_goes_on(tmp_path: Path, sqlite_url: str, forks: Forks) -> None:
    """One process on SQLite, asleep in the middle of a send for longer than its lease."""
    async with fleet(tmp_path, sqlite_url, spawn=forks.spawn(stops=True), **SHORT) as ships:
        await ships.road.waia.start(WAIA_FAILPOINT="send.before_record")
        await ships.road.says("Hola")
        await eventually(lambda: _stands_still(ships.road.waia), "the process stands still")
        await _lease_is_over(ships)
        wake(ships.road.waia)
        await ships.road.calm()
        await check_invariants(ships.road)
        assert len(ships.road.world.sent) == 1


async def _lease_is_over(ships: Fleet) -> None:
    over = "SELECT count(*) FROM lanes WHERE owner <> '' AND due_at < strftime('%Y-%m-%d %H:%M:%f000', 'now')"
    await ships.road.until(over)


async def _says(waia: Waia, event: str) -> bool:
    return event in waia.log
