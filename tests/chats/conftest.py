"""An office with three people for the tests of the live updates."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.chats.stream_world import Office


@pytest.fixture
async def office(tmp_path: Path, migrated_file: Path) -> AsyncIterator[Office]:
    office = await Office.open(tmp_path, migrated_file)
    yield office
    await office.database.close()
