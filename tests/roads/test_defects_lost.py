"""Defects A and G of the original, by their numbers there: messages that were lost, or lost their words."""

import json
from pathlib import Path

from tests.road_world import Road, eventually, inside, said, served
from tests.roads.bodies import CARLA, OTHER_PNID, message, text, value, webhook
from tests.roads.desk import ana_closes, ana_gives_back, ana_writes, be_in_force, publish, rule
from tests.roads.invariants import check_invariants

GREETING = rule("menu_principal", "iniciar", "¡Hola!")
PRICE = rule("menu_principal", "precio", "Vale 10")


async def test_a01_every_message_of_a_post_is_stored_and_answered(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        await publish(road, GREETING)
        people = [("wamid.1", CARLA), ("wamid.2", "573004445566"), ("wamid.3", "573007778899")]
        one = value([text(wamid, "Hola", sender=phone) for wamid, phone in people[:2]])
        two = value([text("wamid.3", "Hola", sender=people[2][1])])
        assert await road.post(webhook(one, two)) == 200
        await road.calm()
        assert len(await road.store.column("SELECT wa_id FROM mensajes WHERE direction = 'in'")) == 3
        assert [said(sent) for sent in road.world.sent] == ["¡Hola!"] * 3


async def test_a03_documents_stickers_places_contacts_reactions_and_buttons_are_kept(
    tmp_path: Path, sqlite_url: str
) -> None:
    media = {"id": "1", "mime_type": "application/pdf", "sha256": "aGFzaA==", "filename": "plano.pdf"}
    card = {"name": {"formatted_name": "Beto", "first_name": "Beto"}, "phones": [{"phone": "+57300"}]}
    parts: dict[str, object] = {
        "document": media, "sticker": {"id": "2", "mime_type": "image/webp", "sha256": "aGFzaA=="},
        "location": {"latitude": 4.6, "longitude": -74.1}, "button": {"text": "Sí", "payload": "si"},
    }  # fmt: skip
    async with inside(tmp_path, sqlite_url) as road:
        for kind, part in {**parts, "contacts": [card]}.items():
            await road.post(webhook(value([message(f"wamid.{kind}", kind, part)])))  # type: ignore[arg-type]
        reaction = {"message_id": "wamid.document", "emoji": "👍"}
        await road.post(webhook(value([message("wamid.reaction", "reaction", reaction)])))
        await road.calm()
        kinds = await road.store.column("SELECT kind FROM mensajes WHERE direction = 'in' ORDER BY id")
        assert sorted(kinds) == sorted([*parts, "contacts"])
        details = json.loads(await road.store.one("SELECT details FROM mensajes WHERE kind = 'document'"))
        assert details["filename"] == "plano.pdf"
        assert await road.store.one("SELECT emoji FROM reactions") == "👍"


async def test_a04_the_text_that_comes_with_an_ad_is_kept_and_answered(tmp_path: Path, sqlite_url: str) -> None:
    ad = {"source_url": "https://fb.me/x", "source_type": "ad", "headline": "Promo", "body": "2 por 1"}
    async with inside(tmp_path, sqlite_url) as road:
        await publish(road, GREETING, PRICE)
        await road.post(webhook(value([text("wamid.ad", "precio") | {"referral": ad}])))
        await road.calm()
        row = await road.store.row("SELECT * FROM mensajes WHERE wa_id = 'wamid.ad'")
        assert (row.mensaje, row.tipo, row.link_title, row.link_body) == ("precio", "referral", "Promo", "2 por 1")
        assert [said(sent) for sent in road.world.sent] == ["¡Hola!", "Vale 10"]


async def test_a05_the_caption_of_a_picture_is_kept(tmp_path: Path, sqlite_url: str) -> None:
    picture = {"id": "1", "mime_type": "image/jpeg", "sha256": "aGFzaA==", "caption": "así la quiero"}
    async with inside(tmp_path, sqlite_url) as road:
        await road.post(webhook(value([message("wamid.i", "image", picture)])))
        await road.calm()
        assert await road.store.one("SELECT mensaje FROM mensajes WHERE wa_id = 'wamid.i'") == "así la quiero"


async def test_a06_a_restart_in_the_quiet_window_leaves_nobody_unanswered(tmp_path: Path, sqlite_url: str) -> None:
    async with served(tmp_path, sqlite_url, BUFFER_SECONDS="3") as road:
        await road.says("Hola")
        await road.until("SELECT count(*) FROM mensajes")
        await road.waia.stop()
        assert await road.store.one("SELECT count(*) FROM decisions") == 0
        await road.waia.start()
        await road.calm()
        assert len(road.world.sent) == 1
        await check_invariants(road)


async def test_a08_a_failed_message_stays_in_the_history_with_its_reason(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        await publish(road, GREETING)
        await road.talk("Hola")
        chat_id: int = await road.store.one("SELECT id FROM chat_state")
        road.world.faults.send.next_codes = [131026]
        await ana_writes(road, chat_id, "Te ayudo", "c1")
        await road.calm()
        row = await road.store.row("SELECT * FROM mensajes WHERE author = 'user'")
        assert (row.mensaje, row.status, row.error_code) == ("Te ayudo", -1, 131026)
        assert "undeliverable" in row.error_text.lower()


async def test_a09_a_customer_is_not_left_alone_in_a_step_that_was_never_shown(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        shown = rule("oculto", "@entrada", "Elige una talla")
        await publish(road, GREETING, rule("menu_principal", "tallas", "", "oculto"), shown)
        await road.talk("Hola")
        road.world.faults.send.next_codes = [131026]
        await road.talk("tallas")
        chat = await road.store.row("SELECT * FROM chat_state")
        assert (chat.holder, chat.needs_person) == ("queue", "send_failed")
        await ana_gives_back(road, chat.id)
        assert await road.talk("tallas") == ["¡Hola!", "Elige una talla"]


async def test_a10_agents_see_what_was_delivered_read_or_failed(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        await publish(road, GREETING)
        road.world.faults.status.failed_later.times = 1
        await road.talk("Hola", "diego")
        await road.talk("Hola", "carla")
        found = await road.store.rows("SELECT numero, status FROM mensajes WHERE direction = 'out' ORDER BY id")
        assert [row.status for row in found] == [-1, 3]
        previews = await road.store.column("SELECT preview_status FROM chat_state ORDER BY id")
        assert previews == [-1, 3]


async def test_a13_ten_long_media_addresses_of_a_rule_arrive_whole(tmp_path: Path, mariadb_url: str) -> None:
    """GROUP_CONCAT cut what was longer than 1,024 bytes."""
    async with inside(tmp_path, mariadb_url) as road:
        await publish(road, {**rule("menu_principal", "iniciar", "Fotos", tipo="image"), "id": 7})
        addresses = [f"https://example.com/{'x' * 400}/{number}.jpg" for number in range(10)]
        for address in addresses:
            await road.store.rows(
                "INSERT INTO regla_medias (regla_id, media_url, media_tipo) VALUES (7, :url, 'image/jpeg')",
                url=address,
            )
        await be_in_force(road)
        await road.talk("Hola")
        assert [sent.payload["image"]["link"] for sent in road.world.sent] == addresses


async def test_a15_a_closed_session_is_remembered_and_odd_numbers_are_stored(tmp_path: Path, mariadb_url: str) -> None:
    async with inside(tmp_path, mariadb_url) as road:
        await publish(road, GREETING)
        await road.talk("Hola")
        chat_id: int = await road.store.one("SELECT id FROM chat_state")
        await ana_closes(road, chat_id)
        row = await road.store.row("SELECT started_at, ended_at, end_reason FROM sessions")
        assert row.end_reason == "closed"
        assert row.ended_at >= row.started_at
        odd = text("wamid.odd", "Hola", sender="9" * 25)
        assert await road.post(webhook(value([odd]))) == 200
        await road.until("SELECT count(*) FROM mensajes WHERE wa_id = 'wamid.odd'")


async def test_g10_a_message_that_cannot_be_processed_stops_nothing_else(tmp_path: Path, sqlite_url: str) -> None:
    """A trigger of the database refuses one text, whatever is tried; its neighbours must not suffer."""
    async with inside(tmp_path, sqlite_url) as road:
        await publish(road, GREETING, PRICE)
        await road.store.rows(
            "CREATE TRIGGER poison BEFORE INSERT ON mensajes WHEN NEW.mensaje = 'veneno'"
            " BEGIN SELECT RAISE(ABORT, 'poison'); END"
        )
        people = (CARLA, "573004445566")
        messages = [text("wamid.0", "Hola"), text("wamid.bad", "veneno"), text("wamid.1", "precio")]
        messages += [text("wamid.2", "Hola", sender=people[1])]
        assert await road.post(webhook(value(messages))) == 200
        await road.until("SELECT count(*) FROM mensajes WHERE wa_id = 'wamid.2'")
        await eventually(lambda: is_dead_by_now(road), "the poison is given up")
        await road.calm()
        stored = await road.store.column("SELECT wa_id FROM mensajes WHERE direction = 'in' ORDER BY wa_id")
        assert stored == ["wamid.0", "wamid.1", "wamid.2"]
        assert await road.store.one("SELECT count(*) FROM account_alerts WHERE kind = 'dead_item'") == 1
        assert said(road.sent_to("diego")[0]) == "¡Hola!"
        await check_invariants(road, dead=1)


async def is_dead_by_now(road: Road) -> bool:
    """Each look makes the next try due: nobody wants to wait for the pauses between them."""
    await road.store.rows("UPDATE lanes SET due_at = '2020-01-01 00:00:00.000000' WHERE queue = 'inbox'")
    return await road.store.column("SELECT state FROM inbox") == ["dead"]


async def test_i08_a_message_for_a_number_that_is_not_ours_is_kept_flagged_and_not_answered(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        assert await road.post(webhook(value([text("wamid.other", "Hola")], pnid=OTHER_PNID))) == 200
        await road.calm()
        assert await road.store.one("SELECT mensaje FROM mensajes") == "Hola"
        assert await road.store.one("SELECT kind FROM account_alerts") == "unknown_number"
        assert list(road.world.sent) == []
