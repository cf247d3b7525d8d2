"""Sends of unknown outcome, when several processes look after them at the same moment."""

from datetime import timedelta
from functools import partial
from pathlib import Path

from tests.road_world import PATIENCE_S, Inside, inside, said
from tests.roads.bodies import status, value, webhook
from tests.roads.desk import ana_writes
from tests.roads.invariants import check_invariants
from tests.roads.store import Store, elsewhere
from waia.chats import outbox_repository as outbox
from waia.kit.failpoints import arm
from waia.simulator.faults import always
from waia.workers.scheduler import Scheduler

SECOND = timedelta(seconds=1)
RIPE = "UPDATE outbox SET healthy_ms = 3600000 WHERE state = 'uncertain'"
# An item that nobody works: it has no lane.
STUCK = """
    INSERT INTO inbox (lane, kind, phone_number_id, dedupe_key, payload, received_at, last_error)
    VALUES ('stuck', 'message', '1', 'wamid.stuck', '', :at, '')
"""


async def in_doubt(road: Inside) -> str:
    """A greeting that Graph accepted, whose answer and statuses were lost; its public id."""
    road.world.faults.send.lost_answer.times = 1
    road.world.faults.status.never.times = 1
    await road.says("Hola")
    await road.until("SELECT count(*) FROM outbox WHERE state = 'uncertain'")
    public_id: str = await road.store.one("SELECT public_id FROM outbox")
    return public_id


async def test_two_processes_count_the_time_of_a_doubt_once(tmp_path: Path, database_url: str) -> None:
    async with inside(tmp_path, database_url, UNCERTAIN_WINDOW_SECONDS="3600") as road:
        run, start = road.parts.database.run, road.parts.clock.real() + timedelta(hours=1)
        await run(lambda tx: outbox.uncounted_time(tx, start))
        counted = [await run(lambda tx: outbox.uncounted_time(tx, start + SECOND)) for _ in range(2)]
        assert counted == [SECOND, timedelta()]
        assert await run(lambda tx: outbox.uncounted_time(tx, start - SECOND)) == timedelta(), "a clock set back"


async def test_a_second_scheduler_does_not_make_a_doubt_ripe_sooner(tmp_path: Path, database_url: str) -> None:
    async with inside(tmp_path, database_url, UNCERTAIN_WINDOW_SECONDS="3600") as road:
        await in_doubt(road)
        other = Scheduler(road.parts.database, road.parts.clock, road.parts.mind, 3600)
        item: int = await road.store.one("SELECT id FROM outbox")
        for _ in range(10):
            await road.parts.database.run(lambda tx: other._settle(tx, [item], [], 10 * SECOND))
        counted_ms, waited_ms = await road.store.one("SELECT healthy_ms FROM outbox"), 60_000
        assert counted_ms < waited_ms


async def test_while_our_own_backlog_is_old_no_doubt_is_sent_again(tmp_path: Path, database_url: str) -> None:
    """The status that settles it may lie in that backlog: only time in which webhooks are worked counts."""
    async with inside(tmp_path, database_url, UNCERTAIN_WINDOW_SECONDS="3600") as road:
        await in_doubt(road)
        await road.store.rows(STUCK, at=road.parts.clock.real() - timedelta(minutes=1))
        await road.store.rows(RIPE)
        other = Scheduler(road.parts.database, road.parts.clock, road.parts.mind, 3600)
        for _ in range(2):
            await other.step()
        assert len(road.world.sent) == 1
        await road.store.rows("DELETE FROM inbox")
        await other.step()
        await road.calm()
        assert len(road.world.sent) == 2


async def test_a_doubt_that_is_not_ripe_waits(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url, UNCERTAIN_WINDOW_SECONDS="3600") as road:
        await in_doubt(road)
        for _ in range(2):
            await Scheduler(road.parts.database, road.parts.clock, road.parts.mind, 3600).step()
        assert tuple(await road.store.row("SELECT state, resends FROM outbox")) == ("uncertain", 0)


async def test_a_doubt_about_what_an_agent_wrote_is_left_to_people(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url, UNCERTAIN_WINDOW_SECONDS="3600") as road:
        await road.talk("Hola")
        road.world.faults.send.lost_answer.times = road.world.faults.status.never.times = 1
        await ana_writes(road, await road.store.one("SELECT id FROM chat_state"), "¿Sigues ahí?", "c1")
        await road.until("SELECT count(*) FROM outbox WHERE state = 'uncertain'")
        await road.store.rows(RIPE)
        sent = len(road.world.sent)
        await Scheduler(road.parts.database, road.parts.clock, road.parts.mind, 3600).step()
        await road.calm()
        assert len(road.world.sent) == sent


async def test_a_doubt_about_the_repeat_is_left_to_people(tmp_path: Path, database_url: str) -> None:
    async with inside(tmp_path, database_url, UNCERTAIN_WINDOW_SECONDS="3600") as road:
        await in_doubt(road)
        road.world.faults.send.lost_answer.times = road.world.faults.status.never.times = 1
        other = Scheduler(road.parts.database, road.parts.clock, road.parts.mind, 3600)
        for _ in range(3):
            await road.store.rows(RIPE)
            await other.step()
            await road.calm()
        assert len(road.world.sent) == 2
        assert tuple(await road.store.row("SELECT state, resends FROM outbox")) == ("uncertain", 1)


async def test_a_reply_that_was_settled_meanwhile_is_not_sent_again(tmp_path: Path, database_url: str) -> None:
    """A scheduler saw the doubt and acts a moment later; between the two the status came."""
    async with inside(tmp_path, database_url, UNCERTAIN_WINDOW_SECONDS="3600") as road:
        public_id = await in_doubt(road)
        lost = road.world.sent[0]
        await road.post(webhook(value(statuses=[status(lost.wamid, "delivered", opaque=public_id)])))
        await road.calm()
        now = road.parts.clock.real()
        assert not await road.parts.database.run(lambda tx: outbox.send_again(tx, public_id, now, resend=True))
        await road.calm()
        assert len(road.world.sent) == 1
        await check_invariants(road)


async def test_a_doubt_that_two_processes_find_ripe_is_sent_again_once(tmp_path: Path, database_url: str) -> None:
    async with inside(tmp_path, database_url, UNCERTAIN_WINDOW_SECONDS="3600") as road:
        public_id = await in_doubt(road)
        now = road.parts.clock.real()
        for _ in range(2):
            await road.parts.database.run(lambda tx: outbox.send_again(tx, public_id, now, resend=True))
            await road.calm()
        assert len(road.world.sent) == 2
        assert await road.store.one("SELECT resends FROM outbox") == 1


async def test_a_status_that_finds_the_repeat_still_queued_calls_it_off(tmp_path: Path, database_url: str) -> None:
    async with inside(tmp_path, database_url, UNCERTAIN_WINDOW_SECONDS="3600") as road:
        public_id = await in_doubt(road)
        later = road.parts.clock.real() + timedelta(hours=1)
        await road.parts.database.run(lambda tx: outbox.send_again(tx, public_id, later, resend=True))
        lost = road.world.sent[0]
        await road.post(webhook(value(statuses=[status(lost.wamid, "delivered", opaque=public_id)])))
        await road.until("SELECT state FROM outbox", "sent")
        await road.store.rows("UPDATE lanes SET due_at = '2020-01-01 00:00:00.000000' WHERE queue = 'outbox'")
        await road.calm()
        assert len(road.world.sent) == 1
        await check_invariants(road)


async def test_the_statuses_of_both_tries_in_one_webhook_show_a_duplicate(tmp_path: Path, database_url: str) -> None:
    async with inside(tmp_path, database_url, UNCERTAIN_WINDOW_SECONDS="3600") as road:
        public_id = await in_doubt(road)
        road.world.faults.send.lost_answer.times = 1
        road.world.faults.status.never.times = 1
        now = road.parts.clock.real()
        await road.parts.database.run(lambda tx: outbox.send_again(tx, public_id, now, resend=True))
        await road.world.until(lambda: len(road.world.sent) == 2, PATIENCE_S)
        await road.until("SELECT count(*) FROM outbox WHERE state = 'uncertain'")
        told = [status(each.wamid, "delivered", opaque=public_id) for each in road.world.sent]
        await road.post(webhook(value(statuses=told)))
        await road.calm()
        assert await road.store.one("SELECT possible_duplicate FROM outbox") == 1
        await check_invariants(road)


async def test_a_repeat_recorded_while_a_status_of_the_first_try_is_read_shows_a_duplicate(
    tmp_path: Path, mariadb_url: str
) -> None:
    """Two processes: on SQLite there is one writer."""
    async with inside(tmp_path, mariadb_url, UNCERTAIN_WINDOW_SECONDS="3600") as road:
        public_id = await in_doubt(road)
        first = road.world.sent[0].wamid
        arm("status.before_change", partial(elsewhere, partial(_record, mariadb_url, public_id, "wamid.repeat")))
        await road.post(webhook(value(statuses=[status(first, "delivered", opaque=public_id)])))
        await road.calm()
        assert await road.store.one("SELECT wamid FROM outbox") == "wamid.repeat"
        assert await road.store.one("SELECT possible_duplicate FROM outbox") == 1


async def test_a_repeat_that_is_being_claimed_while_a_status_settles_it_is_called_off(
    tmp_path: Path, mariadb_url: str
) -> None:
    """Two processes: on SQLite there is one writer."""
    async with inside(tmp_path, mariadb_url, UNCERTAIN_WINDOW_SECONDS="3600") as road:
        public_id = await in_doubt(road)
        first = road.world.sent[0].wamid
        arm("send.before_mark", partial(elsewhere, partial(_record, mariadb_url, public_id, first)))
        now = road.parts.clock.real()
        await road.parts.database.run(lambda tx: outbox.send_again(tx, public_id, now, resend=True))
        await road.says("Hola", "diego")
        await road.calm()
        assert [said(sent) for sent in road.sent_to("diego")] == [said(road.world.sent[0])]
        assert len(road.sent_to("carla")) == 1
        assert tuple(await road.store.row("SELECT state, wamid FROM outbox WHERE public_id = :id", id=public_id)) == (
            "sent", first,
        )  # fmt: skip
        await check_invariants(road)


async def _record(url: str, public_id: str, wamid: str) -> None:
    store = Store(url)
    values = {"wamid": wamid, "id": public_id}
    await store.rows("UPDATE outbox SET state = 'sent', wamid = :wamid WHERE public_id = :id", **values)
    await store.rows("UPDATE mensajes SET wa_id = :wamid, status = 1 WHERE public_id = :id", **values)


async def test_a_result_that_cannot_be_recorded_does_not_hold_up_the_others(tmp_path: Path, database_url: str) -> None:
    """Graph gives an id a second time, which cannot be stored. What Diego gets is on record all the same, and soon."""
    async with inside(tmp_path, database_url, UNCERTAIN_WINDOW_SECONDS="3600") as road:
        await road.talk("Hola")
        next_id, used = road.world.ids.wamid, road.world.sent[0].wamid
        ids = iter([next_id(), used])  # what Elena says, and what she is told
        road.world.ids.wamid = lambda: next(ids, None) or next_id()  # type: ignore[method-assign]
        road.world.faults.status.never = always()
        await road.says("Hola", "elena")
        await road.world.until(lambda: len(road.world.sent) == 2, PATIENCE_S)
        await road.says("Hola", "diego")
        await road.until("SELECT count(*) FROM outbox WHERE state = 'sent'", 2, timeout_s=8)
