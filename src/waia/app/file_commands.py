"""What the command line does with files: days to keep, the sweep, a person who wants to be forgotten."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from waia.app.parts import Parts, make_parts
from waia.chats import erasure
from waia.settings import Settings


async def apply_retention(settings: Settings, *, dry_run: bool) -> list[str]:
    """One line for each kind that has an end."""
    if not settings.media_days:
        return ["WAIA_MEDIA_DAYS is empty: all files are kept."]
    async with _parts(settings) as parts:
        now = parts.clock.real()
        lines = [
            f"{each.kind}, older than {each.days} days: {each.count} files, {each.size} bytes"
            for each in await parts.upkeep.would_go(settings.media_days, now)
        ]
        if not dry_run:
            swept = await parts.upkeep.apply_retention(settings.media_days, now)
            lines.append(f"removed {swept.without_use} files, {swept.size} bytes")
        return lines


async def sweep(settings: Settings, young_minutes: int) -> str:
    async with _parts(settings) as parts:
        return str(await parts.upkeep.sweep(parts.clock.real(), timedelta(minutes=young_minutes)))


async def what_there_is(settings: Settings, who: str) -> list[str]:
    """Raises NotFound."""
    async with _parts(settings) as parts:
        found = await erasure.what_there_is(parts.database, await erasure.find_contact(parts.database, who))
        return found.lines()


async def erase(settings: Settings, who: str) -> list[str]:
    """Raises NotFound."""
    async with _parts(settings) as parts:
        contact_id = await erasure.find_contact(parts.database, who)
        erased = await erasure.erase(parts.database, parts.upkeep, contact_id, parts.clock.real())
        return ["Erased:", *erased.lines()]


@asynccontextmanager
async def _parts(settings: Settings) -> AsyncIterator[Parts]:
    parts = make_parts(settings)
    try:
        yield parts
    finally:
        await parts.stop()
