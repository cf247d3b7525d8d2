"""The office of the tests about notifications."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.push.world import Office, open_office


@pytest.fixture
async def office(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Office]:
    async with open_office(tmp_path, sqlite_url) as office:
        yield office
