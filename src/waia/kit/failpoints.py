"""Named points at which a test kills this process as `kill -9` would; inert unless `WAIA_FAILPOINT` names one."""

import os

_wanted, _, _count = os.environ.get("WAIA_FAILPOINT", "").partition(":")
_countdown = iter(range(int(_count or 1) - 1, -1, -1))


def reach(point: str) -> None:
    """Exit at once, without any clean-up, when this is the wanted point (`name`, or `name:3` for the third time)."""
    if point == _wanted and next(_countdown, 0) == 0:
        os._exit(137)
