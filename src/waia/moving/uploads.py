"""The folder of the original's uploads: which of its files a row means, and how they get into the storage."""

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import BufferedReader
from pathlib import Path, PurePosixPath

from waia.kit import queue
from waia.kit.db import Database, Transaction
from waia.kit.failpoints import reach
from waia.media.intake import Expected, take_in
from waia.media.old_addresses import is_plain, old_name
from waia.media.repository import RENDITIONS, add_file
from waia.media.storage import Storage
from waia.media.values import StoredFile
from waia.moving.repository import files_with

BLOCK = 256 * 1024
LARGEST = 2 * 1024**3
_OURS = re.compile(r"[0-9a-f]{32}_(.+)")


@dataclass
class Uploads:
    """`folder` None: the owner gave none, and no file is brought over."""

    folder: Path | None
    _by_stem: dict[str, str] | None = field(default=None, repr=False)

    def name_in(self, url: str | None, media_id: str | None = None) -> str | None:
        """The file's name, from an address of the original, a path of its machine, or the id that Meta gave it."""
        if name := old_name(url or "") or _name_in_path(url or ""):
            return name
        return self._stems().get(media_id) if media_id and not url else None

    def is_here(self, name: str) -> bool:
        return (
            bool(name)
            and self.folder is not None
            and (self.folder / name).is_file()
            and not (self.folder / name).is_symlink()
        )

    def count(self) -> int:
        return len(self._stems())

    def _stems(self) -> Mapping[str, str]:
        """Names in the folder by what stands before the dot: received files are called `<media id>.<kind>`."""
        if self._by_stem is None:
            listed = sorted(os.listdir(self.folder)) if self.folder is not None and self.folder.is_dir() else []
            self._by_stem = {name.partition(".")[0]: name for name in listed if is_plain(name)}
        return self._by_stem


@dataclass(frozen=True, slots=True)
class Prepared:
    """`hashes` by name; `known` files of ours by hash; `new` ones by hash, durable, that no row knows yet."""

    hashes: Mapping[str, str]
    known: Mapping[str, int]
    new: Mapping[str, StoredFile]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Brings files into the storage, each content once. `ids` are those that rows use, by name."""

    uploads: Uploads
    storage: Storage
    database: Database
    ids: dict[str, int] = field(default_factory=dict)

    async def prepare(self, names: Iterable[str]) -> Prepared:
        """Those of these files that are in the folder and are not in use yet. A row has to follow, else they go."""
        wanted = sorted(name for name in set(names) - self.ids.keys() if self.uploads.is_here(name))
        hashes = {name: await asyncio.to_thread(self._digest, name) for name in wanted}
        async with self.database.reading() as tx:
            known = await files_with(tx, set(hashes.values()))
        first = {digest: name for name, digest in reversed(hashes.items()) if digest not in known}
        return Prepared(hashes, known, {digest: await self._take(name) for digest, name in sorted(first.items())})

    async def settle(self, tx: Transaction, prepared: Prepared, now: datetime) -> dict[str, int]:
        """Rows for the new ones; ids by name, to be kept in `ids` once they are committed."""
        ids = dict(prepared.known)
        for digest, stored in prepared.new.items():
            ids[digest] = await add_file(tx, stored, now, looked_at=False)
        await queue.push(tx, RENDITIONS, ((str(ids[digest]), now) for digest in prepared.new))
        return {name: ids[digest] for name, digest in prepared.hashes.items()}

    async def _take(self, name: str) -> StoredFile:
        with self._opened(name) as file:
            taken = await take_in(self.storage, _pieces(file), Expected(LARGEST, filename=name))
        reach("moving.after_file")
        return StoredFile(taken.key, taken.sha256, taken.size, taken.kind.mime, taken.kind.kind)

    def _digest(self, name: str) -> str:
        with self._opened(name) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _opened(self, name: str) -> BufferedReader:
        """Never by a link that lies in the folder."""
        assert self.uploads.folder is not None
        return os.fdopen(os.open(self.uploads.folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")


def shown_name(name: str) -> str:
    """As the agent called it: the original put 32 random digits before."""
    found = _OURS.fullmatch(name)
    return found[1] if found else name


def _name_in_path(url: str) -> str | None:
    if not url.startswith(("/", "static/", "./")):
        return None
    name = PurePosixPath(url).name
    return name if is_plain(name) else None


async def _pieces(file: BufferedReader) -> AsyncIterator[bytes]:
    while piece := file.read(BLOCK):
        yield piece
