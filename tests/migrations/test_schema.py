"""The migrations lead from nothing to the schema of the mapped classes and back, on SQLite and on MariaDB."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from waia.kit import migrate
from waia.kit.columns import Model
from waia.kit.db import Database
from waia.kit.files import migrations_dir
from waia.kit.wakeups import Wakeups


@pytest.fixture(params=["sqlite", "mariadb"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'waia.db'}"
    else:
        url = await _fresh_schema(request.getfixturevalue("mariadb_server"))
    database = Database(url, Wakeups())
    yield database
    await database.close()


async def test_an_empty_database_comes_to_the_schema_of_the_mapped_classes(database: Database) -> None:
    await migrate.upgrade(database)
    assert await migrate.is_current(database)
    assert await _seen(database, _differences) == []


def test_the_files_of_the_migrations_are_named_after_their_revisions() -> None:
    assert migrate.newest() == _revisions()[-1]


async def test_every_migration_can_be_taken_back_and_done_again(database: Database) -> None:
    for revision in _revisions():
        await migrate.upgrade(database, revision)
        before = await _seen(database, _shape)
        await migrate.downgrade(database, "-1")
        await migrate.upgrade(database, revision)
        assert await _seen(database, _shape) == before, revision


async def test_going_back_to_nothing_leaves_nothing(database: Database) -> None:
    await migrate.upgrade(database)
    await migrate.downgrade(database)
    assert await _seen(database, lambda connection: inspect(connection).get_table_names()) == ["alembic_version"]


async def test_upgrading_twice_changes_nothing(database: Database) -> None:
    await migrate.upgrade(database)
    before = await _seen(database, _shape)
    await migrate.upgrade(database)
    assert await _seen(database, _shape) == before


async def _fresh_schema(address: str) -> str:
    name = f"waia_{secrets.token_hex(6)}"
    engine = create_async_engine(address.replace("mysql://", "mysql+asyncmy://"))
    async with engine.begin() as connection:
        await connection.execute(text(f"CREATE DATABASE {name} CHARACTER SET utf8mb4"))
    await engine.dispose()
    return f"{address}/{name}"


async def _seen(database: Database, look: Any) -> Any:
    async with database.engine.connect() as connection:
        return await connection.run_sync(look)


def _revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    return [script.revision for script in reversed(list(scripts))]


def _differences(connection: Connection) -> list[Any]:
    """What autogenerate would still write; types are compared by the tests that store values."""
    context = MigrationContext.configure(connection, opts={"compare_type": False, "include_name": _is_mapped})
    return list(compare_metadata(context, Model.metadata))


def _is_mapped(name: str | None, kind: str, _parents: object) -> bool:
    """The index of search is no mapped class: each database has its own kind of table for it."""
    return kind != "table" or not str(name).startswith(("message_search", "contact_search"))


def _shape(connection: Connection) -> dict[str, Any]:
    tables = inspect(connection)
    return {
        table: {
            "columns": [
                (column["name"], str(column["type"]), column["nullable"]) for column in tables.get_columns(table)
            ],
            "indexes": sorted(str((index["name"], index["column_names"])) for index in tables.get_indexes(table)),
            "unique": sorted(str(unique["column_names"]) for unique in tables.get_unique_constraints(table)),
            "key": tables.get_pk_constraint(table)["constrained_columns"],
            "foreign": sorted(str(key["constrained_columns"]) for key in tables.get_foreign_keys(table)),
        }
        for table in tables.get_table_names()
    }
