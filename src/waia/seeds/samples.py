"""The demo's own files: put into the storage once, for past messages, rules and quick replies."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from waia.kit import queue
from waia.kit.db import Transaction
from waia.kit.files import static_dir
from waia.media.intake import Expected, take_in
from waia.media.repository import RENDITIONS, add_file
from waia.media.storage import Storage
from waia.media.values import StoredFile

LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """What a decoder would tell of it; the demo also starts where there is none."""

    mime: str
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    animated: bool = False


SAMPLES: Mapping[str, Sample] = {
    "catalogo.pdf": Sample("application/pdf"),
    "cuarzo.jpg": Sample("image/jpeg", 640, 480),
    "granito.jpg": Sample("image/jpeg", 640, 480),
    "marmol.jpg": Sample("image/jpeg", 640, 480),
    "cuidado.ogg": Sample("audio/ogg", duration_ms=6_827),
    "lavaplatos.ogg": Sample("audio/ogg", duration_ms=5_311),
    "instalacion.mp4": Sample("video/mp4", 480, 360, 4_000),
    "sticker.webp": Sample("image/webp", 512, 512),
    "sticker-animado.webp": Sample("image/webp", 512, 512, animated=True),
}


async def shelve(storage: Storage) -> dict[str, StoredFile]:
    """The stored files by name. Rows for them follow in the transaction of the seeds; else the sweep takes them."""
    return {name: await _shelve(storage, name, sample) for name, sample in SAMPLES.items()}


async def add_samples(tx: Transaction, shelved: Mapping[str, StoredFile], now: datetime) -> dict[str, int]:
    """Ids in `media_files` by name; their previews are made later, as those of any file."""
    ids = {name: await add_file(tx, stored, now) for name, stored in shelved.items()}
    await queue.push(tx, RENDITIONS, ((str(file_id), now) for file_id in ids.values()))
    return ids


async def _shelve(storage: Storage, name: str, sample: Sample) -> StoredFile:
    content = (Path(static_dir()) / "demo" / name).read_bytes()
    taken = await take_in(storage, _once(content), Expected(LARGEST, filename=name, mime=sample.mime))
    return StoredFile(
        storage_key=taken.key,
        sha256=taken.sha256,
        size=taken.size,
        mime=taken.kind.mime,
        kind=taken.kind.kind,
        width=sample.width,
        height=sample.height,
        duration_ms=sample.duration_ms,
        animated=sample.animated,
    )


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
