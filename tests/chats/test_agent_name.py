"""The agent's name ahead of what they write, where the owner wants it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from tests.chats.panel_world import CLIENT_ID, Shop
from waia.chats.panel.composing import MessageForm, sign
from waia.chats.signing import signature_of
from waia.quick_replies.models import QuickReply
from waia.rules.models import StoredSetting

SIGNED = "*Ana Torres:*\n"


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url, WAIA_AGENT_NAME_PREFIX="1")
    yield shop
    await shop.close()


async def test_what_an_agent_writes_begins_with_their_name_in_bold(shop: Shop) -> None:
    reply = await shop.add(QuickReply, name="saludo", text="Hola", kind="texto")
    texts, menu = await shop.add_chat(), await shop.add_chat()
    async with shop.browser("ana") as ana:
        sent = await ana.act("POST", f"/chats/{texts}/mensajes", texto="Buenas tardes", client_id=CLIENT_ID)
        form = {"texto": "Mira", "respuesta": str(reply), "client_id": f"{CLIENT_ID[:-1]}2"}
        await ana.act("POST", f"/chats/{texts}/mensajes", **form)
        options = {"texto": "¿Cuándo?", "b.0": "Hoy", "client_id": f"{CLIENT_ID[:-1]}3"}
        await ana.act("POST", f"/chats/{menu}/opciones", **options)
        page = (await ana.get(f"/chats/{texts}")).page
    assert await shop.sent_texts(texts) == [f"{SIGNED}Buenas tardes", f"{SIGNED}Mira"]
    assert await shop.sent_texts(menu) == [f"{SIGNED}¿Cuándo?"]
    assert any(path[-1][""] == "strong" for path in sent.page.owners("Ana Torres:"))
    assert "Se envía con tu nombre: Ana Torres:" in page.text(f"composer-{texts}")


async def test_the_name_counts_against_the_limit_and_what_was_typed_stays(shop: Shop) -> None:
    chat, most = await shop.add_chat(), 4_096 - len(SIGNED)
    async with shop.browser("ana") as ana:
        refused = await ana.act("POST", f"/chats/{chat}/mensajes", texto="x" * (most + 1), client_id=CLIENT_ID)
        assert (refused.status, refused.page.text("composer-text")) == (422, "x" * (most + 1))
        assert refused.page.where(id="composer-text", data_limit=str(most))
        assert (await ana.act("POST", f"/chats/{chat}/mensajes", texto="x" * most, client_id=CLIENT_ID)).status == 200
    assert await shop.sent_texts(chat) == [SIGNED + "x" * most]


async def test_an_owners_word_wins_over_the_environment(shop: Shop) -> None:
    async with shop.parts.database.writing() as tx:
        await tx.execute(insert(StoredSetting).values(name="agent_name_prefix", value="0"))
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        await ana.act("POST", f"/chats/{chat}/mensajes", texto="Buenas tardes", client_id=CLIENT_ID)
    assert await shop.sent_texts(chat) == ["Buenas tardes"]


@pytest.mark.parametrize(
    ("name", "signature"),
    [("Ana *la\n jefa*", "*Ana la jefa:*"), (" Ñoño ", "*Ñoño:*"), ("***", ""), ("", "")],
)
def test_a_name_cannot_break_out_of_its_bold(name: str, signature: str) -> None:
    assert signature_of(name) == signature


def test_without_a_text_the_first_caption_carries_the_name() -> None:
    form = MessageForm(archivos=("a", "b", "c"), pies=("", "La cocina", "El baño"))
    assert sign(form, "*Ana:*").pies == ("", "*Ana:*\nLa cocina", "El baño")
    assert sign(MessageForm(archivos=("a",)), "*Ana:*").captions == {"a": ""}
