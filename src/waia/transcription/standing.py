"""How the voice model of this machine stands, told by files, so that every process that shares the folder sees it.

`<WAIA_DATA>/models/<language>/` is a whole model. Beside it lie `download.json` (`state`: wanted, downloading,
unpacking, done, failed; `done` and `total` in bytes; `error`: one word; `at`: last sign, ISO 8601) and `breaker.json`
(`until`: ISO 8601).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

import msgspec

from waia.kit.clock import Clock
from waia.settings import Settings

LANGUAGE = "es"
SILENT = timedelta(seconds=90)  # a download that gives no sign for so long is not going on
T = TypeVar("T", bound=msgspec.Struct)
DOWNLOAD, BREAKER = "download.json", "breaker.json"


class ModelState(StrEnum):
    """`WANTED`: somebody asked for the model and the download begins soon. `PAUSED`: hearing takes too long now."""

    OFF = "off"
    PRESENT = "present"
    ABSENT = "absent"
    WANTED = "wanted"
    DOWNLOADING = "downloading"
    FAILED = "failed"
    PAUSED = "paused"


RUNNING = {
    "wanted": ModelState.WANTED,
    "downloading": ModelState.DOWNLOADING,
    "unpacking": ModelState.DOWNLOADING,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """`done` and `total` are bytes, `total` 0 while it is not known; `error` is one word: network, no_space…"""

    state: ModelState
    done: int = 0
    total: int = 0
    error: str = ""
    until: datetime | None = None

    @property
    def is_going_on(self) -> bool:
        return self.state in {ModelState.WANTED, ModelState.DOWNLOADING}

    @property
    def may_ask(self) -> bool:
        return self.state in {ModelState.ABSENT, ModelState.FAILED}


class Download(msgspec.Struct, frozen=True):
    """What stands in `download.json`."""

    state: str = ""
    done: int = 0
    total: int = 0
    error: str = ""
    at: datetime | None = None


class Breaker(msgspec.Struct, frozen=True):
    """What stands in `breaker.json`."""

    until: datetime | None = None


def models_dir(settings: Settings) -> Path:
    return settings.data_dir / "models"


def standing(settings: Settings, real_now: datetime) -> Standing:
    """Reads three small files, and never raises for what is in them."""
    folder = models_dir(settings)
    if settings.max_transcription_ms <= 0:
        return Standing(ModelState.OFF)
    if (folder / LANGUAGE).is_dir():
        until = _read(folder / BREAKER, Breaker).until
        return Standing(ModelState.PAUSED, until=until) if _is_ahead(until, real_now) else Standing(ModelState.PRESENT)
    return _of_download(_read(folder / DOWNLOAD, Download), real_now)


@runtime_checkable  # so that a route can ask for it
class Fetcher(Protocol):
    """Whoever fetches the model, here or in another process."""

    def fetch_model(self) -> bool:
        """It will be fetched beside everything else; False when it is on its way. Raises OSError."""
        ...


@dataclass(frozen=True, slots=True)
class LeftWord:
    """Tells the process that fetches, by a file, that the model is wanted."""

    settings: Settings
    clock: Clock

    def fetch_model(self) -> bool:
        now = self.clock.real()
        if not standing(self.settings, now).may_ask:
            return False
        folder = models_dir(self.settings)
        folder.mkdir(parents=True, exist_ok=True)
        begun = folder / f"{DOWNLOAD}.new"
        begun.write_bytes(msgspec.json.encode(Download("wanted", at=now)))
        begun.replace(folder / DOWNLOAD)
        return True


def _of_download(told: Download, real_now: datetime) -> Standing:
    if told.state == ModelState.FAILED:
        return Standing(ModelState.FAILED, told.done, told.total, told.error)
    if told.state not in RUNNING:
        return Standing(ModelState.ABSENT)
    if not _is_ahead(told.at, real_now - SILENT):
        return Standing(ModelState.FAILED, told.done, told.total, "nobody" if told.state == "wanted" else "silent")
    return Standing(RUNNING[told.state], told.done, told.total)


def _is_ahead(moment: datetime | None, of: datetime) -> bool:
    return moment is not None and moment.tzinfo is not None and moment > of


def _read(file: Path, kind: type[T]) -> T:
    """Nothing told, where the file is missing or is not what it should be."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        return kind()
