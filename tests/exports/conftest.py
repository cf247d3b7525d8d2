"""The shop of the tests about exports, on both databases where a test asks for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chats.panel_world import Shop


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


@pytest.fixture
async def each_shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()
