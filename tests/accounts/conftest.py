"""One database per test, and worlds on it."""

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.accounts.world import World
from waia.kit.db import Database
from waia.kit.wakeups import Wakeups


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
