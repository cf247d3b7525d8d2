"""What agents do: write once and only once, take, give back, close; and only where they may."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.chats.panel_world import CLIENT_ID, NOW, Shop
from waia.chats.delivery_state import DeliveryState
from waia.chats.models import Message, OutboxItem


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def test_a_message_is_sent_and_its_bubble_comes_back(shop: Shop) -> None:
    chat = await shop.add_chat(unread=1, unanswered_since=NOW)
    async with shop.browser("ana") as ana:
        answer = await ana.act("POST", f"/chats/{chat}/mensajes", texto=" Hola\r\nCarla ", client_id=CLIENT_ID)
    assert answer.status == 200
    assert await shop.sent_texts(chat) == ["Hola\nCarla"]
    assert "Ana Torres Hola Carla" in answer.page.text()
    assert "Atiende Ana Torres" in answer.page.text(f"holder-{chat}")
    assert (await shop.chat(chat)).owner_id == shop.users["ana"]


async def test_the_same_form_sent_twice_is_one_message(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        first = await ana.act("POST", f"/chats/{chat}/mensajes", texto="Hola", client_id=CLIENT_ID)
        again = await ana.act("POST", f"/chats/{chat}/mensajes", texto="Hola", client_id=CLIENT_ID)
    assert first.ids("message") == again.ids("message") != []
    assert await shop.sent_texts(chat) == ["Hola"]


async def test_a_refused_text_stays_in_the_form_with_the_reason_beside_it(shop: Shop) -> None:
    chat = await shop.add_chat()
    long = "ñ" * 5_000
    async with shop.browser("ana") as ana:
        too_long = await ana.act("POST", f"/chats/{chat}/mensajes", texto=long, client_id=CLIENT_ID)
        empty = await ana.act("POST", f"/chats/{chat}/mensajes", texto="  ", client_id=CLIENT_ID)
        plain = await ana.submit(f"/chats/{chat}/mensajes", texto=long, client_id=CLIENT_ID)
    for answer in (too_long, plain):
        assert answer.status == 422
        assert answer.page.text("composer-text") == long
        assert "4096" in answer.page.text("composer-error").replace(".", "")
        assert answer.page.where(name="client_id")[0]["value"] == CLIENT_ID
    assert "Escribe algo" in empty.page.text("composer-error")
    assert await shop.sent_texts(chat) == []


async def test_outside_the_24_hours_the_composer_is_closed_and_says_why(shop: Shop) -> None:
    chat = await shop.add_chat(window_ends_at=NOW - timedelta(minutes=1))
    never = await shop.add_chat("Diego", window_ends_at=None)
    async with shop.browser("ana") as ana:
        page = (await ana.get(f"/chats/{chat}")).page
        other = (await ana.get(f"/chats/{never}")).page
        answer = await ana.act("POST", f"/chats/{chat}/mensajes", texto="Hola", client_id=CLIENT_ID)
    assert "disabled" in page.where(id="composer-text")[0]
    assert "Pasaron 24 horas" in page.text("composer-closed")
    assert "todavía no ha escrito" in other.text("composer-closed")
    assert answer.status == 409
    assert answer.page.text("composer-text") == "Hola"
    assert "24 horas" in answer.page.text("composer-error")


async def test_an_answer_quotes_a_message_of_the_same_chat_only(shop: Shop) -> None:
    chat, other = await shop.add_chat(), await shop.add_chat("Diego")
    original = await shop.add_message(chat, wamid="wamid.o")
    foreign = await shop.add_message(other, wamid="wamid.x")
    async with shop.browser("ana") as ana:
        for number, quoted in enumerate((original, foreign, "nothing")):
            client_id = f"{CLIENT_ID[:-1]}{number}"
            answer = await ana.act(
                "POST", f"/chats/{chat}/mensajes", texto="Sí", client_id=client_id, responde_a=str(quoted)
            )
            assert answer.status == 200
    async with shop.parts.database.reading() as tx:
        sent = select(Message.quoted_wamid).where(Message.direction == "out").order_by(Message.id)
        assert list((await tx.execute(sent)).scalars()) == ["wamid.o", None, None]


async def test_without_a_script_the_form_leads_back_to_the_chat(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        answer = await ana.submit(f"/chats/{chat}/mensajes", texto="Hola", client_id=CLIENT_ID)
    assert (answer.status, answer.headers["location"]) == (303, f"/chats/{chat}")
    assert await shop.sent_texts(chat) == ["Hola"]


async def test_a_chat_goes_from_bot_to_agent_to_queue_to_bot_to_closed(shop: Shop) -> None:
    chat = await shop.add_chat(unanswered_since=NOW, unread=1, estado="sin_respuesta")
    steps = [
        ("PUT", "atencion", "Atiende Ana Torres", ("person", shop.users["ana"])),
        ("POST", "cola", "En la cola", ("queue", None)),
        ("DELETE", "atencion", "Responde el bot", ("bot", None)),
        ("POST", "cierre", "Cerrado", ("bot", None)),
        ("DELETE", "cierre", "Espera al cliente", ("bot", None)),
    ]
    async with shop.browser("ana") as ana:
        for method, path, words, holder in steps:
            answer = await ana.act(method, f"/chats/{chat}/{path}")
            assert answer.status == 200, path
            assert words in answer.page.text(f"holder-{chat}"), path
            row = await shop.chat(chat)
            assert (row.holder, row.owner_id) == holder, path


async def test_reading_marks_as_read_and_thanks_need_no_answer(shop: Shop) -> None:
    chat = await shop.add_chat(unanswered_since=NOW, unread=3, estado="sin_respuesta")
    async with shop.browser("ana") as ana:
        await ana.get(f"/chats/{chat}")
        assert (await shop.chat(chat)).unread == 3, "reading a page writes nothing"
        await ana.act("POST", f"/chats/{chat}/lectura")
        assert ((await shop.chat(chat)).unread, (await shop.chat(chat)).unanswered_since) == (0, NOW)
        await ana.act("POST", f"/chats/{chat}/sin-respuesta")
    assert (await shop.chat(chat)).unanswered_since is None


async def test_a_failed_message_is_tried_again_and_an_uncertain_one_given_up(shop: Shop) -> None:
    chat = await shop.add_chat()
    failed = await shop.add_sent(chat, status=DeliveryState.FAILED)
    uncertain = await shop.add_sent(chat, status=DeliveryState.UNCERTAIN)
    await shop.add_outbox(chat, failed, "failed")
    await shop.add_outbox(chat, uncertain, "uncertain")
    async with shop.browser("ana") as ana:
        again = await ana.act("POST", f"/mensajes/{failed}/reintento")
        given_up = await ana.act("DELETE", f"/mensajes/{uncertain}/envio")
        repeated = await ana.act("POST", f"/mensajes/{failed}/reintento")
    assert "En espera de envío" in again.page.text(f"message-{failed}")
    assert "Descartado" in given_up.page.text(f"message-{uncertain}")
    assert repeated.status == 409
    assert repeated.headers["hx-retarget"] == "#toasts"
    async with shop.parts.database.reading() as tx:
        states = await tx.execute(select(OutboxItem.state).order_by(OutboxItem.id))
        assert list(states.scalars()) == ["queued", "cancelled"]


async def test_what_one_may_not_see_one_may_not_change(shop: Shop) -> None:
    """The answer is the same as for what does not exist."""
    chat = await shop.add_chat(role="admin")
    sent = await shop.add_sent(chat, status=DeliveryState.FAILED)
    doors = [
        ("POST", f"/chats/{chat}/mensajes"),
        ("PUT", f"/chats/{chat}/atencion"),
        ("DELETE", f"/chats/{chat}/atencion"),
        ("POST", f"/chats/{chat}/cola"),
        ("POST", f"/chats/{chat}/cierre"),
        ("DELETE", f"/chats/{chat}/cierre"),
        ("POST", f"/chats/{chat}/lectura"),
        ("POST", f"/chats/{chat}/sin-respuesta"),
        ("POST", f"/mensajes/{sent}/reintento"),
        ("POST", f"/mensajes/{sent}/reenvio"),
        ("DELETE", f"/mensajes/{sent}/envio"),
    ]
    before = await shop.chat(chat)
    async with shop.browser("ana") as ana:
        for method, path in doors:
            form = {"texto": "Hola", "client_id": CLIENT_ID}
            foreign = await ana.act(method, path, **form)
            missing = await ana.act(method, path.replace(str(chat), "99999").replace(str(sent), "99999"), **form)
            assert (foreign.status, foreign.html) == (missing.status, missing.html) == (404, missing.html), path
        assert (await ana.get(f"/chats/{chat}/mensajes?antes=9", part="message-0-older")).status == 404
    assert await shop.chat(chat) == before
