"""`waia import-legacy`: opens both databases, shows how far it is, and prints the report."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from waia.app.parts import Parts, make_parts
from waia.dashboard.counting import Basis
from waia.kit import migrate
from waia.kit.clock import Clock
from waia.kit.i18n import translator
from waia.moving.bringing import bring_over
from waia.moving.comparing import compare
from waia.moving.comparison_words import comparison_lines
from waia.moving.move import Move, Reading
from waia.moving.original import OldMessage
from waia.moving.original_repository import Original, open_original, same_database
from waia.moving.progress import Progress, Stage, read_progress
from waia.moving.rehearsal import rehearse
from waia.moving.report import lines_of
from waia.moving.tally import Tally
from waia.moving.texts import Texts
from waia.moving.uploads import Shelf, Uploads
from waia.settings import SettingError, Settings

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of the command, as they were typed."""

    url: str
    zone: str = ""
    charset: str = "utf8mb4"
    media: Path | None = None
    name: str = "original"
    dry_run: bool = False
    compare: bool = False
    replace_flow: bool = False
    keep_flow: bool = False
    report: Path | None = None


async def import_legacy(settings: Settings, wishes: Wishes, say: Say) -> None:
    """`say` gets a line at a time. Raises SettingError with one line for what cannot be done as it was asked."""
    _check(settings, wishes)
    original = await open_original(wishes.url)
    try:
        reading = await _reading(original, wishes, settings)
        lines = await _act(settings, wishes, reading, say)
    finally:
        await original.close()
    for line in lines:
        say(line)
    if wishes.report is not None:
        wishes.report.write_text("\n".join(lines) + "\n", "utf-8")


async def _act(settings: Settings, wishes: Wishes, reading: Reading, say: Say) -> list[str]:
    words = translator(settings.lang)
    if wishes.compare:
        return list(comparison_lines(await compare(reading.original, settings), words))
    if wishes.dry_run:
        tallies = await rehearse(reading)
    else:
        tallies = await _bring(settings, wishes, reading, say)
    return list(lines_of(tallies, reading.original.lacks, words, has_folder=wishes.media is not None))


async def _bring(settings: Settings, wishes: Wishes, reading: Reading, say: Say) -> dict[Stage, Tally]:
    parts = make_parts(settings)
    try:
        if await migrate.is_empty(parts.database) or not await migrate.is_current(parts.database):
            raise SettingError("This waia's database is not set up: run `waia upgrade` first")
        tell = await _teller(reading.original, say)
        progress = await read_progress(parts.database, wishes.name, reading.now, tell)
        move = await _move(parts, reading, progress)
        await bring_over(move, replace_flow=wishes.replace_flow, keep_flow=wishes.keep_flow)
        return dict(progress.tallies)
    finally:
        await parts.stop()


async def _move(parts: Parts, reading: Reading, progress: Progress) -> Move:
    flow = await parts.rules.book(parts.clock.real())
    return Move(
        reading=reading,
        database=parts.database,
        progress=progress,
        shelf=Shelf(reading.uploads, parts.storage, parts.database),
        phone_number_id=parts.settings.phone_number_ids[0],
        session_timeout_s=flow.values.session_timeout_s,
        resume_hours=flow.values.bot_resume_hours,
        basis=Basis(flow.values.timezone, flow.hours),
    )


async def _reading(original: Original, wishes: Wishes, settings: Settings) -> Reading:
    if wishes.zone:
        zone = ZoneInfo(wishes.zone)
    elif wishes.compare:
        zone = settings.timezone
    else:
        clock = await original.clock()
        raise SettingError(f"Say --timezone: in which zone did that database write its times? {clock}".strip())
    return Reading(original, Uploads(wishes.media), Texts(wishes.charset == "latin1"), zone, Clock().real)


def _check(settings: Settings, wishes: Wishes) -> None:
    if not (settings.phone_number_ids or wishes.dry_run or wishes.compare):
        raise SettingError("PHONE_NUMBER_ID is empty: chats belong to a number, copy it from the original's .env")
    if same_database(wishes.url, settings.sqlalchemy_url):
        raise SettingError("That is waia's own database: bring the original's over into another, empty one")
    if wishes.media is not None and not wishes.media.is_dir():
        raise SettingError(f"--media {wishes.media} is no folder")
    try:
        ZoneInfo(wishes.zone or "UTC")
    except (KeyError, ValueError, OSError):
        raise SettingError(f"--timezone {wishes.zone} is unknown: say it as America/Bogota or UTC") from None


async def _teller(original: Original, say: Say) -> Callable[[Stage, Tally], None]:
    total = await original.count(OldMessage)

    def tell(stage: Stage, tally: Tally) -> None:
        read = tally.counts.get("messages_read", 0)
        how_far = f" {read:,} / {total:,}" if stage is Stage.MESSAGES and total else ""
        say(f"{stage.value}{how_far}")

    return tell
