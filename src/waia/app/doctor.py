"""Says which setting is wrong and what to do: each finding with its cure, nothing printed that is secret."""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from waia.app.durability import lossy_variables
from waia.kit import migrate
from waia.kit.db import Database
from waia.kit.wakeups import Wakeups
from waia.media.decoders import ffmpeg_path
from waia.settings import Settings
from waia.transcription.standing import standing
from waia.whatsapp.client import open_client

FIXED_SQLITE = (3, 51, 3)
FIXED_BRANCHES = {(3, 50): 7, (3, 44): 6}
LITTLE_SPACE = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """`level` is ok, note or wrong."""

    level: str
    subject: str
    words: str

    @property
    def is_wrong(self) -> bool:
        return self.level == "wrong"

    def line(self) -> str:
        return f"{ {'ok': '✓', 'note': '·', 'wrong': '✗'}[self.level] } {self.subject}: {self.words}"


async def findings(settings: Settings) -> list[Finding]:
    """Everything that can be checked from here, in the order in which it has to work."""
    found = [*_secrets(settings), *_folders(settings), *_programs(), *_voice(settings)]
    found += await _database(settings)
    found += await _graph(settings)
    return found


def _secrets(settings: Settings) -> Iterator[Finding]:
    needed = {
        "META_TOKEN": (
            settings.meta_token,
            "nothing can be sent; make a permanent token of a system user at Meta",
        ),
        "META_APP_SECRET": (
            settings.meta_app_secret,
            "every webhook is refused; copy it from the app's basic settings",
        ),
        "VERIFY_TOKEN": (
            settings.verify_token,
            "Meta cannot verify the webhook; choose a word and type it there too",
        ),
        "PHONE_NUMBER_ID": (
            settings.phone_number_ids,
            "no number is ours; copy the phone number id from API set-up",
        ),
    }
    for variable, (value, cure) in needed.items():
        yield Finding("ok", variable, "set") if value else Finding("wrong", variable, f"empty: {cure}")
    if not settings.base_url:
        yield Finding("note", "BASE_URL", "empty: set the public https address, so that Meta can fetch media of rules")


def _folders(settings: Settings) -> Iterator[Finding]:
    for name, folder in (("WAIA_DATA", settings.data_dir), ("MEDIA_ROOT", settings.media_dir)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / ".doctor"
            probe.write_bytes(b"")
            probe.unlink()
            free = shutil.disk_usage(folder).free
        except OSError as error:
            yield Finding("wrong", name, f"cannot be written ({error.strerror}): choose another folder or its owner")
            continue
        level = "ok" if free > LITTLE_SPACE else "wrong"
        yield Finding(level, name, f"writable, {free // 1024**2} MB free")


def _programs() -> Iterator[Finding]:
    path = ffmpeg_path()
    lack = "not found: no previews, no voice notes; install it, or `pip install waia[ffmpeg]`"
    yield Finding("ok", "ffmpeg", "found") if path else Finding("note", "ffmpeg", lack)


def _voice(settings: Settings) -> Iterator[Finding]:
    verdict = standing(settings, datetime.now(UTC)).verdict
    yield Finding("ok" if verdict == "ok" else "note", "voice notes", verdict)


async def _database(settings: Settings) -> list[Finding]:
    database = Database(settings.sqlalchemy_url, Wakeups())
    try:
        found = [await _schema(database)]
        found += [_sqlite_version()] if database.is_sqlite else await _durability(database)
        return found
    except (SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        return [Finding("wrong", "database", f"cannot be reached ({type(cause).__name__}): check DATABASE_URL or DB_*")]
    finally:
        await database.close()


async def _schema(database: Database) -> Finding:
    if await migrate.is_being_restored(database):
        return Finding("wrong", "database", "a restore was interrupted: run the same `waia restore` again")
    if await migrate.is_empty(database):
        return Finding("note", "database", "empty: it is set up at the first start")
    if await migrate.is_current(database):
        return Finding("ok", "database", "up to date")
    if await migrate.is_newer(database):
        return Finding("wrong", "database", "upgraded by a newer waia: install that one")
    return Finding("wrong", "database", "old: run `waia upgrade`")


def _sqlite_version() -> Finding:
    version = sqlite3.sqlite_version_info
    fixed = version >= FIXED_SQLITE or version[2] >= FIXED_BRANCHES.get(version[:2], 10_000)
    words = f"version {sqlite3.sqlite_version}"
    return (
        Finding("ok", "SQLite", words)
        if fixed
        else Finding("note", "SQLite", f"{words}: one writer avoids its rare WAL race")
    )


async def _durability(database: Database) -> list[Finding]:
    lossy = await lossy_variables(database)
    cures = [Finding("wrong", name, f"{value}: set it to 1 to survive a power loss") for name, value in lossy.items()]
    return cures or [Finding("ok", "durability", "a commit survives a power loss")]


async def _graph(settings: Settings) -> list[Finding]:
    if not (settings.meta_token and settings.phone_number_ids):
        return []
    client = open_client(settings.meta_api_url, settings.meta_api_version, settings.meta_token)
    try:
        return [_number(number, await client.number_trouble(number)) for number in settings.phone_number_ids]
    finally:
        await client.close()


def _number(number: str, trouble: str | None) -> Finding:
    if trouble is None:
        return Finding("ok", f"number {number}", "the token works")
    return Finding("wrong", f"number {number}", f"{trouble}: check META_TOKEN, PHONE_NUMBER_ID and META_API_URL")
