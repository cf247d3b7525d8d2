"""An old database, and a waia that is set up and empty."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import _execute
from tests.moving.mover import Mover


@pytest.fixture
def mover(tmp_path: Path, sqlite_url: str) -> Mover:
    return Mover(tmp_path, f"sqlite:///{tmp_path / 'old.db'}", sqlite_url)


@pytest.fixture
async def maria_mover(tmp_path: Path, mariadb_server: str, mariadb_url: str) -> AsyncIterator[Mover]:
    """Both on MariaDB; the old one in Latin-1, as its server had it."""
    name = f"old_{secrets.token_hex(6)}"
    await _execute(mariadb_server, (f"CREATE DATABASE {name} CHARACTER SET latin1",))
    yield Mover(tmp_path, f"{mariadb_server}/{name}", mariadb_url)
    await _execute(mariadb_server, (f"DROP DATABASE {name}",))
