"""`waia backup` and `waia restore`: what the command line asks, and what it says of how it ended."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from waia.app.server import hold_data_folder
from waia.backups.checking import Checked, check
from waia.backups.keeping import ROUTINE, named, prune
from waia.backups.manifest import Refused
from waia.backups.restoring import Restored, restore
from waia.backups.taking import Source, Taken, take
from waia.backups.target import Target
from waia.kit.db import Database
from waia.kit.disk import MB
from waia.kit.wakeups import Wakeups
from waia.media.folder import FolderStorage
from waia.settings import Settings

MOMENT = "%Y-%m-%d %H:%M:%S UTC"
PATIENCE_S = 600  # for a disk that is slow
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BackupWishes:
    """The options of `waia backup`, as they were typed. `keep` 0: all."""

    file: Path
    without_media: bool = False
    force: bool = False
    keep: int = 0


@dataclass(frozen=True, slots=True)
class RestoreWishes:
    file: Path
    only_check: bool = False
    force: bool = False
    moving: bool = False


async def back_up(settings: Settings, wishes: BackupWishes, tell: Tell) -> list[str]:
    """Into the named file, or into a folder under the time's name. Raises Refused."""
    is_folder = wishes.file.is_dir()
    if wishes.keep and not is_folder:
        raise Refused(f"--keep counts the copies in a folder, and {wishes.file} is none")
    path = named(wishes.file, ROUTINE) if is_folder else wishes.file
    if path.exists() and not wishes.force:
        raise Refused(f"{path} exists: name another file, or say --force")
    database = Database(settings.sqlalchemy_url, Wakeups(), idle_s=PATIENCE_S)
    try:
        storage = None if wishes.without_media else FolderStorage(settings.media_dir)
        taken = await take(Source(settings, database, storage), path, tell)
    finally:
        await database.close()
    lines = list(_lines_of_copy(path, taken))
    if wishes.keep and (removed := prune(wishes.file, ROUTINE, wishes.keep)):
        lines.append(f"removed {removed} older copies")
    return lines


async def put_back(settings: Settings, wishes: RestoreWishes, tell: Tell) -> list[str]:
    """Raises Refused, SettingError."""
    if wishes.only_check:
        return list(_lines_of_check(check(wishes.file)))
    with hold_data_folder(settings) or nullcontext():
        database = Database(settings.sqlalchemy_url, Wakeups(), idle_s=PATIENCE_S)
        target = Target(settings, database, FolderStorage(settings.media_dir), wishes.force)
        try:
            restored = await restore(target, wishes.file, tell, goes_on=wishes.moving)
        finally:
            await database.close()
        return list(_lines_of_restore(settings, restored))


def _lines_of_copy(path: Path, taken: Taken) -> Iterator[str]:
    told = taken.manifest
    size = f"{path.stat().st_size / MB:,.1f} MB"
    yield f"{path}: {told.rows:,} rows, {taken.files:,} files, {size}, as of {told.taken_at:{MOMENT}}"
    if taken.gone:
        yield f"{taken.gone:,} files that rows name were gone already and are not in it"


def _lines_of_check(checked: Checked) -> Iterator[str]:
    told = checked.manifest
    media = f"{checked.files:,} files" if told.with_media else "no files"
    yield f"The copy is whole: {told.rows:,} rows, {media}, as of {told.taken_at:{MOMENT}}"
    yield f"taken by waia {told.version} from {told.database}, schema {told.revision}"
    if checked.gone:
        yield f"{checked.gone:,} files that its rows name are not in it: they were gone when it was taken"


def _lines_of_restore(settings: Settings, restored: Restored) -> Iterator[str]:
    told = restored.checked.manifest
    yield f"Restored {told.rows:,} rows and {restored.files:,} files, as of {told.taken_at:{MOMENT}}"
    if restored.kept is not None:
        yield f"what was here before is in {restored.kept}"
    if restored.missing:
        yield f"{restored.missing:,} files that rows name are not in {settings.media_dir}"
    if restored.held_sends or restored.held_turns:
        yield (
            f"{restored.held_sends:,} messages were on their way and {restored.held_turns:,} answers due:"
            " nothing of it is sent by itself, agents see it in the chats"
        )
    for table in restored.unknown:
        yield f"table {table} is none of waia's and was left out"
    if restored.secrets:
        yield f"set there and empty here: {', '.join(restored.secrets)}"
    yield "Everybody signs in again, and agrees again to notifications on phones."
