"""The fork server of a test session, the databases on which everything is killed, and room for open pages."""

import resource

import pytest

from tests.crash.effort import SOAK
from tests.crash.forks import Forks, shared_forks

MANY_FILES = 2_000


@pytest.fixture(scope="session")
def forks() -> Forks:
    return shared_forks()


@pytest.fixture
def many_files() -> None:
    """This process holds one end of each of five hundred streams."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < MANY_FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(MANY_FILES, hard), hard))


@pytest.fixture(params=["sqlite", "mariadb"] if SOAK else ["sqlite"])
def crash_url(request: pytest.FixtureRequest) -> str:
    """A soak kills at every point on both databases."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
