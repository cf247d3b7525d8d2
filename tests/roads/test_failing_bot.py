"""A bug in the bot, a decision that cannot be written: the message is kept, others are answered, people take over."""

from pathlib import Path
from typing import Any

import pytest

from tests.road_world import Inside, inside, said
from tests.roads.desk import publish, rule
from tests.roads.invariants import check_invariants
from waia.bot import engine
from waia.chats import turns

GREETING = rule("menu_principal", "iniciar", "¡Hola!")
REFUSED = {
    "sqlite": "CREATE TRIGGER poison BEFORE INSERT ON decisions WHEN NEW.chat_id = 1"
    " BEGIN SELECT RAISE(ABORT, 'poison'); END",
    "mysql": "CREATE TRIGGER poison BEFORE INSERT ON decisions FOR EACH ROW"
    " IF NEW.chat_id = 1 THEN SIGNAL SQLSTATE '45000'; END IF",
}


async def test_a_bug_in_the_bot_keeps_the_message_and_brings_a_person(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted for one text."""
    decide = engine.decide

    def stumbles(book: Any, state: Any, turn: Any) -> Any:
        if any(each.text == "veneno" for each in turn.utterances):
            raise RuntimeError
        return decide(book, state, turn)

    monkeypatch.setattr(turns, "decide", stumbles)  # as `turns` calls it
    async with inside(tmp_path, sqlite_url) as road:
        await publish(road, GREETING)
        await road.talk("Hola")
        await says_what_nobody_can_decide(road)
        assert await road.store.one("SELECT count(*) FROM decisions") == 2, "the greetings"


async def test_a_decision_that_cannot_be_written_keeps_the_message_and_brings_a_person(
    tmp_path: Path, database_url: str
) -> None:
    async with inside(tmp_path, database_url) as road:
        await publish(road, GREETING)
        await road.talk("Hola")
        await road.store.rows(REFUSED["sqlite" if road.store.is_sqlite else "mysql"])
        await says_what_nobody_can_decide(road)
        assert await road.store.one("SELECT count(*) FROM inbox") == 0


async def test_what_cannot_be_announced_is_not_done_either(tmp_path: Path, sqlite_url: str) -> None:
    """Open pages follow the events: a message without its event would be seen by nobody."""
    async with inside(tmp_path, sqlite_url) as road:
        await road.talk("Hola")
        await road.calm()
        await road.store.rows("CREATE TRIGGER mute BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'mute'); END")
        await road.says("precio")
        await road.until("SELECT count(*) FROM inbox WHERE attempts > 0")
        assert await road.store.one("SELECT count(*) FROM mensajes WHERE mensaje = 'precio'") == 0
        await road.store.rows("DROP TRIGGER mute")
        await road.until("SELECT count(*) FROM mensajes WHERE mensaje = 'precio'")


async def says_what_nobody_can_decide(road: Inside) -> None:
    """Carla's words are stored, and after the last try a person has to look; Diego, who is new, is greeted."""
    await road.store.rows("UPDATE chat_state SET bot_failures = 4")  # of five tries
    await road.says("veneno")
    await road.until("SELECT count(*) FROM mensajes WHERE mensaje = 'veneno'")
    await road.says("Hola", "diego")
    await road.until("SELECT needs_person FROM chat_state WHERE id = 1 AND holder = 'queue'", "bot_failed")
    await road.calm()
    assert [said(sent) for sent in road.sent_to("diego")] == ["¡Hola!"]
    assert len(road.sent_to("carla")) == 1
    await road.store.rows("UPDATE mensajes SET bot_may_run = 0 WHERE mensaje = 'veneno'")  # a person's now
    await check_invariants(road)
