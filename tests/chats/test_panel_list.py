"""The list of chats: who is in it, in which order, and what a line says."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.chats.panel_world import NOW, Shop
from waia.chats.delivery_state import DeliveryState


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def test_the_newest_chat_comes_first(shop: Shop) -> None:
    old, new = await shop.add_chat("Carla"), await shop.add_chat("Diego")
    async with shop.browser("ana") as ana:
        assert (await ana.get("/")).ids("chat") == [new, old]


async def test_agents_see_the_chats_of_their_roles_and_their_own_and_nothing_else(shop: Shop) -> None:
    sales = await shop.add_chat("Carla")
    nobodys = await shop.add_chat("Diego", role="")
    await shop.add_chat("Elena", role="admin")
    own = await shop.add_chat("Fabio", role="admin", owner_id=shop.users["ana"])
    async with shop.browser("ana") as ana, shop.browser("beto") as beto, shop.browser("dora") as dora:
        assert (await ana.get("/")).ids("chat") == [own, sales]
        assert len((await beto.get("/")).ids("chat")) == 4
        assert (await dora.get("/")).ids("chat") == []
        assert (await ana.get(f"/chats/{nobodys}")).status == 404
        assert (await ana.get("/chats/999999")).status == 404


async def test_unanswered_chats_stand_with_the_longest_wait_first(shop: Shop) -> None:
    late = await shop.add_chat("Carla", unanswered_since=NOW - timedelta(minutes=5))
    early = await shop.add_chat("Diego", unanswered_since=NOW - timedelta(hours=5))
    await shop.add_chat("Elena")
    async with shop.browser("ana") as ana:
        page = await ana.get("/?vista=sin_responder")
    assert page.ids("chat") == [early, late]
    assert "Sin responder 2" in page.page.text("counts")


async def test_the_tabs_hold_own_and_unread_chats_and_say_how_many(shop: Shop) -> None:
    mine = await shop.add_chat("Carla", owner_id=shop.users["ana"])
    unread = await shop.add_chat("Diego", unread=3)
    async with shop.browser("ana") as ana:
        assert (await ana.get("/?vista=mios")).ids("chat") == [mine]
        page = await ana.get("/?vista=no_leidos")
    assert page.ids("chat") == [unread]
    assert page.page.text("counts") == "Sin responder Míos 1 No leídos 1 Bot 2 Todos 2 Archivados"
    assert [tab["data-view"] for tab in page.page.where(aria_current="page") if "data-view" in tab] == ["no_leidos"]


async def test_search_finds_names_aliases_user_names_and_numbers(shop: Shop) -> None:
    chat = await shop.add_chat("Carla Gómez", alias="Carla (cocina)", person={"username": "carla.g"})
    async with shop.browser("ana") as ana:
        for words in ("góm", "CARLA", "cocina", "@carla.g", "300 0000", "%2B57300"):
            assert (await ana.get(f"/?q={words}", part="chat-results")).ids("chat") == [chat], words
        for words in ("zoe", "%25", "_", "00"):
            assert (await ana.get(f"/?q={words}", part="chat-results")).ids("chat") == [], words


async def test_the_list_goes_on_page_by_page_without_gap_or_repeat(shop: Shop) -> None:
    chats = [await shop.add_chat(f"Cliente {n}") for n in range(95)]
    seen, path = [], "/?"
    async with shop.browser("ana") as ana:
        for _ in range(3):
            page = await ana.get(path, part="" if path == "/?" else "more-chats")
            seen += page.ids("chat")
            path = next((e["hx-get"] for e in page.page.elements if "antes=" in e.get("hx-get", "")), "")
            path = f"/{path}" if path else ""
    assert seen == chats[::-1]
    assert path == ""


async def test_chats_of_the_same_instant_are_neither_lost_nor_repeated_between_pages(shop: Shop) -> None:
    chats = [await shop.add_chat(f"Cliente {n}", last_message_at=NOW) for n in range(45)]
    async with shop.browser("ana") as ana:
        first = await ana.get("/")
        link = next(e["hx-get"] for e in first.page.elements if "antes=" in e.get("hx-get", ""))
        second = await ana.get(f"/{link}", part="more-chats")
    assert first.ids("chat") + second.ids("chat") == chats[::-1]


async def test_an_odd_key_of_a_page_is_as_good_as_none(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        for key in ("x", "9" * 32, "0" * 32, "99999999999999999999000000000001", "٣" * 32):
            assert (await ana.get(f"/?antes={key}")).ids("chat") == [chat], key


async def test_a_line_says_who_what_when_and_what_is_to_do(shop: Shop) -> None:
    chat = await shop.add_chat(
        "Carla", unread=2, estado="sin_respuesta", holder="queue", queue_role_id=shop.roles["ventas"],
        preview="*Hola*, te _espero_", preview_author="bot", preview_status=DeliveryState.DELIVERED,
        last_message_at=NOW - timedelta(minutes=12),
    )  # fmt: skip
    async with shop.browser("ana") as ana:
        line = (await ana.get("/")).page.text(f"chat-{chat}")
    assert line == "C Carla 12 min Entregado Bot: Hola, te espero 2 2 mensajes sin leer Sin responder Ventas"


async def test_a_contact_is_called_by_the_best_name_we_have(shop: Shop) -> None:
    known: list[tuple[str, str, dict[str, str], str]] = [
        ("Doña Carla", "Carla", {"phone": "573001"}, "Doña Carla"),
        ("", "Carla", {"username": "carla.g"}, "Carla"),
        ("", "", {"username": "carla.g"}, "@carla.g"),
        ("", "", {"phone": "573001"}, "+573001"),
        ("", "", {"phone": "", "user_id": "CO.51234"}, "Usuario …1234"),
    ]
    chats = [await shop.add_chat(name, alias=alias, person=person) for alias, name, person, _ in known]
    async with shop.browser("ana") as ana:
        page = (await ana.get("/")).page
    for chat, (*_, shown) in zip(chats, known, strict=True):
        assert shown in page.text(f"chat-{chat}")


async def test_an_empty_list_says_what_it_is_for(shop: Shop) -> None:
    expected = [
        ("/", "Todavía no hay chats"),
        ("/?q=zoe", "Nada coincide con «zoe»"),
        ("/?vista=mios", "No tienes chats a tu cargo"),
        ("/?vista=no_leidos", "Todo está leído"),
        ("/?vista=sin_responder", "Nadie espera respuesta"),
        ("/?vista=otra", "Todavía no hay chats"),
    ]
    async with shop.browser("ana") as ana:
        for path, says in expected:
            assert says in (await ana.get(path)).page.text("list-empty"), path


async def test_the_number_of_statements_does_not_grow_with_the_chats(shop: Shop) -> None:
    await shop.add_chat()
    async with shop.browser("ana") as ana:
        await ana.get("/")
        with shop.counting() as few:
            await ana.get("/")
        for n in range(20):
            await shop.add_chat(f"Cliente {n}", alias=f"Alias {n}", owner_id=shop.users["ana"])
        with shop.counting() as many:
            await ana.get("/")
    assert len(many) == len(few)


async def test_a_line_holds_nothing_of_the_person_who_looks(shop: Shop) -> None:
    """It is rendered once for everybody."""
    chat = await shop.add_chat(owner_id=shop.users["ana"], preview_author="user", holder="person")

    def line(html: str) -> str:
        start = html.index(f'<li class="row" id="chat-{chat}"')
        return html[start : html.index("</li>", start)]

    async with shop.browser("ana") as ana, shop.browser("beto") as beto:
        assert line((await ana.get(f"/chats/{chat}")).html) == line((await beto.get("/")).html)


async def test_strangers_are_led_to_the_login(shop: Shop) -> None:
    chat = await shop.add_chat()
    shop.tokens["nobody"] = "x"
    async with shop.browser("nobody") as nobody:
        answer = await nobody.get(f"/chats/{chat}")
    assert answer.status == 303
    assert answer.headers["location"] == f"/login?next=/chats/{chat}"
