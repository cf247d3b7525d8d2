"""The fork server of a test session."""

from collections.abc import Iterator

import pytest

from tests.crash.forks import Forks, fork_server


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    with fork_server() as forks:
        yield forks
