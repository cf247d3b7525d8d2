"""Who holds a chat: the queue, a person, the bot again; and sessions that end by themselves."""

from pathlib import Path

from tests.road_world import Inside, eventually, inside
from tests.roads.desk import ana_closes, ana_gives_back, ana_takes, ana_writes, insert_rule, publish, rule
from tests.roads.invariants import check_invariants

FLOW = (
    rule("menu_principal", "iniciar", "¡Hola!"),
    rule("menu_principal", "precio", "Vale 10"),
    rule("menu_principal", "persona", "Ya viene alguien", al_terminar="persona"),
)
HOLDER = "SELECT holder FROM chat_state"


async def greeted(road: Inside) -> int:
    await publish(road, *FLOW)
    assert await road.talk("Hola") == ["¡Hola!"]
    chat_id: int = await road.store.one("SELECT id FROM chat_state")
    return chat_id


async def test_from_the_bot_to_the_queue_to_a_person_and_back(tmp_path: Path, database_url: str) -> None:
    async with inside(tmp_path, database_url) as road:
        chat_id = await greeted(road)
        assert await road.talk("persona") == ["Ya viene alguien"]
        assert await road.store.one(HOLDER) == "queue"
        assert await road.talk("precio") == []
        await ana_takes(road, chat_id)
        assert await road.talk("precio") == []
        chat = await road.store.row("SELECT holder, owner_id, unanswered_since FROM chat_state")
        assert (chat.holder, chat.owner_id) == ("person", 1)
        assert chat.unanswered_since is not None, "nobody has answered yet"
        await ana_writes(road, chat_id, "¿En qué te ayudo?", "c1")
        await road.calm()
        assert await road.store.one("SELECT unanswered_since FROM chat_state") is None
        await ana_gives_back(road, chat_id)
        assert await road.talk("precio") == ["¡Hola!", "Vale 10"], "a new session"
        await check_invariants(road)


async def test_a_command_brings_the_bot_back_from_the_queue_but_not_from_a_person(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        chat_id = await greeted(road)
        await road.talk("persona")
        assert "¡Hola!" in await road.talk("menu")
        await ana_takes(road, chat_id)
        assert await road.talk("menu") == []


async def test_the_bot_comes_back_when_people_were_silent_for_long(tmp_path: Path, database_url: str) -> None:
    async with inside(tmp_path, database_url) as road:
        chat_id = await greeted(road)
        await ana_writes(road, chat_id, "Te confirmo mañana", "c1")
        await road.calm()
        road.advance(hours=23, minutes=50)
        assert await road.talk("precio") == []
        road.advance(minutes=20)
        await road.until(HOLDER, "bot")
        chat = await road.store.row("SELECT * FROM chat_state")
        assert chat.unanswered_since is not None, "the customer of the last ten minutes still waits"
        assert await road.talk("precio") == ["¡Hola!", "Vale 10"]
        assert await road.store.column("SELECT end_reason FROM sessions ORDER BY id") == ["resumed", ""]
        await check_invariants(road)


async def test_an_idle_session_ends_by_itself_with_a_word_and_the_next_message_greets(
    tmp_path: Path, database_url: str
) -> None:
    settings = {"SESSION_TIMEOUT": "1800", "SESSION_CLOSE_TEXT": "Hasta pronto"}
    async with inside(tmp_path, database_url, **settings) as road:
        await greeted(road)
        road.advance(minutes=29)
        assert await road.talk("precio") == ["Vale 10"]
        road.advance(minutes=31)
        await road.until("SELECT count(*) FROM sessions WHERE end_reason = 'idle'")
        await road.calm()
        found = await road.store.column("SELECT mensaje FROM mensajes WHERE direction = 'out' ORDER BY id")
        assert found[-1] == "Hasta pronto"
        assert await road.talk("precio") == ["¡Hola!", "Vale 10"]
        await check_invariants(road)


async def test_who_waits_for_a_person_is_not_told_that_the_session_closes(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url, SESSION_CLOSE_TEXT="Hasta pronto") as road:
        await greeted(road)
        await road.talk("persona")
        road.advance(minutes=31)
        await road.until("SELECT count(*) FROM sessions WHERE end_reason = 'idle'")
        await road.calm()
        assert await road.store.one("SELECT count(*) FROM mensajes WHERE mensaje = 'Hasta pronto'") == 0
        assert await road.store.one(HOLDER) == "queue"


async def test_outside_the_window_an_idle_session_ends_without_a_word(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url, SESSION_CLOSE_TEXT="Hasta pronto") as road:
        await greeted(road)
        road.advance(hours=25)
        await road.until("SELECT count(*) FROM sessions WHERE end_reason = 'idle'")
        await road.calm()
        assert await road.store.one("SELECT count(*) FROM mensajes WHERE mensaje = 'Hasta pronto'") == 0


async def test_a_person_who_comes_first_silences_the_pending_turn(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url, BUFFER_SECONDS="2") as road:
        chat_id = await greeted(road)
        await road.says("precio")
        await road.until("SELECT count(*) FROM mensajes WHERE mensaje = 'precio'")
        await ana_writes(road, chat_id, "Yo te atiendo", "c1")
        await road.calm()
        out = await road.store.column("SELECT mensaje FROM mensajes WHERE direction = 'out' ORDER BY id")
        assert out == ["¡Hola!", "Yo te atiendo"]
        reasons = await road.store.column("SELECT silent_reason FROM decisions ORDER BY id")
        assert reasons == ["", "person_came_first"]
        await check_invariants(road)


async def test_a_closed_chat_opens_again_when_the_customer_writes(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        chat_id = await greeted(road)
        await ana_closes(road, chat_id)
        assert await road.store.one("SELECT estado FROM chat_state") == "cerrado"
        assert await road.talk("precio") == ["¡Hola!", "Vale 10"]
        assert await road.store.one("SELECT estado FROM chat_state") == "espera_usuario"


async def test_a_rule_inserted_by_a_script_counts_within_five_seconds(tmp_path: Path, database_url: str) -> None:
    """Only the columns of the original; the running process is not told."""
    async with inside(tmp_path, database_url) as road:
        await greeted(road)
        await insert_rule(
            road,
            rule(
                "menu_principal", "promoción", "2 por 1", None, tipo="texto", opciones=None, rol_keyword=None,
                calculo=None, handler=None, media_url=None, media_tipo=None,
            ),
        )  # fmt: skip

        async def is_in_force() -> bool:
            flow = await road.parts.rules.book(road.parts.clock.real())
            return len(flow.book.rules) == len(FLOW) + 1

        await eventually(is_in_force, "the rule counts")
        assert await road.talk("promoción") == ["2 por 1"]
