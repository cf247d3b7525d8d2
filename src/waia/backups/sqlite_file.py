"""The file of SQLite: a new one is made aside, and takes the place of the old one in one step."""

import os
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from waia.backups.archive import sync_folder
from waia.backups.manifest import Refused
from waia.kit import migrate
from waia.kit.db import Database
from waia.kit.failpoints import reach
from waia.kit.wakeups import Wakeups

ASIDE, BEFORE = ".restoring", ".before-restore"
BESIDE = ("", "-wal", "-shm", "-journal")


@asynccontextmanager
async def in_the_making(database: Database) -> AsyncIterator[Database]:
    """An empty database beside this one, which is this one after the block; the old file is kept under another name."""
    await database.close()
    file = _file_of(database)
    aside = file.with_name(f"{file.name}{ASIDE}")
    _remove(aside)
    making = Database(database.url.set(database=str(aside)).render_as_string(), Wakeups())
    try:
        yield making
        await making.close()
        _put_in_place(aside, file)
    except BaseException:
        await making.close()
        _remove(aside)
        raise


async def holds_something(database: Database) -> bool:
    """Also of a server. A file that cannot be read holds something, too."""
    if database.is_sqlite and not _file_of(database).exists():
        return False
    try:
        return not await migrate.is_empty(database)
    except DatabaseError:
        return True


def _file_of(database: Database) -> Path:
    return Path(database.url.database or "")


def _put_in_place(aside: Path, file: Path) -> None:
    _sync(aside)
    if file.exists():
        _close_log(file)
        _keep(file)
    reach("restore.in_switch")
    aside.replace(file)
    sync_folder(file.parent)
    reach("restore.after_switch")


def _close_log(file: Path) -> None:
    """The old file must be whole without the log beside it, because that would be taken for the new one's."""
    try:
        with closing(sqlite3.connect(file, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise Refused(f"The database is in use ({error}): stop whoever has it open") from None
    except sqlite3.DatabaseError:
        for beside in BESIDE[1:]:  # no database any more; what could be saved of it lies in its log
            with suppress(FileNotFoundError):
                file.with_name(file.name + beside).replace(file.with_name(f"{file.name}{BEFORE}{beside}"))


def _keep(file: Path) -> None:
    """Under another name as well: a link costs nothing, and at no moment there is no database."""
    kept = file.with_name(f"{file.name}{BEFORE}")
    kept.unlink(missing_ok=True)
    try:
        os.link(file, kept)
    except OSError:  # a file system without hard links
        shutil.copyfile(file, kept)
        _sync(kept)


def _sync(file: Path) -> None:
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


def _remove(file: Path) -> None:
    for beside in BESIDE:
        file.with_name(file.name + beside).unlink(missing_ok=True)
