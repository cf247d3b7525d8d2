"""Quick replies at the composer: offered as the customer would read them, sent with their files in order."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.chats.panel_world import CLIENT_ID, Shop
from waia.chats.models import OutboxItem
from waia.quick_replies.models import QuickReply, QuickReplyMedia
from waia.whatsapp.content import Content, content_from_json

HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def add_reply(shop: Shop, name: str, text: str, *files: str) -> int:
    reply = await shop.add(QuickReply, name=name, text=text, kind="texto")
    for url in files:
        await shop.add(QuickReplyMedia, quick_reply_id=reply, url=url)
    return reply


async def contents(shop: Shop, chat_id: int) -> list[Content]:
    async with shop.parts.database.reading() as tx:
        wanted = select(OutboxItem.payload).where(OutboxItem.chat_id == chat_id).order_by(OutboxItem.id)
        return [content_from_json(payload) for payload in (await tx.execute(wanted)).scalars()]


def told(content: Content) -> tuple[Any, ...]:
    kind = content.__struct_config__.tag
    return kind, getattr(content, "caption", None) or getattr(content, "body", ""), getattr(content, "link", None)


async def test_replies_are_offered_filled_in_for_this_customer(shop: Shop) -> None:
    await add_reply(shop, "saludo", "Hola, {{nombre}}. {{7*7}} {0.__class__}")
    chat = await shop.add_chat("Carla Gómez", alias="Carla de la 100")
    async with shop.browser("ana") as ana:
        answer = await ana.get(f"/chats/{chat}/respuestas", "replies")
    option = answer.page.where(role="option")[0]
    assert option["data-text"] == "Hola, Carla de la 100. {{7*7}} {0.__class__}"


async def test_hostile_names_and_texts_stay_words(shop: Shop) -> None:
    await add_reply(shop, HOSTILE, f"{HOSTILE} {{{{nombre}}}}")
    chat = await shop.add_chat(HOSTILE)
    async with shop.browser("ana") as ana:
        answer = await ana.get(f"/chats/{chat}/respuestas", "replies")
    assert answer.page.where(role="option")[0]["data-text"] == f"{HOSTILE} {HOSTILE}"
    assert not answer.page.where(onerror="alert(1)")


async def test_without_replies_the_card_says_so(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        assert "Todavía no hay" in (await ana.get(f"/chats/{chat}/respuestas", "replies")).page.text()


async def test_the_files_of_a_reply_go_out_in_order_and_only_once(shop: Shop) -> None:
    files = ("https://example.com/a.jpg", "https://example.com/b.mp4", "https://example.com/c%20d.pdf")
    reply, chat = await add_reply(shop, "catálogo", "Mira:", *files), await shop.add_chat()
    form = {"texto": "Mira, Carla:", "respuesta": str(reply), "client_id": CLIENT_ID}
    async with shop.browser("ana") as ana:
        first = await ana.act("POST", f"/chats/{chat}/mensajes", **form)
        again = await ana.act("POST", f"/chats/{chat}/mensajes", **form)
    assert [told(content) for content in await contents(shop, chat)] == [
        ("image", "Mira, Carla:", files[0]),
        ("video", "", files[1]),
        ("document", "", files[2]),
    ]
    assert first.ids("message") == again.ids("message")
    assert len(first.ids("message")) == 3


@pytest.mark.parametrize(
    ("file", "text"), [("https://example.com/a.ogg", "Oye:"), ("https://example.com/a.jpg", "x" * 1_025)]
)
async def test_a_text_that_cannot_be_a_caption_goes_ahead(shop: Shop, file: str, text: str) -> None:
    reply, chat = await add_reply(shop, "nota", "", file), await shop.add_chat()
    async with shop.browser("ana") as ana:
        await ana.act("POST", f"/chats/{chat}/mensajes", texto=text, respuesta=str(reply), client_id=CLIENT_ID)
    first, second = await contents(shop, chat)
    assert told(first)[:2] == ("text", text)
    assert told(second)[1:] == ("", file)


async def test_a_reply_that_is_gone_keeps_what_was_written(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        answer = await ana.act("POST", f"/chats/{chat}/mensajes", texto="Mira", respuesta="99", client_id=CLIENT_ID)
    assert answer.status == 409
    assert answer.page.text("composer-text") == "Mira"
    assert "ya no existe" in answer.page.text("composer-error")
    assert await shop.sent_texts(chat) == []
