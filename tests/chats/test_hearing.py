"""A voice note moves the flow: in order with what stands around it, once, and never against the people."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chats.hearing_world import (
    FLOW,
    NOT_UNDERSTOOD,
    START,
    TOO_LONG,
    Line,
    greeted,
    heard,
    note,
    open_line,
    tapped,
)
from tests.roads.bodies import text
from waia.transcription.values import Heard, TranscriptState

LEFT = """
    SELECT count(*) FROM chat_state
    WHERE bot_due_at IS NOT NULL OR bot_memory LIKE '%pending%' OR bot_memory LIKE '%quiet%'
"""


@pytest.fixture
async def line(tmp_path: Path, database_url: str) -> AsyncIterator[Line]:
    async with open_line(tmp_path, database_url) as line:
        await greeted(line)
        yield line


async def test_a_text_a_note_and_a_tap_are_decided_together_and_in_order(tmp_path: Path, database_url: str) -> None:
    """B15: the text stands in the message of the note, not in a second one."""
    async with open_line(tmp_path, database_url) as line:
        await greeted(line)
        await line.says("¿y esto?")
        await line.passes(seconds=1)
        wamid = await line.sends_note()
        await line.passes(seconds=1)
        await line.taps("gracias")
        await line.passes(seconds=5)
        assert await line.said() == ["¡Hola!"], "all wait for the note"
        await line.hears(wamid, "precio")
        assert await line.said() == ["¡Hola!", "Vale 10", "De nada"]
        assert await line.decisions() == [1, 3]
        rows = await line.store.rows("SELECT kind, mensaje, tipo FROM mensajes WHERE direction = 'in' ORDER BY id")
        assert [tuple(row) for row in rows[2:]] == [
            ("voice", "precio", "audio"),
            ("button_reply", "gracias", "cliente"),
        ]
        assert await line.store.one(LEFT) == 0
        await line.settles(await line.id_of(wamid), heard("horario"))
        await line.passes(seconds=20)
        assert len(await line.said()) == 3, "settled twice, decided once"
        assert await line.store.one("SELECT mensaje FROM mensajes WHERE wa_id = :w", w=wamid) == "precio"


async def test_after_the_deadline_the_rest_goes_on_and_the_note_has_a_turn_of_its_own(
    tmp_path: Path, database_url: str
) -> None:
    async with open_line(tmp_path, database_url) as line:
        await greeted(line)
        wamid = await line.sends_note()
        await line.says("horario")
        await line.passes(seconds=14.9)
        assert await line.decisions() == [1]
        await line.passes(seconds=0.2)
        assert await line.said() == ["¡Hola!", "De 9 a 5"]
        await line.says("gracias")
        await line.hears(wamid, "precio")
        assert await line.said() == ["¡Hola!", "De 9 a 5", "Vale 10"], "later words keep their quiet window"
        await line.passes(seconds=2)
        assert (await line.said())[3:] == ["De nada"]
        assert await line.decisions() == [1, 1, 1, 1]
        assert await line.store.one(LEFT) == 0
        keys = await line.store.column("SELECT turn_key FROM decisions ORDER BY id")
        assert [key.split(":")[0] for key in keys] == ["turn", "turn", "late", "turn"]


async def test_a_note_alone_waits_for_its_text_however_long_that_takes(line: Line) -> None:
    wamid = await line.sends_note()
    await line.passes(seconds=60)
    assert await line.decisions() == [1]
    await line.hears(wamid, "precio")
    assert (await line.said())[1:] == ["Vale 10"]


async def test_two_notes_are_decided_in_the_order_in_which_they_were_sent(line: Line) -> None:
    first = await line.sends_note()
    await line.passes(seconds=1)
    second = await line.sends_note()
    await line.hears(second, "gracias")
    await line.passes(seconds=3)
    assert len(await line.said()) == 1
    await line.hears(first, "quién sabe qué")
    assert (await line.said())[1:] == ["De nada"]
    assert await line.decisions() == [1, 2]


async def test_notes_that_follow_each_other_do_not_put_the_turn_off_for_ever(line: Line) -> None:
    await line.says("horario")
    for _ in range(10):
        await line.sends_note()
        await line.passes(seconds=3)
    assert (await line.said())[1:] == ["De 9 a 5"]


async def test_a_note_and_a_text_in_one_webhook_wait_together(line: Line) -> None:
    await line.post(note("wamid.note", START), text("wamid.text", "horario", at=START.timestamp()))
    await line.fetches("wamid.note")
    await line.passes(seconds=3)
    assert len(await line.said()) == 1
    await line.hears("wamid.note", "quién sabe")
    assert (await line.said())[1:] == ["De 9 a 5"]


async def test_a_webhook_that_comes_again_changes_nothing(line: Line) -> None:
    wamid = await line.sends_note()
    await line.deliver(line.bodies[-1])
    await line.hears(wamid, "precio")
    await line.deliver(line.bodies[-1])
    await line.passes(seconds=20)
    assert (await line.said())[1:] == ["Vale 10"]


@pytest.mark.parametrize("action", ["taken", "closed", "erased"])
async def test_a_chat_that_went_to_somebody_else_meanwhile_shows_the_text_only(line: Line, action: str) -> None:
    wamid = await line.sends_note()
    message_id = await line.id_of(wamid)
    await line.chat_goes(action)
    await line.settles(message_id, heard("precio"))
    await line.passes(seconds=20)
    if action == "erased":
        assert await line.store.one("SELECT count(*) FROM mensajes") == 0
        return
    await line.settles(message_id, heard("horario"))
    assert await line.said() == ["¡Hola!"]
    assert await line.store.one("SELECT preview FROM chat_state") == "precio", "what was heard first stays"
    assert await line.store.one("SELECT mensaje FROM mensajes WHERE wa_id = :w", w=wamid) == "precio"


async def test_a_note_that_was_heard_hours_later_is_shown_and_not_answered(line: Line) -> None:
    wamid = await line.sends_note()
    await line.passes(hours=3)
    await line.hears(wamid, "precio")
    assert await line.said() == ["¡Hola!"]
    row = await line.store.row("SELECT mensaje, bot_may_run, details FROM mensajes WHERE wa_id = :w", w=wamid)
    assert (row.mensaje, row.bot_may_run) == ("precio", 0)
    assert json.loads(row.details)["too_old_for_bot"] is True
    assert await line.store.one(LEFT) == 0


async def test_a_note_that_waits_while_the_queue_takes_the_chat_is_recorded_as_silenced(
    tmp_path: Path, database_url: str
) -> None:
    async with open_line(tmp_path, database_url) as line:
        await greeted(line)
        await line.store.rows("UPDATE reglas SET al_terminar = 'persona' WHERE input_text = 'precio'")
        line.parts.rules.read_again()
        wamid = await line.sends_note()
        await line.says("precio")
        await line.passes(seconds=16)
        await line.hears(wamid, "horario")
        assert (await line.said())[1:] == ["Vale 10"]
        reasons = await line.store.column("SELECT silent_reason FROM decisions")
        assert sorted(reasons) == ["", "", "person_came_first"]


@pytest.mark.parametrize("known", [True, False])
async def test_where_hearing_is_off_a_note_is_an_audio_at_once(tmp_path: Path, database_url: str, known: bool) -> None:
    rules = (*FLOW, ("menu_principal", "@audio", "Recibí tu audio", "texto", ""))
    async with open_line(tmp_path, database_url, rules, MAX_TRANSCRIPTION_DURATION_MS="0") as line:
        if known:
            await greeted(line)
        await line.sends_note()
        await line.passes(seconds=2)
        assert (await line.said())[-1:] == ["Recibí tu audio" if known else "¡Hola!"]


NOTICES = {
    TranscriptState.TOO_LONG: [TOO_LONG],
    TranscriptState.SILENT: [NOT_UNDERSTOOD],
    TranscriptState.NO_MODEL: [],
    TranscriptState.SKIPPED: [],
    TranscriptState.FAILED: [],
}


@pytest.mark.parametrize(("state", "told"), NOTICES.items())
async def test_b16_a_customer_is_told_only_what_is_true_and_once(
    line: Line, state: TranscriptState, told: list[str]
) -> None:
    """B16: silence or a disabled transcription told the customer that the audio was too long."""
    wamid = await line.sends_note()
    await line.passes(seconds=3)
    await line.hears(wamid, Heard(state))
    await line.hears(wamid, Heard(state))
    await line.passes(seconds=20)
    assert (await line.said())[1:] == told
    assert await line.decisions() == [1, 1]
    assert await line.store.one(LEFT) == 0


async def test_a_first_note_without_words_is_greeted(tmp_path: Path, database_url: str) -> None:
    async with open_line(tmp_path, database_url, VOICE_NOT_UNDERSTOOD_TEXT="") as line:
        wamid = await line.sends_note()
        await line.hears(wamid, Heard(TranscriptState.SILENT))
        await line.passes(seconds=2)
        assert await line.said() == ["¡Hola!"]


async def test_a_rule_for_notes_answers_instead_of_the_notice(tmp_path: Path, database_url: str) -> None:
    rules = (*FLOW, ("menu_principal", "@audio", "Recibí tu audio", "texto", ""))
    async with open_line(tmp_path, database_url, rules) as line:
        await greeted(line)
        await line.hears(await line.sends_note(), Heard(TranscriptState.TOO_LONG))
        await line.passes(seconds=2)
        assert (await line.said())[1:] == ["Recibí tu audio"]


async def test_what_was_heard_unsurely_is_asked_back_and_the_button_decides_it(line: Line) -> None:
    first = await line.sends_note()
    await line.passes(seconds=3)
    await line.hears(first, heard("opciones", 0.4))
    await line.says("sí")
    await line.passes(seconds=2)
    assert (await line.said())[1:] == ["¿Dijiste *opciones*?", "Elige"]
    assert {"cotizar", "uno", "horario"} <= set(await line.vocabulary())
    wamid = await line.sends_note()
    await line.passes(seconds=3)
    await line.hears(wamid, heard("uno", 0.4))
    assert (await line.said())[3:] == ["¿Dijiste *Cotizar*?"]
    assert (await line.vocabulary())[0] == "sí"
    options = await line.store.one("SELECT details FROM mensajes ORDER BY id DESC LIMIT 1")
    yes, no = json.loads(options)["options"]
    assert (yes["title"], no["title"]) == ("Sí", "No")
    await line.post(tapped("wamid.yes", yes["id"], yes["title"], line.clock.business()))
    assert (await line.said())[4:] == ["¿Cuánto mide?"]
    assert await line.store.one("SELECT step FROM chat_state") == "medidas"
    assert await line.vocabulary() == (), "a step that nothing is understood in"
