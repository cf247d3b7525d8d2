"""How much a suite of faults does: a short form on every submission, a long one for `make soak`.

`WAIA_SOAK` is the share of the long form: unset or 0 is the short one, 1 all of it, 0.1 a tenth.
"""

import os

SOAK = float(os.environ.get("WAIA_SOAK") or 0)


def times(short: int, long: int) -> int:
    """How often to do something: `short` on every submission, up to `long` in a soak, never fewer than `short`."""
    return max(short, round(long * SOAK))
