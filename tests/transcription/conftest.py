"""Ears of tests: with the real model, loaded once, or with one that hears a word wherever there is sound."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.programs import need_voice_model
from waia.kit.clock import Clock
from waia.settings import load_settings
from waia.transcription.ears import Ears, open_ears
from waia.transcription.recognizer import VoiceModel
from waia.transcription.values import Word

Open = Callable[..., Ears]


class LaterClock(Clock):
    """Its real time can be put forward."""

    def __init__(self) -> None:
        super().__init__()
        self.by = timedelta()

    def real(self) -> datetime:
        return super().real() + self.by


class Loader:
    """Stands for Vosk where only what is around it matters; `loads` counts."""

    def __init__(self) -> None:
        self.loads = 0

    def __call__(self, path: Path) -> VoiceModel:
        self.loads += 1
        return OneWord()


class OneWord(VoiceModel):
    def __init__(self) -> None:
        """Nothing is loaded."""

    def phrases(self, answers: Iterable[str]) -> dict[str, None]:
        return {}

    def hear(self, pieces: Iterable[bytes], phrases: Iterable[str] = ()) -> tuple[Word, ...]:
        has_sound = sum(len(piece) for piece in pieces) > 0
        return (Word("hola", 0, 100, 0.9),) if has_sound else ()


@pytest.fixture(scope="session")
def voice_model() -> VoiceModel:
    return VoiceModel(need_voice_model())


@pytest.fixture
def open_with(tmp_path: Path) -> Open:
    """Ears with these settings; a model lies in its folder, and is what `load` makes of it."""
    heart = tmp_path / "models/es/am/final.mdl"
    heart.parent.mkdir(parents=True)
    heart.write_bytes(b"x")

    def opened(load: Callable[[Path], VoiceModel], clock: Clock | None = None, **settings: str) -> Ears:
        told = load_settings({"WAIA_DATA": str(tmp_path), **settings}, env_file=None)
        return open_ears(told, clock or Clock(), load)

    return opened
