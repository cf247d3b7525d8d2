"""Databases for tests of the whole road: set up once for the session, copied for each test."""

import asyncio
import gc
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from tests import servers
from tests.road_world import fresh_sqlite, settings_for
from waia.app.parts import make_parts
from waia.app.setup import set_up
from waia.settings import load_settings

TEMPLATE = "waia_template"


def pytest_collection_finish() -> None:
    """What is imported stays; thousands of applications are made and dropped, and to look for garbage costs a lot."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[str]:
    with servers.mariadb() as address:
        yield address


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with schema, people and the starter flow."""
    folder = tmp_path_factory.mktemp("template")
    asyncio.run(_set_up(folder, f"sqlite:///{folder / 'waia.db'}"))
    return folder / "waia.db"


@pytest.fixture(scope="session")
def mariadb_template(mariadb_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    asyncio.run(_create(mariadb_server, TEMPLATE))
    asyncio.run(_set_up(tmp_path_factory.mktemp("template"), f"{mariadb_server}/{TEMPLATE}"))
    return mariadb_server


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    return fresh_sqlite(sqlite_template, tmp_path)


@pytest.fixture
async def mariadb_url(mariadb_template: str) -> str:
    name = f"waia_{secrets.token_hex(6)}"
    await _create(mariadb_template, name, TEMPLATE)
    return f"{mariadb_template}/{name}"


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
    await _create(server, name)
    return f"{server}/{name}"


async def _set_up(folder: Path, url: str) -> None:
    parts = make_parts(load_settings(settings_for(folder, "http://127.0.0.1:9", url, 5000), env_file=None))
    await set_up(parts)
    await parts.stop()


async def _create(server: str, name: str, template: str | None = None) -> None:
    engine = create_async_engine(server.replace("mysql:", "mysql+asyncmy:"))
    async with engine.begin() as connection:
        await connection.execute(text(f"CREATE DATABASE {name} CHARACTER SET utf8mb4"))
        await connection.execute(text(f"USE {name}"))
        if template is not None:
            await _copy_tables(connection, template)
    await engine.dispose()


async def _copy_tables(connection: AsyncConnection, template: str) -> None:
    await connection.execute(text("SET foreign_key_checks = 0"))
    for (table,) in list(await connection.execute(text(f"SHOW TABLES FROM {template}"))):
        (_, definition) = (await connection.execute(text(f"SHOW CREATE TABLE {template}.{table}"))).one()
        await connection.exec_driver_sql(definition.replace("%", "%%"))
        await connection.execute(text(f"INSERT INTO {table} SELECT * FROM {template}.{table}"))
