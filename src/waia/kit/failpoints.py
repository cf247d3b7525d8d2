"""Named points at which a test kills this process as `kill -9` would; inert unless `WAIA_FAILPOINT` names one."""

import os
from collections.abc import Callable
from dataclasses import dataclass

KILLED = 137


def _die() -> None:
    os._exit(KILLED)


@dataclass(slots=True)
class _Armed:
    point: str = ""
    left: int = 0
    strike: Callable[[], None] = _die


_armed = _Armed()


def arm(wanted: str, strike: Callable[[], None] = _die) -> None:
    """Strike when this point is reached (`name`, or `name:3` for the third time): by default exit without clean-up."""
    _armed.point, _, count = wanted.partition(":")
    _armed.left, _armed.strike = int(count or 1), strike


def reach(point: str) -> None:
    """Here a process may die: whoever reads the database afterwards must be able to go on."""
    if point == _armed.point:
        _armed.left -= 1
        if _armed.left == 0:
            _armed.strike()


arm(os.environ.get("WAIA_FAILPOINT", ""))
