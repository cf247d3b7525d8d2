"""The fork server of a test session, and the databases on which everything is killed."""

import pytest

from tests.crash.effort import SOAK
from tests.crash.forks import Forks, shared_forks


@pytest.fixture(scope="session")
def forks() -> Forks:
    return shared_forks()


@pytest.fixture(params=["sqlite", "mariadb"] if SOAK else ["sqlite"])
def crash_url(request: pytest.FixtureRequest) -> str:
    """A soak kills at every point on both databases."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
