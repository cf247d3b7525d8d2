"""Copies that have their time for a name, of which the newest few are kept: in a folder of the owner's, and those that
waia takes by itself before it changes a database."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from waia.backups.archive import remove_drafts
from waia.backups.manifest import Refused
from waia.backups.taking import Source, take
from waia.kit.db import Database
from waia.settings import Settings

FOLDER = "backups"
ROUTINE, BEFORE_UPGRADE, BEFORE_RESTORE = "waia", "before-upgrade", "before-restore"


async def keep(settings: Settings, database: Database, occasion: str, copies: int) -> Path:
    """The rows alone: neither an upgrade nor a restore changes a file. Raises Refused."""
    folder = settings.data_dir / FOLDER
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"{folder} cannot be used ({error.strerror})") from None
    path = named(folder, occasion)
    await take(Source(settings, database, None), path, lambda _: None)
    prune(folder, occasion, copies)
    return path


def named(folder: Path, occasion: str) -> Path:
    """A name that is free."""
    moment = datetime.now(UTC)
    while (path := folder / f"{occasion}-{moment:%Y%m%dT%H%M%SZ}.tar").exists():
        moment += timedelta(seconds=1)
    return path


def prune(folder: Path, occasion: str, copies: int) -> int:
    """Removes what is older than the newest `copies`, and drafts of copies that nobody writes any more; how many."""
    remove_drafts(folder)
    mine = re.compile(rf"{re.escape(occasion)}-\d{{8}}T\d{{6}}Z\.tar")
    old = sorted(path for path in folder.iterdir() if mine.fullmatch(path.name))[: -copies or None]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
