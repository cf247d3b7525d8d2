"""How sends end: refused, doubtful, slowed down, too late; a person always learns of it, and order is kept."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.road_world import PATIENCE_S, Inside, Road, inside, said
from tests.roads.bodies import status, value, webhook
from tests.roads.desk import ana_resends, ana_retries, ana_writes, publish, rule
from tests.roads.invariants import check_invariants
from waia.chats.send import WindowClosed
from waia.kit.errors import Conflict

QUEUED, READ, DELIVERED, FAILED, UNCERTAIN, CANCELLED = 0, 3, 2, -1, -3, -4
AT = "%Y-%m-%d %H:%M:%S.%f"
UNDELIVERABLE, WINDOW, RATE, PAIR = 131026, 131047, 130429, 131056
FLOW = (
    rule("menu_principal", "iniciar", "uno", "segundo"),
    rule("segundo", "@entrada", "dos", ""),
    rule("segundo", "precio", "tres", ""),
)


async def in_flow(road: Inside) -> int:
    """Carla has been greeted with "uno" and "dos"; her chat."""
    await publish(road, *FLOW)
    assert await road.talk("Hola") == ["uno", "dos"]
    chat_id: int = await road.store.one("SELECT id FROM chat_state")
    return chat_id


@pytest.mark.parametrize("later", [False, True], ids=["at once", "by a status"])
async def test_a_bot_reply_that_fails_for_good_queues_the_chat_and_keeps_the_step(
    tmp_path: Path, database_url: str, later: bool
) -> None:
    async with inside(tmp_path, database_url) as road:
        await in_flow(road)
        if later:
            road.world.faults.status.failed_later.times = 1
        else:
            road.world.faults.send.next_codes = [UNDELIVERABLE]
        await road.talk("precio")
        chat = await road.store.row("SELECT * FROM chat_state")
        assert (chat.holder, chat.needs_person, chat.step) == ("queue", "send_failed", "segundo")
        assert chat.unanswered_since is not None
        failed = await road.store.row("SELECT * FROM mensajes WHERE mensaje = 'tres'")
        assert (failed.status, failed.error_code) == (FAILED, UNDELIVERABLE)
        assert failed.error_text
        assert await road.talk("precio") == [], "the queue has the chat, so the bot is silent"
        await check_invariants(road)


async def test_what_follows_a_failed_reply_is_not_sent(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        await publish(road, *FLOW)
        road.world.faults.send.next_codes = [UNDELIVERABLE]
        assert await road.talk("Hola") == []
        found = await road.store.column("SELECT status FROM mensajes WHERE direction = 'out' ORDER BY id")
        assert found == [FAILED, CANCELLED]


async def test_a_lost_answer_is_settled_by_its_status_and_the_next_reply_keeps_its_place(
    tmp_path: Path, database_url: str
) -> None:
    async with inside(tmp_path, database_url, UNCERTAIN_WINDOW_SECONDS="60") as road:
        await publish(road, *FLOW)
        road.world.faults.send.lost_answer.times = 1
        await road.says("Hola")
        await road.calm(timeout_s=10)
        assert [said(sent) for sent in road.world.sent] == ["uno", "dos"]
        assert await road.store.column("SELECT status FROM mensajes WHERE direction = 'out'") == [READ, READ]
        assert await road.store.one("SELECT sum(resends) FROM outbox") == 0
        await check_invariants(road)


async def test_a_reply_behind_a_lost_one_waits_for_its_repeat(tmp_path: Path, sqlite_url: str) -> None:
    """The first never reached Meta: without the wait the customer would read the second before it."""
    async with inside(tmp_path, sqlite_url, FOLLOWER_WAIT_SECONDS="60") as road:
        await publish(road, *FLOW)
        road.world.faults.send.cut_before.times = 1
        await road.says("Hola")
        await road.until("SELECT count(*) FROM outbox WHERE state = 'sent'", 2)
        assert [said(sent) for sent in road.world.sent] == ["uno", "dos"]


async def test_an_unknown_reply_of_the_bot_is_sent_once_more_and_a_duplicate_shows(
    tmp_path: Path, database_url: str
) -> None:
    async with inside(tmp_path, database_url) as road:
        await in_flow(road)
        road.world.faults.send.lost_answer.times = 1
        road.world.faults.status.never.times = 1
        assert await road.talk("precio") == ["tres", "tres"]
        first = road.world.sent[-2]
        await road.post(webhook(value(statuses=[status(first.wamid, "delivered", opaque=str(first.opaque))])))
        await road.calm()
        item = await road.store.row("SELECT * FROM outbox ORDER BY id DESC LIMIT 1")
        assert (item.state, item.resends, bool(item.possible_duplicate)) == ("sent", 1, True)
        await check_invariants(road)


async def test_an_unknown_message_of_an_agent_waits_for_a_person_or_its_status(
    tmp_path: Path, database_url: str
) -> None:
    async with inside(tmp_path, database_url) as road:
        chat_id = await in_flow(road)
        road.world.faults.send.lost_answer.times = 1
        road.world.faults.status.never.times = 1
        message_id = await ana_writes(road, chat_id, "¿Sigues ahí?", "c1")
        states = "SELECT status FROM mensajes WHERE id = :id"
        await road.until(states, UNCERTAIN, id=message_id)
        await road.until("SELECT healthy_ms > 1000 FROM outbox WHERE state = 'uncertain'")
        lost = road.world.sent[-1]
        assert len(road.sent_to()) == 3
        await road.post(webhook(value(statuses=[status(lost.wamid, "delivered", opaque=str(lost.opaque))])))
        await road.calm()
        assert await road.store.one(states, id=message_id) == DELIVERED
        assert await road.store.one("SELECT wa_id FROM mensajes WHERE id = :id", id=message_id) == lost.wamid


async def test_an_agent_may_send_an_unknown_message_again(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        chat_id = await in_flow(road)
        road.world.faults.send.cut_before.times = 1
        message_id = await ana_writes(road, chat_id, "¿Sigues ahí?", "c1")
        await road.until("SELECT status FROM mensajes WHERE id = :id", UNCERTAIN, id=message_id)
        await ana_resends(road, chat_id, message_id)
        await road.calm()
        assert [said(sent) for sent in road.sent_to()] == ["uno", "dos", "¿Sigues ahí?"]
        await check_invariants(road)


async def test_a_late_status_of_the_first_try_while_the_second_is_on_its_way_shows_a_duplicate(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        await in_flow(road)
        road.world.faults.send.lost_answer.times = 1
        road.world.faults.status.never.times = 1
        await road.says("precio")
        await road.world.until(lambda: len(road.world.sent) == 3, PATIENCE_S)
        road.world.faults.send.slow.times, road.world.faults.send.slow_s = 1, 2.0
        await road.world.until(lambda: len(road.world.sent) == 4, PATIENCE_S)
        first = road.world.sent[-2]
        await road.post(webhook(value(statuses=[status(first.wamid, "sent", opaque=str(first.opaque))])))
        await road.calm()
        assert await road.store.one("SELECT possible_duplicate FROM outbox ORDER BY id DESC LIMIT 1") == 1
        await check_invariants(road)


@pytest.mark.parametrize("later", [False, True], ids=["at once", "by a status"])
async def test_an_agent_may_send_a_failed_message_again_but_not_one_that_arrived(
    tmp_path: Path, sqlite_url: str, later: bool
) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        chat_id = await in_flow(road)
        if later:
            road.world.faults.status.failed_later.times = 1
        else:
            road.world.faults.send.next_codes = [UNDELIVERABLE]
        message_id = await ana_writes(road, chat_id, "Ya salió", "c1")
        await road.calm()
        states = "SELECT status FROM mensajes WHERE id = :id"
        assert await road.store.one(states, id=message_id) == FAILED
        await ana_retries(road, chat_id, message_id)
        await road.calm()
        row = await road.store.row("SELECT status, wa_id, error_text FROM mensajes WHERE id = :id", id=message_id)
        assert tuple(row) == (READ, road.world.sent[-1].wamid, "")
        with pytest.raises(Conflict):
            await ana_retries(road, chat_id, message_id)


@pytest.mark.parametrize("code", [RATE, PAIR])
async def test_a_slowed_down_send_is_repeated_in_order_and_starves_nobody(
    tmp_path: Path, sqlite_url: str, code: int
) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        await publish(road, *FLOW)
        road.world.faults.send.next_codes = [code]
        await road.says("Hola")
        await road.until("SELECT count(*) FROM outbox WHERE last_error <> '' AND state = 'queued'")
        assert await first_answer(road, "diego") == "uno"
        waits = "SELECT count(*) FROM outbox WHERE state = 'queued' AND attempts = 1"
        assert code != PAIR or await road.store.one(waits) == 1, "Diego went first"
        await road.calm()
        assert [said(sent) for sent in road.sent_to()] == ["uno", "dos"]
        await check_invariants(road)


async def first_answer(road: Road, customer: str) -> str:
    await road.says("Hola", customer)
    await road.world.until(lambda: bool(road.sent_to(customer)), 20)
    return said(road.sent_to(customer)[0])


@pytest.mark.parametrize(("code", "after_s"), [(RATE, 2), (PAIR, 5)])
async def test_retry_after_is_obeyed(tmp_path: Path, sqlite_url: str, code: int, after_s: int) -> None:
    """For the whole number or for one customer, where our own pause would be of 4.8 s at most."""
    async with inside(tmp_path, sqlite_url) as road:
        await publish(road, *FLOW)
        road.world.faults.send.next_codes = [code]
        road.world.faults.send.rate_limit_http, road.world.faults.send.retry_after_s = 429, after_s
        assert await road.talk("Hola") == ["uno", "dos"]
        asked = [each.at for each in road.world.requests if each.method == "POST"]
        assert after_s <= (asked[1] - asked[0]).total_seconds() < after_s + 3


async def test_a_stopped_token_keeps_the_queue_tells_the_admins_and_asks_meta_seldom(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        await publish(road, *FLOW)
        road.world.faults.send.refused.times, road.world.faults.send.refused_code = None, 190
        await road.says("Hola")
        await road.until("SELECT severity FROM account_alerts WHERE kind = 'sending_stopped'", "critical")
        await road.says("Hola", "diego")
        await road.until("SELECT count(*) FROM lanes WHERE queue = 'outbox' AND owner = '' AND due_at > :soon", 2,
                         soon=datetime.now(UTC) + timedelta(seconds=5))  # fmt: skip
        assert len([each for each in road.world.requests if each.path.endswith("/messages")]) == 1
        assert await road.store.column("SELECT state FROM outbox") == ["queued"] * 4
        assert await road.store.column("SELECT holder FROM chat_state") == ["bot", "bot"]
        road.world.faults.send.refused.times = 0
        monkeypatch.setattr(road.parts.clock, "real", lambda: datetime.now(UTC) + timedelta(minutes=1))
        await road.calm()
        assert [said(sent) for sent in road.sent_to("diego")] == ["uno", "dos"]


async def test_a_customer_who_got_much_gets_one_message_each_six_seconds(tmp_path: Path, sqlite_url: str) -> None:
    """Meta's limit for a pair, which is kept before Meta says so: three quarters of the next right are there."""
    async with inside(tmp_path, sqlite_url) as road:
        await in_flow(road)
        spent_at = datetime.now(UTC)
        await road.store.rows(
            "UPDATE chat_state SET pair_tokens = 0.75, pair_tokens_at = :at", at=spent_at.strftime(AT)
        )
        assert await road.talk("precio") == ["tres"]
        asked = [each for each in road.world.requests if each.path.endswith("/messages")][-1]
        assert (asked.at - spent_at).total_seconds() >= 6 * 0.25


async def test_a_free_message_outside_the_window_is_refused_with_a_clear_reason(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        chat_id = await in_flow(road)
        road.advance(hours=23, minutes=59)
        with pytest.raises(WindowClosed, match="plantilla"):
            await ana_writes(road, chat_id, "¿Sigues ahí?", "c1")
        assert await road.store.one("SELECT count(*) FROM mensajes WHERE author = 'user'") == 0
        await road.talk("precio")
        await ana_writes(road, chat_id, "Aquí estoy", "c2")
        await road.calm()
        assert said(road.world.sent[-1]) == "Aquí estoy"


async def test_a_message_whose_window_ended_while_it_waited_fails_and_is_not_tried(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        chat_id = await in_flow(road)
        road.world.faults.send.next_codes = [PAIR]
        message_id = await ana_writes(road, chat_id, "Mañana llega", "c1")
        await road.until("SELECT count(*) FROM outbox WHERE last_error <> ''")
        tries = len(road.world.requests)
        road.advance(hours=25)
        await road.calm()
        found = await road.store.row("SELECT status, error_code FROM mensajes WHERE id = :id", id=message_id)
        assert tuple(found) == (FAILED, WINDOW)
        assert len(road.world.requests) == tries


async def test_one_message_of_an_agent_that_comes_twice_is_one(tmp_path: Path, database_url: str) -> None:
    """I9: a weak link made the browser repeat the POST."""
    async with inside(tmp_path, database_url) as road:
        chat_id = await in_flow(road)
        ids = await asyncio.gather(*(ana_writes(road, chat_id, "Ya salió", "c1") for _ in range(8)))
        assert len(set(ids)) == 1
        await road.calm()
        assert [said(sent) for sent in road.sent_to()] == ["uno", "dos", "Ya salió"]
        again = await ana_writes(road, chat_id, "Ya salió", "c1")
        assert (again, await road.store.one("SELECT count(*) FROM outbox")) == (ids[0], 3)
