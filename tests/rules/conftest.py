"""An empty, migrated database and plain settings for the tests of the flow."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chats.panel_world import Browser, Shop
from waia.kit.db import Database
from waia.kit.wakeups import Wakeups
from waia.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"WAIA_DATA": str(tmp_path)}, env_file=None)


@pytest.fixture
async def database(settings: Settings, migrated_file: Path) -> AsyncIterator[Database]:
    shutil.copy(migrated_file, settings.data_dir / "waia.db")
    database = Database(settings.sqlalchemy_url, Wakeups())
    yield database
    await database.close()


@pytest.fixture
async def beto(shop: Shop) -> AsyncIterator[Browser]:
    """The admin of the shop that a module brings."""
    async with shop.browser("beto") as browser:
        yield browser
