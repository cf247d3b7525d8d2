"""Real speech, a real model, the real Vosk: words with their times, answers among those that are expected."""

import asyncio
import os
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from tests.transcription.conftest import LaterClock, Loader, Open
from tests.transcription.speech import ANSWERS, CANCEL, PARTS, TALK, WHO, YES, silence, spoken
from waia.transcription.ears import Ears
from waia.transcription.pool import NICENESS, Pool
from waia.transcription.recognizer import VoiceModel, spellings
from waia.transcription.values import TranscriptState

OGG = "audio/ogg; codecs=opus"
NEVER_PAUSES = {"TRANSCRIPTION_MAX_AVG_TIME_SEC": "0"}


@pytest.fixture
def ears(open_with: Open, voice_model: VoiceModel) -> Ears:
    return open_with(lambda _: voice_model, **NEVER_PAUSES)


async def test_free_speech_becomes_words_with_times_and_confidences(ears: Ears) -> None:
    heard = await ears.hear(spoken(TALK), OGG)
    assert (heard.state, heard.closed) == (TranscriptState.HEARD, False)
    assert len(heard.words) >= 3
    starts = [word.start_ms for word in heard.words]
    assert starts == sorted(starts)
    assert all(word.start_ms < word.end_ms <= (heard.duration_ms or 0) for word in heard.words)
    assert all(0 < word.confidence <= 1 for word in heard.words)
    assert heard.took_ms > 0


@pytest.mark.parametrize("answer", [WHO, CANCEL, PARTS])
async def test_an_expected_answer_is_heard_that_free_listening_misses(ears: Ears, answer: str) -> None:
    among = await ears.hear(spoken(answer), OGG, ANSWERS)
    assert (among.text, among.closed, among.state) == (answer, True, TranscriptState.HEARD)
    assert among.confidence >= 0.6


async def test_without_the_answers_the_same_voice_is_not_understood(ears: Ears) -> None:
    free = await ears.hear(spoken(CANCEL), OGG)
    assert free.text != CANCEL


async def test_what_is_none_of_the_answers_is_heard_freely(ears: Ears) -> None:
    heard = await ears.hear(spoken("안녕하세요"), OGG, [CANCEL, "zzz", "qqq zzz"])
    assert heard.closed is False
    assert heard.text not in {"", CANCEL}


async def test_answers_that_the_model_does_not_know_are_left_out(voice_model: VoiceModel) -> None:
    assert list(voice_model.phrases(["zzz", f"{CANCEL} zzz", f" {CANCEL}! ", PARTS])) == [CANCEL, PARTS]
    assert voice_model.phrases(["zzz"]) == {}


def test_an_answer_without_accents_is_found_with_them() -> None:
    known = {"cotización", "sí", "si", "mañana", "por", "la", "menú"}
    assert list(spellings("COTIZACION", known.__contains__)) == ["cotización"]
    assert list(spellings("Si", known.__contains__)) == ["si", "sí"]
    assert list(spellings("¡Por la manana!", known.__contains__)) == ["por la mañana"]
    assert list(spellings("menú principal", known.__contains__)) == []


async def test_silence_and_a_long_note_have_no_words(ears: Ears) -> None:
    assert (await ears.hear(silence(1), OGG)).state is TranscriptState.SILENT
    long = await ears.hear(silence(61), OGG)
    assert (long.state, long.words) == (TranscriptState.TOO_LONG, ())
    assert long.duration_ms == pytest.approx(61_000, abs=100)


async def test_two_notes_at_once_share_one_model(open_with: Open, voice_model: VoiceModel) -> None:
    loads: list[Path] = []

    def load(path: Path) -> VoiceModel:
        loads.append(path)
        return voice_model

    ears = open_with(load, **NEVER_PAUSES)
    one, other = await asyncio.gather(
        ears.hear(spoken(WHO), OGG, ANSWERS), ears.hear(spoken(CANCEL), OGG, ANSWERS)
    )  # fmt: skip
    assert (one.text, other.text) == (WHO, CANCEL)
    assert len(loads) == 1


async def test_the_pool_never_works_at_more_than_its_size_and_below_everybody() -> None:
    pool, gate, lock = Pool(2), threading.Event(), threading.Lock()
    working: list[int] = []
    most = 0
    priorities: set[int] = set()

    def work() -> None:
        nonlocal most
        with lock:
            working.append(1)
            most = max(most, len(working))
            priorities.add(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
            if len(working) == 2:
                gate.set()
        gate.wait(30)
        with lock:
            working.pop()

    await asyncio.gather(*(pool.run(work) for _ in range(6)))
    pool.close()
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert most == 2
    assert priorities == {max(NICENESS, ours)}


async def test_the_memory_of_the_model_goes_back_when_nobody_speaks(open_with: Open) -> None:
    loader, clock = Loader(), LaterClock()
    ears = open_with(loader, clock, VOICE_MODEL_IDLE_MIN="30", **NEVER_PAUSES)
    await ears.hear(spoken(YES), OGG)
    ears.rest()
    assert ears.models.is_loaded
    clock.by = timedelta(minutes=31)
    ears.rest()
    assert not ears.models.is_loaded
    assert (await ears.hear(spoken(YES), OGG)).text == "hola"
    assert loader.loads == 2
