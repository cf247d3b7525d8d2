"""Makes a database ready at start: an empty one is set up, an old one only when it was asked for."""

from pathlib import Path

import structlog

from waia.accounts.repository import users
from waia.accounts.seed import seed_people
from waia.app.parts import Parts
from waia.health.durability import require_durability
from waia.kit import migrate
from waia.kit.db import Transaction, alone
from waia.seeds.starter import seed_starter
from waia.settings import SettingError, Settings

log = structlog.get_logger()


class OldSchema(SettingError):
    """The database was made by another version of waia."""


async def prepare_database(parts: Parts) -> None:
    """Raises OldSchema when the schema is not ours and INIT_DB_ON_START is not set.

    Raises SettingError when the server would not keep what it commits, or a restore did not come to its end.
    """
    await require_durability(parts.database, parts.settings)
    await _require_no_restore(parts)
    if not (await _is_ready(parts) and await _has_people(parts)):
        await set_up(parts, int(parts.settings.upgrade_backups))


async def _is_ready(parts: Parts) -> bool:
    """Raises OldSchema."""
    database = parts.database
    if await migrate.is_empty(database) or await migrate.is_unfinished(database):
        return False
    if await migrate.is_current(database):
        return True
    if not parts.settings.init_db_on_start and not await migrate.is_newer(database):
        raise OldSchema("The database has an older schema: run `waia upgrade`, or set INIT_DB_ON_START=1")
    return False


async def set_up(parts: Parts, copies: int = 0) -> Path | None:
    """The schema, and on an empty database the people, roles and the starter flow. Of several processes one does it.

    Before an older database changes, a copy of it is kept (the path), and `copies` in all; 0 keeps none. Raises
    SettingError.
    """
    database, kept = parts.database, None
    async with alone(database):
        await _require_no_restore(parts)
        if not await migrate.is_empty(database) and not await migrate.is_current(database):
            if await migrate.is_newer(database):
                raise _newer(parts.settings)
            kept = await _keep(parts, copies)
        await migrate.upgrade(database)
        await _seed_once(parts)
    return kept


async def _has_people(parts: Parts) -> bool:
    async with parts.database.reading() as tx:
        return await users(tx).exist()


async def _require_no_restore(parts: Parts) -> None:
    if await migrate.is_being_restored(parts.database):
        raise SettingError("A restore into this database was interrupted: run the same `waia restore` again")


async def _keep(parts: Parts, copies: int) -> Path | None:
    """One in the middle of an upgrade was copied before its first step."""
    if not copies or await migrate.is_unfinished(parts.database):
        return None
    from waia.backups.keeping import BEFORE_UPGRADE, keep
    from waia.backups.manifest import Refused

    try:
        kept = await keep(parts.settings, parts.database, BEFORE_UPGRADE, copies)
    except Refused as error:
        raise SettingError(
            f"The database was not upgraded, because no copy of it could be kept. {error}."
            " Or go on without one: `waia upgrade --no-copy`, or UPGRADE_BACKUPS=0"
        ) from None
    log.info("copy_kept_before_upgrade", file=str(kept))
    return kept


def _newer(settings: Settings) -> OldSchema:
    return OldSchema(
        "The database was upgraded by a newer waia: install that one, or go back with `waia restore --force` and a copy"
        f" from {settings.data_dir / 'backups'}"
    )


async def _seed_once(parts: Parts) -> None:
    """Where nobody can sign in, nobody ever could: the process that set this up may have died before this."""
    if await _has_people(parts):
        return
    if parts.settings.demo:
        from waia.seeds.demo import seed_demo  # a shop with its history, of which no other start knows
        from waia.seeds.samples import shelve

        shelved, now = await shelve(parts.storage), parts.clock.business()
        await parts.database.run(lambda tx: seed_demo(tx, parts.settings, now, shelved))
    else:
        await parts.database.run(lambda tx: _seed(tx, parts))
    log.info("database_set_up")


async def _seed(tx: Transaction, parts: Parts) -> None:
    now = parts.clock.business()
    await seed_people(tx, parts.settings, now)
    await seed_starter(tx, parts.settings, now)
