"""Where models lie below the data folder, and the little files by which one process tells the others how it stands."""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, TypeVar

import msgspec

from waia.settings import Settings

DOWNLOAD, BREAKER = "download.json", "breaker.json"
FRESH = timedelta(seconds=90)
LONG_AGO = datetime.fromtimestamp(0, UTC)
T = TypeVar("T", bound=msgspec.Struct)


class Progress(msgspec.Struct, frozen=True):
    """Of a download. `state`: wanted, downloading, unpacking, done, failed. `done` of `total` bytes; `at`: news."""

    state: str
    done: int = 0
    total: int = 0
    error: str = ""
    at: Annotated[datetime, msgspec.Meta(tz=True)] = LONG_AGO
    language: str = ""

    @property
    def is_begun(self) -> bool:
        return self.state in {"wanted", "downloading", "unpacking"}

    def is_running(self, now: datetime) -> bool:
        """Who says nothing for long is gone."""
        return self.is_begun and now - self.at < FRESH


class Pause(msgspec.Struct, frozen=True):
    """Nothing is heard until then."""

    until: Annotated[datetime, msgspec.Meta(tz=True)]


@dataclass(frozen=True, slots=True)
class ModelPlaces:
    """`model` is the folder of the language in use; `root` holds those that were fetched, and what tells of them."""

    root: Path
    model: Path

    @classmethod
    def of(cls, settings: Settings) -> "ModelPlaces":
        root = settings.data_dir / "models"
        own = settings.voice_model_path
        return cls(root, Path(own) if own else root / settings.voice_model_language)

    @property
    def progress(self) -> Progress | None:
        return _read(self.root / DOWNLOAD, Progress)

    @property
    def pause(self) -> Pause | None:
        return _read(self.root / BREAKER, Pause)

    def tell_progress(self, progress: Progress) -> None:
        _write(self.root / DOWNLOAD, progress)

    def tell_pause(self, until: datetime | None) -> None:
        """None: it is over. A disk that is full keeps nobody from hearing."""
        with suppress(OSError):
            if until is None:
                (self.root / BREAKER).unlink(missing_ok=True)
            else:
                _write(self.root / BREAKER, Pause(until))


def _read(path: Path, kind: type[T]) -> T | None:
    with suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode(path.read_bytes(), type=kind)
    return None


def _write(path: Path, value: msgspec.Struct) -> None:
    """Whole or not at all, for whoever reads it meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(msgspec.json.encode(value))
    os.replace(file.name, path)
