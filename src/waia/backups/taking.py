"""Takes a copy while waia runs: all rows of one moment, then the files that they name."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO

import msgspec

from waia.backups.archive import GONE, MANIFEST, SETTINGS, ArchiveWriter
from waia.backups.manifest import FORMAT, Manifest, Refused, TableCopied
from waia.backups.repository import FILES, LEFT_OUT, STEPS, Snapshot, Table, snapshot
from waia.backups.rows import Packer
from waia.backups.settings_file import settings_file
from waia.kit import migrate
from waia.kit.db import Database
from waia.kit.disk import MB
from waia.kit.failpoints import reach
from waia.media.storage import NoSuchFile, Storage
from waia.settings import Settings

ROWS_SHRINK_TO = 0.5
"""Of what they take in a database; usually it is a fifth."""
NOTHING = "The database is empty: there is nothing to copy"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Source:
    """`storage` None: the rows alone."""

    settings: Settings
    database: Database
    storage: Storage | None


@dataclass(slots=True)
class Taken:
    """`gone`: files that were erased between the rows and their turn."""

    manifest: Manifest
    files: int = 0
    gone: int = 0


async def take(source: Source, path: Path, tell: Tell) -> Taken:
    """Raises Refused; then nothing of it is left behind."""
    _require_database(source.database)
    try:
        writer = ArchiveWriter(path)
    except OSError as error:
        raise _unwritten(path, error) from error
    try:
        with tempfile.TemporaryFile(dir=path.parent) as keys:
            taken = await _copy_rows(source, writer, keys, path, tell)
            if source.storage is not None:
                await _copy_files(source.storage, writer, keys, taken, tell)
        reach("backup.before_finish")
        writer.finish()
    except BaseException as error:
        writer.abort()
        if isinstance(error, OSError):
            raise _unwritten(path, error) from error
        raise
    return taken


def _require_database(database: Database) -> None:
    """To look into a file of SQLite makes it."""
    if database.is_sqlite and not Path(database.url.database or "").is_file():
        raise Refused(NOTHING)


async def _copy_rows(source: Source, writer: ArchiveWriter, keys: IO[bytes], path: Path, tell: Tell) -> Taken:
    taken_at = datetime.now(UTC)
    async with snapshot(source.database) as moment:
        tables = await _whole(moment)
        manifest = await _manifest(source, moment, tables, taken_at)
        _require_room(source.settings, manifest, path)
        writer.add(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
        writer.add(SETTINGS, settings_file(source.settings).encode())
        for table in tables:
            await _copy_table(moment, table, manifest.tables[table.name].rows, writer, tell)
        if manifest.with_media:
            async for stored in moment.files():
                keys.write("".join(f"{key}\n" for key in stored.keys).encode())
    return Taken(manifest)


async def _whole(moment: Snapshot) -> list[Table]:
    """The tables. Raises Refused when something else is being done to them."""
    tables = await moment.tables()
    names = {table.name for table in tables}
    if not tables:
        raise Refused(NOTHING)
    if STEPS in names:
        raise Refused("An upgrade of the database was interrupted: run `waia upgrade` first")
    if migrate.RESTORE_MARK in names:
        raise Refused("A restore into the database was interrupted: run the same `waia restore` again")
    return [table for table in tables if table.name not in LEFT_OUT]


async def _manifest(source: Source, moment: Snapshot, tables: list[Table], taken_at: datetime) -> Manifest:
    with_media = source.storage is not None and any(table.name == FILES for table in tables)
    files, size = await moment.files_told() if with_media else (0, 0)
    return Manifest(
        format=FORMAT,
        version=version("waia"),
        revision=await moment.revision(),
        database="sqlite" if source.database.is_sqlite else "mysql",
        taken_at=taken_at,
        tables={table.name: TableCopied(table.columns, await moment.count(table)) for table in tables},
        database_bytes=await moment.bytes(),
        with_media=with_media,
        files=files,
        file_bytes=size,
    )


def _require_room(settings: Settings, manifest: Manifest, path: Path) -> None:
    """What the database needs to go on with is not taken from it."""
    needed = int(manifest.database_bytes * ROWS_SHRINK_TO) + manifest.file_bytes
    free = shutil.disk_usage(path.parent).free - int(settings.disk_reserve_mb * MB)
    if needed > free:
        raise Refused(
            f"The copy needs about {needed // MB + 1} MB, and {max(free, 0) // MB} MB are free in {path.parent}:"
            " make room there or choose another folder"
        )


async def _copy_table(moment: Snapshot, table: Table, total: int, writer: ArchiveWriter, tell: Tell) -> None:
    packer, pieces, done = Packer(), 0, 0
    async for rows in moment.rows(table):
        packer.add(rows)
        done += len(rows)
        if packer.is_full:
            pieces = _write_piece(writer, table, pieces, packer.take())
            tell(f"{table.name} {done:,} / {total:,}")
    _write_piece(writer, table, pieces, packer.take())
    reach("backup.in_rows")


def _write_piece(writer: ArchiveWriter, table: Table, pieces: int, piece: bytes) -> int:
    if piece:
        writer.add(f"rows/{table.name}/{pieces + 1:06}.gz", piece)
    return pieces + 1


async def _copy_files(storage: Storage, writer: ArchiveWriter, keys: IO[bytes], taken: Taken, tell: Tell) -> None:
    keys.seek(0)
    gone: list[str] = []
    for line in keys:
        key = line.decode().rstrip("\n")
        if await _copy_file(storage, writer, key):
            taken.files += 1
        else:
            gone.append(key)
        if (taken.files + len(gone)) % 100 == 0:
            tell(f"media {taken.files + len(gone):,} / {taken.manifest.files:,}")
    taken.gone = len(gone)
    if gone:
        writer.add(GONE, "".join(f"{key}\n" for key in gone).encode())


async def _copy_file(storage: Storage, writer: ArchiveWriter, key: str) -> bool:
    """False when it was erased after its row was read. What is open is read to its end."""
    try:
        size, pieces = await storage.size(key), storage.open(key)
        first = await anext(pieces, b"")
    except NoSuchFile:
        return False
    writer.begin(f"media/{key}", size)
    writer.write(first)
    async for piece in pieces:
        writer.write(piece)
    writer.end()
    return True


def _unwritten(path: Path, error: OSError) -> Refused:
    return Refused(f"The copy could not be written to {path.parent} ({error.strerror})")
