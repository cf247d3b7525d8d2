"""Defects of the original's panel that a page by itself can show. C7 stands in `test_desk.py`, D12 in
`test_stream.py`, D2 to D4 in `tests/browser/test_desk_work.py`, B6 in `tests/bot` and `tests/roads`."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from tests.chats.panel_world import CLIENT_ID, NOW, Shop
from waia.accounts.models import UserRole


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def test_d01_the_newest_chat_stands_on_top_whatever_its_number(shop: Shop) -> None:
    first, second = await shop.add_chat("Carla"), await shop.add_chat("Diego")
    async with shop.browser("ana") as ana:
        assert (await ana.get("/")).ids("chat") == [second, first]
        await ana.act("POST", f"/chats/{first}/mensajes", texto="Buenas", client_id=CLIENT_ID)
        assert (await ana.get("/")).ids("chat") == [first, second]


async def test_d05_times_are_those_of_the_business_and_say_their_zone_to_the_browser(shop: Shop) -> None:
    chat = await shop.add_chat()
    message = await shop.add_message(chat, timestamp=NOW)
    async with shop.browser("ana") as ana:
        page = (await ana.get(f"/chats/{chat}")).page
    assert page.text(f"message-{message}").endswith("10:00 Responder Copiar")
    (time,) = page.where(_="time", datetime="2026-11-22T15:00:00+00:00", title="22 nov 2026, 10:00")
    assert time


async def test_d08_documents_are_taken_from_the_page_and_one_of_an_agent_is_the_agents(shop: Shop) -> None:
    chat = await shop.add_chat()
    details = {"filename": "plano.pdf"}
    theirs = await shop.add_message(chat, "", kind="document", details=details)
    ours = await shop.add_sent(chat, "", author="user", user_id=shop.users["ana"], kind="document", details=details)
    addresses = [f"/media/{await shop.add_file(chat, message, 'application/pdf')}" for message in (theirs, ours)]
    async with shop.browser("ana") as ana:
        page = (await ana.get(f"/chats/{chat}")).page
    for address in addresses:
        assert page.where(href=address, download="plano.pdf"), address
    assert "Ana Torres" in page.text(f"message-{ours}")
    assert page.where(_="input", type="file", data_as="document")


async def test_d06_messages_of_the_same_second_stand_in_the_order_of_their_arrival(shop: Shop) -> None:
    chat = await shop.add_chat()
    ids = [await shop.add_message(chat, f"mensaje {number}", timestamp=NOW) for number in range(5)]
    async with shop.browser("ana") as ana:
        assert (await ana.get(f"/chats/{chat}")).ids("message") == ids


async def test_d07_a_message_without_text_breaks_neither_list_nor_chat(shop: Shop) -> None:
    chat = await shop.add_chat(preview="", preview_kind="text")
    message = await shop.add_message(chat, None)  # type: ignore[arg-type]
    async with shop.browser("ana") as ana:
        page = await ana.get(f"/chats/{chat}")
    assert (page.status, page.ids("chat"), page.ids("message")) == (200, [chat], [message])


async def test_d13_a_script_of_a_stranger_gets_401_and_no_login_page(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        ana.http.cookies.clear()
        for method, path in (
            ("GET", f"/chats/{chat}"),
            ("PUT", f"/chats/{chat}/atencion"),
            ("GET", "/chats/seleccion"),
        ):
            answer = await ana.act(method, path)
            assert (answer.status, answer.headers["hx-trigger"]) == (401, "waia:sign-in"), path


async def test_d14_the_role_admin_as_a_second_role_sees_every_chat(shop: Shop) -> None:
    chats = {await shop.add_chat("Carla"), await shop.add_chat("Diego", role=""), await shop.add_chat("Elena", "admin")}
    async with shop.parts.database.writing() as tx:
        await tx.execute(insert(UserRole).values(user_id=shop.users["ana"], role_id=shop.roles["admin"]))
    async with shop.browser("ana") as ana:
        assert set((await ana.get("/")).ids("chat")) == chats


async def test_d09_what_is_wrong_with_a_file_or_a_text_is_said_in_its_own_words(shop: Shop) -> None:
    """Uploads failed in silence, and every refused text was an "invalid URL"."""
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        headers = {"x-csrf-token": ana.csrf, "content-type": "text/html"}
        page = await ana.http.post(f"/chats/{chat}/archivos?nombre=a.html", content=b"<html></html>", headers=headers)
        empty = await ana.http.post(f"/chats/{chat}/archivos?nombre=a.jpg", content=b"", headers=headers)
        text = await ana.act("POST", f"/chats/{chat}/mensajes", texto="x" * 4_097, client_id=CLIENT_ID)
    assert (page.status_code, page.json()["message"].split(".")[0]) == (
        422,
        "Por seguridad no se envían páginas web ni dibujos SVG",
    )
    assert empty.status_code == 422
    assert empty.json()["message"] != page.json()["message"]
    assert text.status == 422
    assert text.page.text("composer-error") == "El texto: tiene 4097 caracteres y WhatsApp admite 4096"
