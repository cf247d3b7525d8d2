"""How hearing stands on this machine, told by files, so that every process that shares the folder tells the same."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from importlib.util import find_spec

from waia.settings import Settings
from waia.transcription.model import find_model
from waia.transcription.places import ModelPlaces, Progress


class ModelState(StrEnum):
    """`WANTED`: somebody asked for the model and the download begins soon. `PAUSED`: hearing takes too long now."""

    OFF = "off"
    PRESENT = "present"
    NO_PACKAGE = "no_package"
    ABSENT = "absent"
    WANTED = "wanted"
    DOWNLOADING = "downloading"
    FAILED = "failed"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Standing:
    """`done` and `total` are bytes, `total` 0 while it is not known; `error` is one word: network, no_space…

    `is_misplaced`: the owner named a folder (`VOICE_MODEL_PATH`), and no model is in it.
    """

    state: ModelState
    done: int = 0
    total: int = 0
    error: str = ""
    until: datetime | None = None
    is_misplaced: bool = False

    @property
    def is_going_on(self) -> bool:
        return self.state in {ModelState.WANTED, ModelState.DOWNLOADING}

    @property
    def may_ask(self) -> bool:
        return self.state in {ModelState.ABSENT, ModelState.FAILED}

    @property
    def verdict(self) -> str:
        """`ok`, or what an operator should know."""
        match self.state:
            case ModelState.PAUSED if self.until:
                return f"paused until {self.until:%H:%M:%S} UTC: hearing voice notes took too long"
            case ModelState.FAILED:
                return f"the download of the model failed: {self.error}"
            case ModelState.WANTED | ModelState.DOWNLOADING:
                return f"the model is on its way: {100 * self.done // max(self.total, 1)} %"
            case ModelState.ABSENT:
                or_there = ", or unpack one in VOICE_MODEL_PATH" if self.is_misplaced else ""
                return f"no model: run `waia model download`{or_there}; voice notes are not transcribed"
            case ModelState.NO_PACKAGE:
                return "the package vosk is missing: voice notes are not transcribed"
        return "ok"

    @property
    def is_trouble(self) -> bool:
        """An installation without a model that nobody named, or with a download on its way, is whole all the same."""
        return self.is_misplaced or self.state in {ModelState.PAUSED, ModelState.FAILED}


def standing(settings: Settings, real_now: datetime, installed: Callable[[str], object] = find_spec) -> Standing:
    """Reads three small files, and never raises for what is in them."""
    if settings.max_transcription_ms <= 0:
        return Standing(ModelState.OFF)
    places = ModelPlaces.of(settings)
    if find_model(places.model) is None:
        found = _of_download(places.progress, real_now)
        return replace(found, is_misplaced=bool(settings.voice_model_path) and found.state is ModelState.ABSENT)
    if installed("vosk") is None:
        return Standing(ModelState.NO_PACKAGE)
    pause = places.pause
    if pause is not None and real_now < pause.until:
        return Standing(ModelState.PAUSED, until=pause.until)
    return Standing(ModelState.PRESENT)


def want_model(settings: Settings, real_now: datetime) -> bool:
    """Leave word for the process that transcribes; False when the model is here or on its way. Raises OSError."""
    if not standing(settings, real_now).may_ask:
        return False
    wanted = Progress("wanted", at=real_now, language=settings.voice_model_language)
    ModelPlaces.of(settings).tell_progress(wanted)
    return True


def _of_download(told: Progress | None, real_now: datetime) -> Standing:
    if told is not None and told.state == "failed":
        return Standing(ModelState.FAILED, told.done, told.total, told.error)
    if told is None or not told.is_begun:
        return Standing(ModelState.ABSENT)
    if not told.is_running(real_now):
        return Standing(ModelState.FAILED, told.done, told.total, "nobody" if told.state == "wanted" else "silent")
    state = ModelState.WANTED if told.state == "wanted" else ModelState.DOWNLOADING
    return Standing(state, told.done, told.total)
