"""Hearing that takes too long pauses and comes back by itself; that a model is missing or broken is said."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.transcription.conftest import LaterClock, Loader, Open
from tests.transcription.speech import YES, spoken
from waia.kit.clock import Clock
from waia.settings import Settings, load_settings
from waia.transcription.breaker import FIRST_PAUSE, LONGEST_PAUSE, Breaker
from waia.transcription.ears import open_ears
from waia.transcription.places import ModelPlaces, Progress
from waia.transcription.recognizer import BrokenModel, VoiceModel
from waia.transcription.standing import standing
from waia.transcription.values import TranscriptState as State

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
OGG = "audio/ogg"


def heard(breaker: Breaker, took_s: float | None, now: datetime) -> bool:
    leave = breaker.begin(now)
    if leave is not None:
        breaker.end(leave, took_s, now)
    return leave is not None


def test_b17_one_slow_note_disables_nothing() -> None:
    """The original's first note included the download of the model, and ended the feature until a restart."""
    breaker = Breaker(limit_s=10)
    assert heard(breaker, 300, NOW)
    assert all(heard(breaker, 1, NOW) for _ in range(20))
    assert breaker.until is None


def test_a_slow_average_pauses_and_one_quick_note_ends_the_pause() -> None:
    breaker = Breaker(limit_s=10)
    assert all(heard(breaker, 11, NOW) for _ in range(3))
    assert breaker.until == NOW + FIRST_PAUSE
    assert not heard(breaker, 1, NOW + FIRST_PAUSE - timedelta(seconds=1))
    after = NOW + FIRST_PAUSE
    trial = breaker.begin(after)
    assert trial is not None
    assert breaker.begin(after) is None, "one at a time is tried"
    breaker.end(trial, 2, after)
    assert breaker.until is None
    assert all(heard(breaker, 2, after) for _ in range(10))


def test_a_trial_that_is_slow_makes_the_pause_longer_up_to_a_limit() -> None:
    breaker, now = Breaker(limit_s=10), NOW
    for _ in range(3):
        heard(breaker, 11, now)
    pauses = []
    for _ in range(8):
        assert breaker.until is not None
        now = breaker.until
        assert heard(breaker, 12, now)
        pauses.append(breaker.until - now)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (2 * FIRST_PAUSE, LONGEST_PAUSE)


def test_a_trial_that_says_nothing_is_followed_by_another() -> None:
    breaker = Breaker(limit_s=10)
    for _ in range(3):
        heard(breaker, 11, NOW)
    after = NOW + FIRST_PAUSE
    assert heard(breaker, None, after)
    assert heard(breaker, 1, after)
    assert breaker.until is None


def test_a_limit_of_zero_never_pauses() -> None:
    breaker = Breaker(limit_s=0)
    assert all(heard(breaker, 1_000, NOW) for _ in range(10))


async def test_other_processes_are_told_of_the_pause_and_of_its_end(open_with: Open, tmp_path: Path) -> None:
    clock, slow = LaterClock(), {"TRANSCRIPTION_MAX_AVG_TIME_SEC": "0.001"}
    ears, settings = open_with(Loader(), clock, **slow), load_settings({"WAIA_DATA": str(tmp_path)}, env_file=None)
    states = [(await ears.hear(spoken(YES), OGG)).state for _ in range(4)]
    assert states == [State.HEARD, State.HEARD, State.HEARD, State.SKIPPED]
    assert _standing(settings, clock).startswith("paused until")
    clock.by = timedelta(minutes=2)
    assert _standing(settings, clock) == "ok"
    ears.breaker.limit_s = 100
    assert (await ears.hear(spoken(YES), OGG)).state is State.HEARD
    assert ears.places.pause is None


async def test_b17_loading_the_model_does_not_count_as_hearing(open_with: Open) -> None:
    """A first note for which the model was loaded for long counts as any other."""
    loaded_s: list[float] = []

    def load(path: Path) -> VoiceModel:
        """Until longer than a note can take, which the decoder's box alone lets take a while."""
        began = time.monotonic()
        while time.monotonic() - began < 1.5:
            sum(range(10_000))
        loaded_s.append(time.monotonic() - began)
        return Loader()(path)

    ears = open_with(load)
    began = time.monotonic()
    first = await ears.hear(spoken(YES), OGG)
    whole_s = time.monotonic() - began
    assert first.took_ms / 1000 <= whole_s - loaded_s[0]


@pytest.mark.parametrize("more", [{}, {"VOICE_MODEL_LANGUAGE": "pt"}, {"VOICE_MODEL_PATH": "/nowhere"}])
async def test_without_a_model_nothing_is_heard_and_the_reason_is_told(tmp_path: Path, more: dict[str, str]) -> None:
    settings = load_settings({"WAIA_DATA": str(tmp_path), **more}, env_file=None)
    result = await open_ears(settings, Clock()).hear(spoken(YES), OGG)
    assert (result.state, result.reason, result.text) == (State.NO_MODEL, "absent", "")
    assert _standing(settings, Clock()).startswith("no model: run `waia model download`")


async def test_a_broken_model_is_tried_once_until_another_takes_its_place(open_with: Open, tmp_path: Path) -> None:
    tried: list[Path] = []

    def load(path: Path) -> VoiceModel:
        tried.append(path)
        if len(tried) == 1:
            raise BrokenModel
        return Loader()(path)

    ears = open_with(load)
    results = [await ears.hear(spoken(YES), OGG) for _ in range(3)]
    assert {(each.state, each.reason) for each in results} == {(State.NO_MODEL, "broken")}
    assert len(tried) == 1
    heart = tmp_path / "models/es/am/final.mdl"
    heart.with_name("new").write_bytes(b"y")
    heart.with_name("new").rename(heart)
    assert (await ears.hear(spoken(YES), OGG)).state is State.HEARD


async def test_vosk_refuses_what_is_no_model(open_with: Open) -> None:
    """The real one."""
    result = await open_with(VoiceModel).hear(spoken(YES), OGG)
    assert (result.state, result.reason) == (State.NO_MODEL, "broken")


async def test_switched_off_nothing_is_heard(open_with: Open) -> None:
    loader = Loader()
    result = await open_with(loader, MAX_TRANSCRIPTION_DURATION_MS="0").hear(spoken(YES), OGG)
    assert (result.state, result.reason, loader.loads) == (State.SKIPPED, "off", 0)


def test_a_download_is_seen_while_it_runs_and_forgotten_when_it_died(tmp_path: Path) -> None:
    settings = load_settings({"WAIA_DATA": str(tmp_path)}, env_file=None)
    ModelPlaces.of(settings).tell_progress(Progress("downloading", 25, 100, "", NOW, "es"))
    assert standing(settings, NOW).verdict == "the model is on its way: 25 %"
    assert standing(settings, NOW + timedelta(minutes=5)).verdict.endswith("silent")


def _standing(settings: Settings, clock: Clock) -> str:
    return standing(settings, clock.real()).verdict
