"""Brings a database's schema up (or down) to a revision; used by `waia upgrade`, by the start and by tests.

Alembic is imported only where it works: a start on a schema that is as it should be does without.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect

from waia.kit import migration_journal
from waia.kit.db import Database, schema_revisions
from waia.kit.files import migrations_dir

if TYPE_CHECKING:
    from alembic.config import Config

RESTORE_MARK = "restore_unfinished"


async def upgrade(database: Database, revision: str = "head") -> None:
    """Killed at any moment, it can be run again: SQLite forgets what was begun, elsewhere it goes on from there."""
    from alembic import command

    def act(config: "Config") -> None:
        with migration_journal.noting(config.attributes["connection"]):
            command.upgrade(config, revision)

    await _run(database, act)


async def downgrade(database: Database, revision: str = "base") -> None:
    from alembic import command

    await _run(database, lambda config: command.downgrade(config, revision))


async def is_empty(database: Database) -> bool:
    """Whether there is not one table of ours."""
    async with database.engine.connect() as connection:
        return not await connection.run_sync(lambda sync: inspect(sync).has_table("mensajes"))


async def is_unfinished(database: Database) -> bool:
    """Whether an upgrade began that did not come to its end."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(migration_journal.is_unfinished)


async def is_being_restored(database: Database) -> bool:
    """Whether a restore began here that did not come to its end; on SQLite it ends in one step, or never was."""
    if database.is_sqlite:
        return False
    async with database.engine.connect() as connection:
        return await connection.run_sync(lambda sync: inspect(sync).has_table(RESTORE_MARK))


async def is_current(database: Database) -> bool:
    """Whether the schema is the one that this code was written for."""
    async with database.reading() as tx:
        return await schema_revisions(tx) == [newest()]


async def is_newer(database: Database) -> bool:
    """Whether the schema was made by a later version of waia, of which this code knows nothing."""
    async with database.reading() as tx:
        return not revisions().issuperset(await schema_revisions(tx))


def newest() -> str:
    """The revision of the schema that this code was written for."""
    return max(revisions())


@cache
def revisions() -> frozenset[str]:
    """All that there were; files of migrations begin with theirs."""
    return frozenset(path.name.partition("_")[0] for path in (migrations_dir() / "versions").glob("[0-9]*.py"))


async def _run(database: Database, act: Any) -> None:
    def on_connection(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        act(config)

    async with database.engine.connect() as connection:
        await connection.run_sync(on_connection)
        await connection.commit()


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    return config
