"""What the contact card reads only when it is looked at: the files of the chat, and what happened in past sessions."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.chats.panel_world import NOW, Shop
from waia.chats.models import BotSession


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def test_the_card_shows_the_files_of_the_chat_page_by_page_and_only_to_who_may_see_it(shop: Shop) -> None:
    chat, other = await shop.add_chat(), await shop.add_chat("Diego", role="admin")
    photos = [await shop.add_message(chat, f"Foto {n}", kind="image") for n in range(13)]
    for photo in photos:
        await shop.add_file(chat, photo, thumb_key="ab/t")
    plan = await shop.add_message(chat, "", kind="document", details={"filename": "plano \u202egnp.pdf"})
    await shop.add_file(chat, plan, "application/pdf")
    for kind, values in (("sticker", {"file_kind": "sticker"}), ("voice", {"voice": True})):
        talk = await shop.add_message(chat, "", kind=kind)
        await shop.add_file(chat, talk, "audio/ogg" if kind == "voice" else "image/webp", **values)
    gone = await shop.add_message(chat, "", kind="image", revoked_at=NOW)
    await shop.add_file(chat, gone)
    async with shop.browser("ana") as ana:
        first = await ana.get(f"/chats/{chat}/archivos")
        rest = await ana.get(f"/chats/{chat}/archivos?antes={photos[2]}")
        assert (await ana.get(f"/chats/{other}/archivos")).status == 404
        for odd in ("", "x", "-1", "9" * 30):
            assert (await ana.get(f"/chats/{chat}/archivos?antes={odd}")).ids("file") == first.ids("file"), odd
    assert first.ids("file") == [plan, *photos[:1:-1]]
    assert "plano [RLO]gnp.pdf" in first.page.text(f"file-{plan}")
    assert first.page.where(_="a", data_lightbox="", data_words="Foto 12")
    assert f"antes={photos[2]}" in first.html
    assert rest.ids("file") == photos[1::-1]
    assert "more-files" not in rest.html


async def test_the_card_tells_what_happened_in_each_session(shop: Shop) -> None:
    chat = await shop.add_chat()
    old = {"started_at": NOW - timedelta(days=2), "ended_at": NOW - timedelta(days=1), "end_reason": "closed"}
    await shop.add(BotSession, chat_id=chat, **old)
    await shop.add(BotSession, chat_id=chat, started_at=NOW - timedelta(hours=3))
    asked = await shop.add_message(chat, timestamp=NOW - timedelta(days=2))
    for step in ("menu_principal", "cotizar"):
        await shop.add_sent(chat, step=step, timestamp=NOW - timedelta(days=2) + timedelta(minutes=1))
    await shop.add_sent(chat, author="user", user_id=shop.users["ana"], timestamp=NOW - timedelta(days=1, hours=1))
    today = await shop.add_message(chat, timestamp=NOW - timedelta(hours=2))
    async with shop.browser("ana") as ana:
        card = (await ana.get(f"/chats/{chat}/ficha", part="facts")).page
        page = (await ana.get(f"/chats/{chat}/sesiones")).page
    assert "la cerró una persona" in card.text(f"past-{chat}")
    assert card.where(hx_get=f"/chats/{chat}/sesiones")
    told = page.text(f"past-{chat}")
    assert "1 mensaje del cliente · 2 del bot · 1 de asesores Atendió: Ana Torres" in told
    assert "Pasos: menu_principal → cotizar" in told
    assert "en curso 1 mensaje del cliente · 0 del bot" in told
    assert [link["href"].partition("#")[2] for link in page.elements if "data-goto" in link] == [
        f"message-{today}", f"message-{asked}",
    ]  # fmt: skip
