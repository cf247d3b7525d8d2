"""Databases for tests of the whole road: set up once for the session, copied for each test."""

import asyncio
import gc
import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from tests import servers
from tests.road_world import fresh_sqlite, settings_for
from waia.app.parts import make_parts
from waia.app.setup import set_up
from waia.kit.db import Database
from waia.kit.migrate import upgrade
from waia.kit.wakeups import Wakeups
from waia.settings import load_settings

TEMPLATE = "waia_template"
LONGEST_FIRST = (
    "test_random_kills.py", "test_random_kills_mariadb.py", "test_storm.py", "test_bench.py", "test_fault_locks.py",
    "test_killed.py", "test_two_webs.py", "test_files_survive.py", "test_restarted.py", "test_planted.py",
    "test_fault_mariadb.py", "test_fault_disk.py", "test_fault_wire.py", "test_fault_stop.py", "test_killed_files.py",
    "test_killed_migration.py", "test_stalled.py", "test_mutated_bodies.py", "test_search.py",
    "test_panel_filters.py", "test_door.py", "test_road.py", "test_authorisation.py", "test_pages.py",
    "test_hostile_words.py", "test_desk_work.py", "test_recovery.py", "test_composing.py", "test_list_follows.py",
    "test_owner.py", "test_panel.py", "test_handover.py", "test_files.py", "test_states.py", "test_thread_files.py",
    "test_live_updates.py",
)  # fmt: skip
STORY_S = 360  # a browser and a whole server beside others
MEMORY, ENOUGH = Path("/dev/shm"), 4 * 1024**3


def pytest_configure() -> None:
    """Each commit waits for the disk, thousands of times; kills of processes look the same on a disk in memory."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH:
        tempfile.tempdir = str(MEMORY)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever is free takes the next file: a long one that began last would be waited for alone."""
    places = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))
    for item in items:
        if item.path.parent.name == "browser" and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(STORY_S))


def pytest_collection_finish() -> None:
    """What is imported stays; thousands of applications are made and dropped, and to look for garbage costs a lot."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[str]:
    with servers.mariadb_process() as server:
        yield server.address


@pytest.fixture(scope="session")
def redis_server() -> Iterator[servers.Server]:
    """Whoever kills it starts it again."""
    with servers.redis_process() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the schema and nothing in it."""
    file = tmp_path_factory.mktemp("migrated") / "waia.db"

    async def make() -> None:
        database = Database(f"sqlite:///{file}", Wakeups())
        await upgrade(database)
        await database.close()

    asyncio.run(make())
    return file


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with schema, people and the starter flow."""
    folder = tmp_path_factory.mktemp("template")
    asyncio.run(_set_up(folder, f"sqlite:///{folder / 'waia.db'}"))
    return folder / "waia.db"


@pytest.fixture(scope="session")
def mariadb_template(mariadb_server: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Sequence[str]]:
    """The server, and what makes another database like the one that was set up."""
    asyncio.run(_execute(mariadb_server, _creation_of(TEMPLATE)))
    asyncio.run(_set_up(tmp_path_factory.mktemp("template"), f"{mariadb_server}/{TEMPLATE}"))
    return mariadb_server, asyncio.run(_copying(mariadb_server))


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    return fresh_sqlite(sqlite_template, tmp_path)


@pytest.fixture
async def mariadb_url(mariadb_template: tuple[str, Sequence[str]]) -> AsyncIterator[str]:
    server, copying = mariadb_template
    name = f"waia_{secrets.token_hex(6)}"
    await _execute(server, (*_creation_of(name), f"USE {name}", *copying))
    yield f"{server}/{name}"
    await _execute(server, (f"DROP DATABASE {name}",))


@pytest.fixture(params=["sqlite", "mariadb"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The same test on both databases."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "mariadb"])
async def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a table: waia has to set it up."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'waia.db'}"
    server: str = request.getfixturevalue("mariadb_server")
    name = f"waia_{secrets.token_hex(6)}"
    await _execute(server, _creation_of(name))
    return f"{server}/{name}"


async def _set_up(folder: Path, url: str) -> None:
    parts = make_parts(load_settings(settings_for(folder, "http://127.0.0.1:9", url, 5000), env_file=None))
    await set_up(parts)
    await parts.stop()


def _creation_of(name: str) -> tuple[str, ...]:
    return (f"CREATE DATABASE {name} CHARACTER SET utf8mb4",)


async def _execute(server: str, statements: Sequence[str]) -> None:
    async with _connected(server) as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)


async def _copying(server: str) -> Sequence[str]:
    """The statements that fill a new database with the tables, rows and triggers of the template."""
    statements = ["SET foreign_key_checks = 0"]
    async with _connected(server) as connection:
        for (table,) in list(await connection.execute(text(f"SHOW TABLES FROM {TEMPLATE}"))):
            (_, definition) = (await connection.execute(text(f"SHOW CREATE TABLE {TEMPLATE}.{table}"))).one()
            statements.append(definition.replace("%", "%%"))
            if (await connection.execute(text(f"SELECT EXISTS (SELECT 1 FROM {TEMPLATE}.{table})"))).scalar_one():
                statements.append(f"INSERT INTO {table} SELECT * FROM {TEMPLATE}.{table}")
        for trigger, *_ in list(await connection.execute(text(f"SHOW TRIGGERS FROM {TEMPLATE}"))):
            found = await connection.execute(text(f"SHOW CREATE TRIGGER {TEMPLATE}.{trigger}"))
            statements.append(found.one()[2].replace("%", "%%"))
    return statements


@asynccontextmanager
async def _connected(server: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(server.replace("mysql:", "mysql+asyncmy:"))
    async with engine.begin() as connection:
        yield connection
    await engine.dispose()
