"""What the road notes for the figures while it happens, and that a running waia counts it by itself."""

from pathlib import Path

from tests.road_world import inside
from tests.roads.desk import ana_closes, ana_writes, publish, rule

FLOW = (
    rule("menu_principal", "iniciar", "¡Hola!"),
    rule("menu_principal", "precio", "Vale 10", rol_keyword="cotizar"),
    rule("menu_principal", "persona", "Ya viene alguien", al_terminar="persona"),
)
MESSAGES = "SELECT author, held_by, roles_then, unmatched FROM mensajes ORDER BY id"
COUNTED = """
    SELECT COALESCE(SUM(messages), 0) = (SELECT COUNT(*) FROM mensajes WHERE kind <> 'note' AND author <> 'system')
    FROM daily_messages
"""


async def test_messages_note_how_their_chat_was_and_moves_who_had_it(tmp_path: Path, database_url: str) -> None:
    async with inside(tmp_path, database_url) as road:
        await publish(road, *FLOW)
        await road.talk("Hola")
        await road.talk("precio")
        await road.talk("¿hacen envíos a marte?")
        await road.talk("persona")
        chat = await road.store.one("SELECT id FROM chat_state")
        role = await road.store.one("SELECT id FROM roles WHERE keyword = 'cotizar'")
        await ana_writes(road, chat, "Aquí estoy", "c1")
        await road.calm()
        await ana_closes(road, chat)
        road.advance(minutes=1)  # Meta tells whole seconds: in the same one nobody knows what came first
        await road.talk("Hola")
        held = f",{role},"
        assert [tuple(row) for row in await road.store.rows(MESSAGES)] == [
            ("customer", "bot", "", 0), ("bot", "bot", "", 0),
            ("customer", "bot", "", 0), ("bot", "bot", held, 0),
            ("customer", "bot", held, 1), ("bot", "bot", held, 0),
            ("customer", "bot", held, 0), ("bot", "queue", held, 0),
            ("user", "person", held, 0), ("customer", "bot", held, 0), ("bot", "bot", held, 0),
        ]  # fmt: skip
        moves = await road.store.column("SELECT what FROM chat_moves ORDER BY id")
        assert moves == ["queue", "person", "closed", "reopened"]
        await road.until(COUNTED, 1)
        await road.until("SELECT COUNT(*) FROM conversations", 2)
        handled = await road.store.column("SELECT handled_by FROM conversations ORDER BY opened_at")
        assert handled == ["person", "bot"]
