"""Named points at which a test kills this process as `kill -9` would; inert unless `WAIA_FAILPOINT` names one."""

import os

_wanted, _, _count = os.environ.get("WAIA_FAILPOINT", "").partition(":")
_left = int(_count or 1)


def reach(point: str) -> None:
    """Exit at once, without any clean-up, when this is the wanted point (`name`, or `name:3` for the third time)."""
    global _left
    if point != _wanted:
        return
    _left -= 1
    if _left <= 0:
        os._exit(137)
