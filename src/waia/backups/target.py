"""Where a copy goes: nobody may be using it, it must have room, and what it held before is kept.

On SQLite the rows become a database aside, which takes the place of the old one in one step. A server has no such step:
there a mark says that the database is in the making, no waia starts beside it, and the same command begins anew.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from waia.backups import repository, sqlite_file
from waia.backups.archive import FILE, ArchiveReader
from waia.backups.keeping import BEFORE_RESTORE, keep
from waia.backups.manifest import Manifest, Refused
from waia.kit import migrate
from waia.kit.db import Database
from waia.kit.disk import MB
from waia.kit.failpoints import reach
from waia.media.storage import NoSuchFile, Storage
from waia.settings import Settings

LOOKS, LOOK_AGAIN_S = 5, 0.3
GROWTH = 1.3
"""Of a database that is written anew, its index of search with it."""


@dataclass(frozen=True, slots=True)
class Target:
    """`force`: what is there may go."""

    settings: Settings
    database: Database
    storage: Storage
    force: bool = False


async def require_free(target: Target) -> None:
    """A database that holds something is only replaced by who says so; one that a restore left unfinished always.
    Raises Refused."""
    database = target.database
    await _require_alone(database)
    if target.force or await migrate.is_being_restored(database):
        return
    if await sqlite_file.holds_something(database):
        raise Refused("The database is not empty: --force puts the copy in its place")


async def require_room(target: Target, reader: ArchiveReader, manifest: Manifest) -> None:
    """Of the files only those that are not there yet need any. Raises Refused."""
    needed = [(target.settings.media_dir, await _bytes_to_come(target.storage, reader))]
    if target.database.folder is not None:
        needed.append((target.database.folder, int(manifest.database_bytes * GROWTH)))
    for folder, _ in needed:
        folder.mkdir(parents=True, exist_ok=True)
    for folder, size in needed:
        beside = sum(other for place, other in needed if place.stat().st_dev == folder.stat().st_dev)
        free = shutil.disk_usage(folder).free
        if size and beside > free:
            raise Refused(f"The copy needs about {beside // MB + 1} MB, and {free // MB} MB are free in {folder}")


@asynccontextmanager
async def in_the_making(target: Target, tell: Callable[[str], None]) -> AsyncIterator[tuple[Database, Path | None]]:
    """An empty database that counts once the block is over, and where what it held before is kept, if that is no file
    beside."""
    database = target.database
    if database.is_sqlite:
        async with sqlite_file.in_the_making(database) as aside:
            yield aside, None
        return
    kept = await _keep(target, tell)
    await _require_alone(database)
    await repository.begin_restore(database)
    reach("restore.after_mark")
    try:
        yield database, kept
    except Refused as error:
        raise Refused(f"{error}. {_way_back(kept)}") from error
    await repository.end_restore(database)


async def size_of(storage: Storage, key: str) -> int:
    """Below 0 when it is not there."""
    try:
        return await storage.size(key)
    except NoSuchFile:
        return -1


async def _require_alone(database: Database) -> None:
    """On a server; it needs a moment to notice who left."""
    for look in range(0 if database.is_sqlite else LOOKS):
        if not await repository.others_connected(database):
            return
        if look == LOOKS - 1:
            raise Refused("Somebody is connected to the database: stop every waia first (serve and work)")
        await asyncio.sleep(LOOK_AGAIN_S)


async def _bytes_to_come(storage: Storage, reader: ArchiveReader) -> int:
    size = 0
    for member in reader.members():
        if found := FILE.fullmatch(member.name):
            size += 0 if await size_of(storage, found[1]) == member.size else member.size
    return size


async def _keep(target: Target, tell: Callable[[str], None]) -> Path | None:
    """Nothing brings back what a server drops."""
    database = target.database
    if await migrate.is_being_restored(database) or await migrate.is_empty(database):
        return None
    tell("keeping what is there")
    return await keep(target.settings, database, BEFORE_RESTORE, max(int(target.settings.upgrade_backups), 1))


def _way_back(kept: Path | None) -> str:
    if kept is None:
        return "The database is of no use until a restore into it comes to its end"
    return f"What was in the database before is in {kept}: `waia restore` brings it back"
