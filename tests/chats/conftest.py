"""An office with three people for the tests of the live updates."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chats.stream_world import Office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    office = await Office.open(tmp_path)
    yield office
    await office.database.close()
