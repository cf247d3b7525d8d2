"""What we make of a file that came: its measures, a small picture to show, sound that every browser plays."""

import asyncio
import hashlib
from dataclasses import dataclass
from pathlib import Path

import structlog

from waia.kit.logs import cause
from waia.media import ffmpeg
from waia.media.canvas import canvas_of
from waia.media.storage import Storage, new_key
from waia.media.values import StoredFile

ALIEN_SOUND = frozenset({"audio/ogg", "audio/amr", "audio/webm"})
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Renditions:
    """Durable in the storage, pointed at by nobody yet; a file that cannot be read simply has none."""

    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    animated: bool = False
    thumb_key: str | None = None
    playable_key: str | None = None

    @property
    def keys(self) -> list[str]:
        return [key for key in (self.thumb_key, self.playable_key) if key]


async def make_renditions(storage: Storage, stored: StoredFile) -> Renditions:
    """Raises StorageFull, NoSuchFile and NoDecoder, and Killed where another try may work."""
    if stored.kind == "document" or not stored.size:
        return Renditions()
    async with storage.local_path(stored.storage_key) as path, storage.workspace() as folder:
        seen = await asyncio.to_thread(_seen, path)
        try:
            found = await ffmpeg.probe(path, stored.mime)
        except ffmpeg.Killed:
            raise
        except ffmpeg.Undecodable as error:
            log.info("media_not_readable", key=stored.storage_key, mime=stored.mime, **cause(error))
            return seen
        return Renditions(
            width=found.width,
            height=found.height,
            duration_ms=found.duration_ms if stored.kind in {"audio", "video"} else None,
            animated=seen.animated,
            thumb_key=await _thumbnail(storage, stored, path, folder / "thumb"),
            playable_key=await _playable(storage, stored, path, folder / "playable"),
        )


def _seen(path: Path) -> Renditions:
    """What the first bytes tell without a decoder."""
    canvas = canvas_of(path)
    return Renditions(canvas.width, canvas.height, animated=canvas.animated) if canvas else Renditions()


async def _thumbnail(storage: Storage, stored: StoredFile, path: Path, target: Path) -> str | None:
    if stored.kind not in {"image", "video"}:
        return None
    try:
        await ffmpeg.thumbnail(path, stored.mime, target)
    except ffmpeg.Killed:
        raise
    except ffmpeg.Undecodable:
        return None
    return await _kept(storage, target)


async def _playable(storage: Storage, stored: StoredFile, path: Path, target: Path) -> str | None:
    if stored.mime not in ALIEN_SOUND:
        return None
    try:
        await ffmpeg.to_m4a(path, stored.mime, target)
    except ffmpeg.Killed:
        raise
    except ffmpeg.Undecodable:
        return None
    return await _kept(storage, target)


async def _kept(storage: Storage, path: Path) -> str:
    key = new_key(await asyncio.to_thread(_digest, path))
    await storage.put(path, key)
    return key


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
