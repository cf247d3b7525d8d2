"""Makes a database ready at start: an empty one is set up, an old one only when it was asked for."""

from collections.abc import Mapping

import structlog

from waia.accounts.repository import users
from waia.accounts.seed import seed_people
from waia.app.durability import require_durability
from waia.app.parts import Parts
from waia.kit import migrate
from waia.kit.db import Transaction
from waia.media.values import StoredFile
from waia.seeds.demo import seed_demo
from waia.seeds.samples import shelve
from waia.seeds.starter import seed_starter
from waia.settings import SettingError

log = structlog.get_logger()


class OldSchema(SettingError):
    """The database was made by another version of waia."""


async def prepare_database(parts: Parts) -> None:
    """Raises OldSchema when the schema is not ours and INIT_DB_ON_START is not set.

    Raises SettingError when the server would not keep what it commits.
    """
    await require_durability(parts.database, parts.settings)
    if await migrate.is_empty(parts.database) or await migrate.is_unfinished(parts.database):
        await set_up(parts)
    elif not await migrate.is_current(parts.database):
        if not parts.settings.init_db_on_start:
            raise OldSchema("The database has an older schema: run `waia upgrade`, or set INIT_DB_ON_START=1")
        await migrate.upgrade(parts.database)
    await _seed_once(parts)


async def set_up(parts: Parts) -> None:
    """The schema, and on an empty database the people, roles and the starter flow."""
    await migrate.upgrade(parts.database)
    await _seed_once(parts)


async def _seed_once(parts: Parts) -> None:
    """Where nobody can sign in, nobody ever could: the process that set this up may have died before this."""
    async with parts.database.reading() as tx:
        if await users(tx).exist():
            return
    shelved = await shelve(parts.storage) if parts.settings.demo else {}
    await parts.database.run(lambda tx: _seed(tx, parts, shelved))
    log.info("database_set_up")


async def _seed(tx: Transaction, parts: Parts, shelved: Mapping[str, StoredFile]) -> None:
    now = parts.clock.business()
    if parts.settings.demo:
        await seed_demo(tx, parts.settings, now, shelved)
    else:
        await seed_people(tx, parts.settings, now)
        await seed_starter(tx, parts.settings, now)
