"""Puts a copy back: all of it is looked at first, then come the files, then the rows, and at the very end it counts.

Files lie under random names that are never used twice, so they can be put beside those that are there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from waia.backups import repository
from waia.backups.archive import FILE, ROWS, ArchiveReader, Member
from waia.backups.checking import Checked, check_all
from waia.backups.manifest import Refused
from waia.backups.repository import Filling
from waia.backups.rows import LARGEST, unpack
from waia.backups.settings_file import missing_secrets
from waia.backups.settling import settle
from waia.backups.target import Target, in_the_making, require_free, require_room, size_of
from waia.chats.search.rebuild import rebuild
from waia.kit import migrate
from waia.kit.db import Database
from waia.kit.failpoints import reach
from waia.media.storage import Storage

ROWS_AT_ONCE = 20_000
Tell = Callable[[str], None]


@dataclass(slots=True)
class Restored:
    """What an operator should know. `unknown`: tables that are none of ours. `missing`: files that rows name and that
    are not there. `kept`: a copy of what was here before, where that is not a file beside."""

    checked: Checked
    files: int = 0
    held_sends: int = 0
    held_turns: int = 0
    missing: int = 0
    secrets: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    kept: Path | None = None


async def restore(target: Target, path: Path, tell: Tell, *, goes_on: bool = False) -> Restored:
    """`goes_on`: nothing happened where the copy was taken since then, so what waited there is sent and answered here.

    Who calls holds the data folder, so that no waia runs on it. Raises Refused; then nothing was changed, or it says
    what was.
    """
    reader = ArchiveReader(path)
    try:
        tell("checking the copy")
        restored = Restored(check_all(reader))
        restored.secrets = missing_secrets(restored.checked.settings, target.settings)
        await require_free(target)
        await require_room(target, reader, restored.checked.manifest)
        await _put_files(target.storage, reader, restored, tell)
        reach("restore.after_files")
        async with in_the_making(target, tell) as (database, restored.kept):
            await _put_rows(database, reader, restored, tell)
            await _settle(database, target.storage, restored, goes_on=goes_on)
            await _finish(database, tell)
        return restored
    finally:
        reader.close()


async def _put_files(storage: Storage, reader: ArchiveReader, restored: Restored, tell: Tell) -> None:
    for member in reader.members():
        if found := FILE.fullmatch(member.name):
            if not await _is_there(storage, reader, member, found[1]):
                await _put_file(storage, reader, member, found[1])
            restored.files += 1
            if restored.files % 100 == 0:
                tell(f"media {restored.files:,} / {restored.checked.files:,}")


async def _is_there(storage: Storage, reader: ArchiveReader, member: Member, key: str) -> bool:
    """With the same bytes: what a damaged disk made of it does not count."""
    if await size_of(storage, key) != member.size:
        return False
    wanted = reader.pieces(member)
    async for piece in storage.open(key):
        if piece != next(wanted, b""):
            return False
    return True


async def _put_file(storage: Storage, reader: ArchiveReader, member: Member, key: str) -> None:
    writer = await storage.create()
    try:
        for piece in reader.pieces(member):
            await writer.write(piece)
        await writer.commit(key)
    except BaseException:
        await writer.abort()
        raise


async def _put_rows(database: Database, reader: ArchiveReader, restored: Restored, tell: Tell) -> None:
    """Into the schema that they come from; newer ones follow from it as they do in an upgrade."""
    manifest = restored.checked.manifest
    await migrate.upgrade(database, manifest.revision)
    async with repository.filling(database) as into:
        known = [table for table in manifest.tables if _takes(into, table, manifest.tables[table].columns)]
        restored.unknown = sorted(set(manifest.tables) - set(known))
        for table in known:
            await into.empty(table)
        waiting = 0
        for member in reader.members():
            found = ROWS.fullmatch(member.name)
            if found and found[1] in known:
                waiting += await _put_piece(into, reader, member, found[1], manifest.tables[found[1]].columns)
                tell(f"{found[1]} {found[2]}")
                reach("restore.in_rows")
            if waiting > ROWS_AT_ONCE:
                await into.commit()
                waiting = 0
        await into.commit()
    await migrate.upgrade(database)


def _takes(into: Filling, table: str, columns: tuple[str, ...]) -> bool:
    try:
        return into.takes(table, columns)
    except KeyError as error:
        raise Refused(f"This copy holds {error.args[0]}, which its schema does not have: take another one") from None


async def _put_piece(into: Filling, reader: ArchiveReader, member: Member, table: str, columns: tuple[str, ...]) -> int:
    """How many. Raises Refused when this database does not take what the other one took."""
    count = 0
    try:
        for rows in unpack(reader.content(member, LARGEST), member.name, len(columns)):
            await into.add(table, columns, rows)
            count += len(rows)
    except DBAPIError as error:
        raise Refused(f"Rows of {table} do not fit into this database ({error.orig})") from error
    return count


async def _settle(database: Database, storage: Storage, restored: Restored, *, goes_on: bool) -> None:
    settled = await settle(database, storage, restored.checked.manifest, goes_on=goes_on)
    restored.held_sends, restored.held_turns, restored.missing = settled.sends, settled.turns, settled.missing


async def _finish(database: Database, tell: Tell) -> None:
    tell("writing the index of search")
    await rebuild(database)
    tell("looking at all of it again")
    if damage := await repository.damage(database):
        raise Refused(f"What was put back is not whole: {damage}")
    reach("restore.before_switch")
