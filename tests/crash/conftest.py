"""The fork server of a test session."""

import pytest

from tests.crash.forks import Forks, shared_forks


@pytest.fixture(scope="session")
def forks() -> Forks:
    return shared_forks()
