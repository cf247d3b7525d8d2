"""Defects of the original's panel that concern who sees what, and in which order; C7 stands in `test_desk.py`."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from tests.chats.panel_world import NOW, Shop
from waia.accounts.models import UserRole


@pytest.fixture
async def shop(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, sqlite_url)
    yield shop
    await shop.close()


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
