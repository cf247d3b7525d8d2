"""Databases for tests of the whole road: a set-up SQLite file to copy, and one MariaDB for the session."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests import servers
from tests.road_world import fresh_sqlite, settings_for
from waia.app.parts import make_parts
from waia.app.setup import set_up
from waia.settings import load_settings

FreshDatabase = Callable[[], Awaitable[str]]


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


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    return fresh_sqlite(sqlite_template, tmp_path)


@pytest.fixture
async def mariadb_url(mariadb_server: str) -> str:
    """A database of its own, empty: waia sets it up when it starts."""
    name = f"waia_{secrets.token_hex(6)}"
    engine = create_async_engine(mariadb_server.replace("mysql:", "mysql+asyncmy:"))
    async with engine.begin() as connection:
        await connection.execute(text(f"CREATE DATABASE {name} CHARACTER SET utf8mb4"))
    await engine.dispose()
    return f"{mariadb_server}/{name}"


@pytest.fixture(params=["sqlite", "mariadb"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The same test on both databases."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


async def _set_up(folder: Path, url: str) -> None:
    parts = make_parts(load_settings(settings_for(folder, "http://127.0.0.1:9", url, 5000), env_file=None))
    await set_up(parts)
    await parts.stop()
