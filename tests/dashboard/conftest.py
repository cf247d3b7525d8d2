"""A shop in Santiago for the tests of the board."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chats.panel_world import Shop
from tests.dashboard.histories import SETTINGS


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url, **SETTINGS)
    yield shop
    await shop.close()
