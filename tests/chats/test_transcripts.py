"""What a voice note says, below its sound: every state, words that can be heard, corrections and who may make them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from tests.chats.panel_world import NOW, Answer, Browser, Shop
from waia.accounts.models import AuditEntry
from waia.chats.models import Chat, DecisionRow, Message
from waia.kit.queue import due_keys
from waia.transcription.models import TranscriptRow

SAID = [["quiero", 0, 400, 0.98], ["cotizar", 420, 900, 0.95], ["un", 900, 1000, 0.9], ["masón", 1010, 1500, 0.41]]


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def add_note(shop: Shop, state: str = "heard", words: Any = SAID, **values: Any) -> tuple[int, int]:
    """A chat that ends with a voice note: its id, and that of the message."""
    text = " ".join(word[0] for word in words) if state in {"heard", "partial"} else ""
    chat = await shop.add_chat(preview=text, preview_kind="voice", preview_author="customer")
    told = {"kind": "voice", "details": {"voice": True}, "mime_type": "audio/ogg"}
    message = await shop.add_message(chat, text, **told, **values.pop("message", {}))
    await shop.change(update(Chat).where(Chat.id == chat).values(last_message_id=message))
    if values.pop("file", True):
        await shop.add_file(chat, message, "audio/ogg", duration_ms=1_500, voice=True)
    row = {"message_id": message, "chat_id": chat, "state": state, "heard_text": text, "wanted_at": NOW}
    row |= {"words": words if text else [], "confidence": 0.41, **values}
    await shop.add(TranscriptRow, **row)
    return chat, message


async def shown(browser: Browser, chat: int) -> Answer:
    answer = await browser.get(f"/chats/{chat}")
    assert answer.status == 200
    return answer


async def one(shop: Shop, statement: Any) -> Any:
    async with shop.parts.database.reading() as tx:
        return (await tx.execute(statement)).scalar_one()


def words_in(answer: Answer, message: int) -> list[dict[str, str]]:
    return [
        path[-1]
        for word in ("quiero", "cotizar", "un", "masón")
        for path in answer.page.owners(word)
        if any(e.get("id") == f"message-{message}" for e in path) and "data-at" in path[-1]
    ]


async def test_b15_the_text_stands_in_the_bubble_of_its_sound_and_nowhere_else(shop: Shop) -> None:
    chat, message = await add_note(shop)
    async with shop.browser("ana") as ana:
        answer = await shown(ana, chat)
    assert answer.ids("message") == [message]
    assert answer.page.text(f"message-{message}").count("quiero cotizar un masón") == 1
    assert "Mensaje de voz" not in answer.page.text("chats")
    assert "quiero cotizar un masón" in answer.page.text(f"chat-{chat}")


async def test_each_word_tells_where_it_is_heard_and_whether_it_is_unsure(shop: Shop) -> None:
    chat, message = await add_note(shop)
    async with shop.browser("ana") as ana:
        words = words_in(await shown(ana, chat), message)
    assert [word["data-at"] for word in words] == ["0", "420", "900", "1010"]
    assert [word["tabindex"] for word in words] == ["0", "-1", "-1", "-1"], "one stop for Tab"
    assert [word.get("title", "") for word in words] == ["", "", "", "No es seguro que diga esto"]


async def test_without_its_sound_the_text_is_only_read(shop: Shop) -> None:
    chat, message = await add_note(shop, file=False)
    async with shop.browser("ana") as ana:
        answer = await shown(ana, chat)
    assert words_in(answer, message) == []
    assert "quiero cotizar un masón" in answer.page.text(f"message-{message}")


@pytest.mark.parametrize(
    ("state", "for_ana", "for_beto", "ask"),
    [
        ("waiting", "Transcribiendo…", "Transcribiendo…", ""),
        ("partial", "El audio llegó dañado o incompleto", "El audio llegó dañado o incompleto", ""),
        ("silent", "No se oyen palabras.", "No se oyen palabras.", ""),
        ("too_long", "Es más largo de lo que se transcribe.", "Es más largo de lo que se transcribe.", ""),
        ("no_model", "", "Falta el modelo de voz. Ver en Ajustes", "beto"),
        ("skipped", "Sin texto por ahora.", "Sin texto por ahora.", "ana beto"),
        ("failed", "No se pudo transcribir.", "No se pudo transcribir.", "ana beto"),
    ],
)
async def test_what_has_no_text_says_so_to_whom_it_helps(
    shop: Shop, state: str, for_ana: str, for_beto: str, ask: str
) -> None:
    chat, message = await add_note(shop, state)
    for name, words in (("ana", for_ana), ("beto", for_beto)):
        async with shop.browser(name) as browser:
            page = (await shown(browser, chat)).page
        told = page.text(f"transcript-{message}")
        assert words in told if words else told == ""
        asks = page.where(hx_post=f"/mensajes/{message}/transcripcion")
        assert bool(asks) is (name in ask.split())


async def test_a_page_of_notes_asks_once_for_all_that_they_say(shop: Shop) -> None:
    chat, _ = await add_note(shop)
    for number in range(10):
        message = await shop.add_message(chat, f"uno {number}", kind="voice")
        row = {"message_id": message, "chat_id": chat, "state": "heard", "heard_text": "uno", "words": SAID}
        await shop.add(TranscriptRow, **row, wanted_at=NOW)
    async with shop.browser("ana") as ana:
        with shop.counting() as statements:
            await shown(ana, chat)
    assert len([one for one in statements if "FROM transcripts" in one]) == 1


async def test_a_correction_is_shown_with_its_author_beside_what_was_heard(shop: Shop) -> None:
    chat, message = await add_note(shop)
    here = f"/mensajes/{message}/transcripcion"
    async with shop.browser("ana") as ana, shop.browser("beto") as beto:
        form = await ana.get(f"{here}/edicion", f"transcript-{message}")
        (seen,) = form.page.where(name="seen")
        answer = await ana.act("PUT", here, texto="  Quiero cotizar un mesón: *ya* \n", seen=seen["value"])
        assert "Corregido por Ana Torres" in answer.page.text(f"transcript-{message}")
        page = await shown(beto, chat)
        told = page.page.text(f"message-{message}")
        assert "Quiero cotizar un mesón: *ya*" in told
        assert page.page.text(f"heard-{message}").endswith("quiero cotizar un masón")
        assert "Quiero cotizar un mesón: ya" in page.page.text(f"chat-{chat}")
        mended = [path[-1] for path in page.page.owners("mesón:") if "data-at" in path[-1]]
        assert [word["data-at"] for word in mended] == ["1010"], "a word that was mended is heard where it was misheard"
        assert (await ana.act("PUT", here, texto="Quiero cotizar un mesón: *ya*")).status == 200
        assert (await ana.act("DELETE", here)).status == 200
        assert (await ana.act("DELETE", here)).status == 200
        assert "quiero cotizar un masón" in (await shown(beto, chat)).page.text(f"message-{message}")
    trail = select(func.count()).where(AuditEntry.action == "transcript.corrected")
    assert await one(shop, trail) == 1, "a repeat changes nothing and is no entry"
    assert await one(shop, select(func.count()).where(AuditEntry.action == "transcript.taken_back")) == 1
    assert await one(shop, select(Message.text).where(Message.id == message)) == "quiero cotizar un masón"


async def test_search_finds_the_words_that_count_and_the_bot_is_not_asked_again(shop: Shop) -> None:
    chat, message = await add_note(shop)
    before = await shop.chat(chat)
    async with shop.browser("ana") as ana:
        assert f"mensaje={message}" in (await ana.get("/?q=masón", "chat-results")).html
        await ana.act("PUT", f"/mensajes/{message}/transcripcion", texto="quiero cotizar un mesón")
        found = await ana.get("/?q=mesón", "chat-results")
        assert f"mensaje={message}" in found.html
        assert [path[-1][""] for path in found.page.owners("mesón") if path[-1][""] == "mark"] == ["mark"]
        assert f"mensaje={message}" not in (await ana.get("/?q=masón", "chat-results")).html
        told = (await ana.http.get(f"/export/chat/{chat}.json")).json()["mensajes"]
    assert told[0]["texto"] == "quiero cotizar un mesón"
    after = await shop.chat(chat)
    assert (after.bot_due_at, after.bot_memory, after.unread) == (before.bot_due_at, before.bot_memory, before.unread)
    assert await one(shop, select(func.count(DecisionRow.id))) == 0


async def test_only_the_last_message_speaks_for_its_chat_in_the_list(shop: Shop) -> None:
    chat, message = await add_note(shop)
    later = await shop.add_message(chat, "¿Me oyeron?")
    await shop.change(update(Chat).where(Chat.id == chat).values(last_message_id=later, preview="¿Me oyeron?"))
    async with shop.browser("ana") as ana:
        await ana.act("PUT", f"/mensajes/{message}/transcripcion", texto="quiero cotizar un mesón")
    assert (await shop.chat(chat)).preview == "¿Me oyeron?"


async def test_of_two_who_correct_at_once_the_second_is_told_what_the_first_wrote(shop: Shop) -> None:
    _, message = await add_note(shop)
    here = f"/mensajes/{message}/transcripcion"
    async with shop.browser("ana") as ana, shop.browser("beto") as beto:
        seen = (await beto.get(f"{here}/edicion")).page.where(name="seen")[0]["value"]
        await ana.act("PUT", here, texto="quiero cotizar un mesón", seen=seen)
        refused = await beto.act("PUT", here, texto="quiero un mesón", seen=seen)
        assert refused.status == 409
        assert "quiero cotizar un mesón" in refused.page.text(f"transcript-{message}-overtaken")
        assert refused.page.text(f"transcript-text-{message}") == "quiero un mesón"
        again = refused.page.where(name="seen")[0]["value"]
        assert (await beto.act("PUT", here, texto="quiero un mesón", seen=again)).status == 200
    assert await one(shop, select(Message.text).where(Message.id == message)) == "quiero un mesón"


@pytest.mark.parametrize("words", ["", " \n ", "x" * 4_001])
async def test_a_correction_that_cannot_be_kept_comes_back_as_it_was_typed(shop: Shop, words: str) -> None:
    _, message = await add_note(shop)
    async with shop.browser("ana") as ana:
        refused = await ana.act("PUT", f"/mensajes/{message}/transcripcion", texto=words)
    assert refused.status == 422
    assert refused.page.where(aria_invalid="true")
    assert words.strip() in refused.html
    assert await one(shop, select(TranscriptRow.corrected_text)) is None


async def test_what_was_heard_is_nobodys_business_who_may_not_see_the_chat(shop: Shop) -> None:
    chat, message = await add_note(shop)
    _, gone = await add_note(shop, message={"revoked_at": NOW})
    hidden = await shop.add_message(chat, "hola")
    here = "/mensajes/{}/transcripcion"
    async with shop.browser("dora") as dora, shop.browser("ana") as ana:
        for browser, wanted in ((dora, message), (ana, gone), (ana, hidden), (ana, 999_999)):
            for method, more in (("GET", ""), ("GET", "/edicion"), ("PUT", ""), ("DELETE", ""), ("POST", "")):
                answer = await browser.act(method, here.format(wanted) + more, texto="x")
                assert answer.status == 404, (method, more)
        ana.csrf = "wrong"
        assert (await ana.act("PUT", here.format(message), texto="x")).status == 403
    assert await one(shop, select(func.count()).where(TranscriptRow.corrected_text.is_not(None))) == 0


async def test_what_was_heard_of_a_message_that_was_taken_back_is_not_shown(shop: Shop) -> None:
    chat, message = await add_note(shop, message={"revoked_at": NOW})
    async with shop.browser("ana") as ana:
        assert "cotizar" not in (await shown(ana, chat)).page.text(f"message-{message}")


async def test_a_note_that_failed_is_listened_to_once_more(shop: Shop) -> None:
    _, message = await add_note(shop, "failed")
    async with shop.browser("ana") as ana:
        answer = await ana.act("POST", f"/mensajes/{message}/transcripcion")
        assert "Transcribiendo…" in answer.page.text(f"transcript-{message}")
        assert (await ana.act("POST", f"/mensajes/{message}/transcripcion")).status == 200
    async with shop.parts.database.reading() as tx:
        assert await due_keys(tx, "transcripts", shop.parts.clock.real()) == [str(message)]
    assert await one(shop, select(func.count()).where(AuditEntry.action == "transcript.wanted")) == 1


async def test_what_has_its_text_is_not_listened_to_again(shop: Shop) -> None:
    _, message = await add_note(shop)
    async with shop.browser("ana") as ana:
        answer = await ana.act("POST", f"/mensajes/{message}/transcripcion")
    assert answer.status == 200
    assert await one(shop, select(TranscriptRow.state)) == "heard"


async def test_words_of_strangers_are_only_words(shop: Shop) -> None:
    hostile = "<img src=x onerror=window.__pwn=1> {{7*7}} \u202etxt"
    chat, message = await add_note(shop, words=[[hostile, 0, 1, 0.2]])
    async with shop.browser("ana") as ana:
        await ana.act("PUT", f"/mensajes/{message}/transcripcion", texto=f"{hostile} </textarea><b id=owned>")
        for page in ((await shown(ana, chat)).page, (await ana.get(f"/mensajes/{message}/transcripcion/edicion")).page):
            assert not [e for e in page.elements if "onerror" in e or e.get("id") == "owned"]
            assert "49" not in page.text(f"message-{message}")


async def test_the_phone_beside_the_panel_is_told_what_was_heard_of_its_note(shop: Shop) -> None:
    await add_note(shop, message={"wamid": "wamid.heard"})
    await add_note(shop, "waiting", message={"wamid": "wamid.waits"})
    chat = await shop.add_chat()
    plain = await shop.add_message(chat, "", kind="voice", wamid="wamid.plain")
    await shop.add_file(chat, plain, "audio/ogg", voice=True)
    fetched = await shop.add_message(chat, "", kind="voice", wamid="wamid.fetched")
    await shop.add_file(chat, fetched, "audio/ogg", voice=True, state="pending")
    async with shop.browser("beto") as beto, shop.browser("dora") as dora:
        for wamid, words, goes_on in (
            ("heard", "waia oyó: quiero cotizar un masón", False),
            ("waits", "Transcribiendo…", True),
            ("fetched", "Transcribiendo…", True),
            ("plain", "waia no tiene modelo de voz", False),
        ):
            page = (await beto.get(f"/oido/ultimo?wamid=wamid.{wamid}")).page
            assert words in page.text(f"said-wamid.{wamid}-heard")
            assert bool(page.where(hx_get=f"/oido/ultimo?wamid=wamid.{wamid}")) is goes_on
        assert (await beto.get("/oido/ultimo?wamid=wamid.of-nobody")).status == 404
        assert (await dora.get("/oido/ultimo?wamid=wamid.heard")).status == 404
