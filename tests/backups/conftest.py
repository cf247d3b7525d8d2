"""Databases to put a copy into, and the fork server."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import _creation_of, _execute
from tests.crash.conftest import forks

__all__ = ["forks"]


@pytest.fixture
def other_sqlite_url(tmp_path: Path) -> str:
    """No file yet."""
    (tmp_path / "other").mkdir()
    return f"sqlite:///{tmp_path / 'other' / 'waia.db'}"


@pytest.fixture
async def other_mariadb_url(mariadb_server: str) -> AsyncIterator[str]:
    """A database without a table."""
    name = f"waia_{secrets.token_hex(6)}"
    await _execute(mariadb_server, _creation_of(name))
    yield f"{mariadb_server}/{name}"
    await _execute(mariadb_server, (f"DROP DATABASE {name}",))


@pytest.fixture
def taken_url(request: pytest.FixtureRequest) -> str:
    """Of the kind that the test names, set up."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def put_url(request: pytest.FixtureRequest) -> str:
    """Of the kind that the test names, and empty."""
    url: str = request.getfixturevalue(f"other_{request.param}_url")
    return url
