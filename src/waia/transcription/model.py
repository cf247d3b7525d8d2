"""Where the model of a language lies, and the one in memory: loaded by the first note, let go when nobody speaks."""

import asyncio
import ctypes
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from waia.transcription.pool import Pool
from waia.transcription.recognizer import BrokenModel, NoVosk, VoiceModel

ACOUSTICS = ("am/final.mdl", "final.mdl")
Load = Callable[[Path], VoiceModel]
log = structlog.get_logger()


class NoModel(Exception):
    """Nothing can be heard here; `reason` is one word: absent, broken, no_package."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def find_model(folder: Path) -> Path | None:
    """The model in this folder: the folder itself, or the only one in it, as an archive unpacks."""
    if _acoustics(folder):
        return folder
    if not folder.is_dir():
        return None
    inside = [each for each in sorted(folder.iterdir()) if each.is_dir()]
    return inside[0] if len(inside) == 1 and _acoustics(inside[0]) else None


class Models:
    """The one model of this process. `idle` zero: once loaded it stays."""

    def __init__(self, folder: Path, pool: Pool, idle: timedelta, load: Load = VoiceModel) -> None:
        self.folder, self.load, self._pool, self._idle = folder, load, pool, idle
        self.is_loading = False
        self._loaded: VoiceModel | None = None
        self._sign: tuple[str, int, int] | None = None
        self._broken: tuple[str, int, int] | None = None
        self._users = 0
        self._last_used: datetime | None = None
        self._lock = asyncio.Lock()

    @property
    def is_loaded(self) -> bool:
        return self._loaded is not None

    @property
    def is_broken(self) -> bool:
        return self._broken is not None and self._broken == _sign_of(self.folder)

    @asynccontextmanager
    async def borrowed(self, now: datetime) -> AsyncIterator[VoiceModel]:
        """The model, loaded if need be in a thread. Raises NoModel."""
        async with self._lock:
            model = await self._current()
            self._users += 1
        self._last_used = now
        try:
            yield model
        finally:
            self._users -= 1

    def rest(self, now: datetime) -> None:
        """Let the memory go when nobody spoke for long."""
        is_idle = self._users == 0 and not self._lock.locked() and self._last_used is not None
        if self._loaded is not None and is_idle and self._idle and now - (self._last_used or now) >= self._idle:
            self._drop()
            log.info("voice_model_unloaded")

    async def _current(self) -> VoiceModel:
        sign = await asyncio.to_thread(_sign_of, self.folder)
        if self._loaded is not None and (sign == self._sign or self._users):
            return self._loaded
        if sign is None:
            raise NoModel("absent")
        if sign == self._broken:
            raise NoModel("broken")
        self._drop()
        self.is_loading = True
        try:
            self._loaded = await self._pool.run(lambda: self.load(Path(sign[0])))
        except NoVosk:
            raise NoModel("no_package") from None
        except BrokenModel as error:
            self._broken = sign
            log.error("voice_model_broken", folder=str(self.folder), detail=str(error)[:200])
            raise NoModel("broken") from None
        finally:
            self.is_loading = False
        self._sign = sign
        log.info("voice_model_loaded", folder=str(self.folder))
        return self._loaded

    def _drop(self) -> None:
        """Half a gigabyte goes back to the system, where the C library can be told to."""
        if self._loaded is None:
            return
        self._loaded = None
        if sys.platform.startswith("linux"):
            with suppress(AttributeError, OSError):
                ctypes.CDLL(None).malloc_trim(0)


def _acoustics(folder: Path) -> Path | None:
    return next((folder / name for name in ACOUSTICS if (folder / name).is_file()), None)


def _sign_of(folder: Path) -> tuple[str, int, int] | None:
    """Tells one model from the one that took its place; None where there is none."""
    with suppress(OSError):
        model = find_model(folder)
        heart = _acoustics(model) if model else None
        if model and heart:
            seen = heart.stat()
            return str(model), seen.st_ino, seen.st_mtime_ns
    return None
