"""Bugs that a test plants in a waia process of its own, to see that the checks notice them."""

from collections.abc import Callable

BUGS: dict[str, Callable[[], None]] = {}


def apply(bug: str) -> None:
    """Plant this bug in this process; an empty name plants none."""
    if bug:
        BUGS[bug]()
