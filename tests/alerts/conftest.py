"""The shop of the tests about alerts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.alerts.world import Watchtower, open_watchtower


@pytest.fixture
async def tower(tmp_path: Path, database_url: str) -> AsyncIterator[Watchtower]:
    async with open_watchtower(tmp_path, database_url) as tower:
        yield tower


@pytest.fixture
async def each_tower(tmp_path: Path, database_url: str) -> AsyncIterator[Watchtower]:
    async with open_watchtower(tmp_path, database_url) as tower:
        yield tower
