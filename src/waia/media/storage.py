"""Where bytes lie: a narrow door, so that a folder can be replaced by an object storage."""

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, runtime_checkable

from waia.kit.errors import WaiaError
from waia.kit.i18n import N_

KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}")


class StorageFull(WaiaError):
    """No space, or no more of it for us: nothing of the file is left behind, and it may be tried again."""

    status = 507
    code = "storage_full"
    message = N_("No queda espacio para guardar archivos. Avisa a quien administra el servidor.")


class NoSuchFile(Exception):
    """Nothing lies under this key."""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """One stored thing, for the sweep; `since` is when it got here."""

    key: str
    size: int
    since: datetime


class Writer(Protocol):
    """A file that nobody can see before `commit`. Who does not commit has to abort."""

    async def write(self, piece: bytes) -> None:
        """Raises StorageFull."""

    async def commit(self, key: str) -> None:
        """Durable and whole under `key` from now on. Raises StorageFull."""

    async def abort(self) -> None: ...


@runtime_checkable  # so that a route can ask for it
class Storage(Protocol):
    async def create(self) -> Writer: ...

    def open(self, key: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """Raises NoSuchFile at the first step."""
        ...

    async def size(self, key: str) -> int:
        """Raises NoSuchFile."""
        ...

    async def remove(self, key: str) -> None:
        """Nothing happens when it is gone already."""

    def stored(self) -> AsyncIterator[StoredKey]: ...

    def local_path(self, key: str) -> AbstractAsyncContextManager[Path]:
        """A path that a program of this machine can read while the block lasts. Raises NoSuchFile."""
        ...

    def workspace(self) -> AbstractAsyncContextManager[Path]:
        """An empty folder for a program's output; gone after the block, or when this process dies."""
        ...

    async def put(self, path: Path, key: str) -> None:
        """Take over a file out of a workspace. Raises StorageFull."""

    async def sweep_unfinished(self, young: timedelta = ...) -> int:
        """Remove what processes that are gone left unfinished, unless it is younger; how many."""
        ...


def new_key(sha256: str) -> str:
    """Never used before: the first two digits of the content's hash, then 128 random bits."""
    return f"{sha256[:2]}/{secrets.token_hex(16)}"


def checked_key(key: str) -> tuple[str, str]:
    """Folder and name. Raises NoSuchFile for anything that is not a key of ours."""
    if not KEY.fullmatch(key):
        raise NoSuchFile(key)
    folder, _, name = key.partition("/")
    return folder, name
