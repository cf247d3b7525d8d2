"""What an agent typed and did not send: theirs alone, on every device, never lost to another tab."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chats.panel_world import CLIENT_ID, Answer, Browser, Shop


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def types(browser: Browser, chat: int, text: str, version: int = 0, **more: str) -> Answer:
    return await browser.act("PUT", f"/chats/{chat}/borrador", texto=text, version=str(version), **more)


async def shown(browser: Browser, chat: int) -> tuple[str, str]:
    """What stands in the composer, and which version it says it is."""
    page = (await browser.get(f"/chats/{chat}")).page
    (form,) = page.where(id=f"composer-{chat}")
    return page.text("composer-text"), form["data-version"]


async def test_a_draft_is_there_on_another_device_and_after_a_restart(tmp_path: Path, database_url: str) -> None:
    shop = await Shop.open(tmp_path, database_url)
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        saved = await types(ana, chat, "Le confirmo el precio")
    assert (saved.status, saved.html) == (200, '{"version":1}')
    token = await shop.sign_in("ana")
    await shop.close()
    again = Shop(parts=Shop.parts_of(tmp_path, database_url), tokens={"ana": token})
    async with again.browser("ana") as other_device:
        assert await shown(other_device, chat) == ("Le confirmo el precio", "1")
    await again.close()


async def test_a_draft_is_nobody_elses_and_stands_in_ones_own_list(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana, shop.browser("beto") as beto, shop.browser("dora") as dora:
        await types(ana, chat, "Le confirmo\n el precio")
        assert (await types(dora, chat, "Hola")).status == 404
        lists = [(await one.get("/")).page for one in (ana, beto)]
        assert [page.where(data_draft_of=str(chat)) != [] for page in lists] == [True, False]
        assert lists[0].owners("Le confirmo el precio")
        assert await shown(beto, chat) == ("", "0")
        await shop.take_role_from_chat(chat)
        assert not (await ana.get("/")).page.where(data_draft_of=str(chat))


async def test_sending_clears_the_draft_even_of_a_save_that_comes_late(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        await types(ana, chat, "Hola, Car")
        sent = await ana.act("POST", f"/chats/{chat}/mensajes", texto="Hola, Carla", client_id=CLIENT_ID, borrador="2")
        late = await types(ana, chat, "Hola, Carl", 1)
        assert (sent.headers["x-waia-draft"], late.status) == ("3", 409)
        assert await shown(ana, chat) == ("", "3")
        assert (await types(ana, chat, "Otra cosa", 3)).status == 200
        assert not (await types(ana, chat, "", 4)).page.where(data_draft_of=str(chat))
        assert await shown(ana, chat) == ("", "5")


async def test_a_save_that_the_sending_overtook_brings_nothing_back_and_another_tabs_does(shop: Shop) -> None:
    chat, words = await shop.add_chat(), "Hola, Carla"
    async with shop.browser("ana") as ana:
        told = {"texto": words, "client_id": CLIENT_ID, "borrador": "1", "guardados": "k3y9 x\0 4a7b"}
        assert (await ana.act("POST", f"/chats/{chat}/mensajes", **told)).headers["x-waia-draft"] == "2"
        assert (await types(ana, chat, words, 0, guardado="4a7b", ultimo="1")).status == 409
        assert await shown(ana, chat) == ("", "2")
        assert (await types(ana, chat, "Otra pestaña", 0, guardado="c0c0", ultimo="1")).status == 200
        assert (await shown(ana, chat))[0] == "Otra pestaña"


async def test_what_another_tab_wrote_is_told_before_it_is_replaced(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        await types(ana, chat, "Un texto largo de la primera pestaña")
        refused = await types(ana, chat, "corto", 0)
        assert refused.status == 409
        assert refused.html == '{"version":1,"text":"Un texto largo de la primera pestaña"}'
        sent = await ana.act("POST", f"/chats/{chat}/mensajes", texto="Otra", client_id=CLIENT_ID, borrador="0")
        assert "x-waia-draft" not in sent.headers
        assert (await shown(ana, chat))[0] == "Un texto largo de la primera pestaña"


@pytest.mark.parametrize(
    ("stored", "closing", "left"),
    [
        ("Hola, te llamo a las tres", "Quedo atenta", "Hola, te llamo a las tres\nQuedo atenta"),
        ("Hola", "Hola, te llamo", "Hola, te llamo"),
        ("Hola, te llamo", "Hola", "Hola, te llamo"),
        ("Hola", "", "Hola"),
    ],
)
async def test_a_tab_that_closes_takes_nothing_away(shop: Shop, stored: str, closing: str, left: str) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        await types(ana, chat, stored)
        assert (await types(ana, chat, closing, 0, ultimo="1")).status == 200
        assert (await shown(ana, chat))[0] == " ".join(left.split())


async def test_a_draft_has_an_end_and_a_form_of_its_own(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        assert (await types(ana, chat, "x" * 20_000)).status == 200
        assert (await types(ana, chat, "x" * 20_001, 1)).status == 422
        assert (await types(ana, chat, "Hola", 1, usuario="beto")).status == 422
        assert (await shown(ana, chat))[0] == "x" * 20_000


async def test_a_message_that_meta_would_refuse_stays_in_composer_and_draft(shop: Shop) -> None:
    chat, long = await shop.add_chat(), "x" * 4_097
    async with shop.browser("ana") as ana:
        await types(ana, chat, long)
        refused = await ana.act("POST", f"/chats/{chat}/mensajes", texto=long, client_id=CLIENT_ID, borrador="1")
        assert (refused.status, refused.page.text("composer-text")) == (422, long)
        assert await shown(ana, chat) == (long, "1")
