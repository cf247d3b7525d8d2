"""One database per test, copied from one that was migrated once."""

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.accounts.world import World, open_database
from waia.kit.db import Database
from waia.kit.wakeups import Wakeups


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import asyncio

    file = tmp_path_factory.mktemp("migrated") / "waia.db"

    async def make() -> None:
        await (await open_database(f"sqlite:///{file}")).close()

    asyncio.run(make())
    return file


@pytest_asyncio.fixture
async def make_world(tmp_path: Path, migrated_file: Path) -> AsyncIterator[Callable[..., World]]:
    file = tmp_path / "waia.db"
    shutil.copy(migrated_file, file)
    database = Database(f"sqlite:///{file}", Wakeups())

    def make(**settings: Any) -> World:
        return World(tmp_path, database, **settings)

    yield make
    await database.close()


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()
