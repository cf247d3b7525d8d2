"""How much a suite of faults does: a short form on every submission, a long one for `make soak`.

`WAIA_SOAK` is the share of the long form: unset or 0 is the short one, 1 all of it, 0.1 a tenth.
`WAIA_SOAK_FIGURES` names a file to which tests add what they counted.
"""

import json
import os
from pathlib import Path

SOAK = float(os.environ.get("WAIA_SOAK") or 0)
FIGURES = os.environ.get("WAIA_SOAK_FIGURES", "")


def times(short: int, long: int) -> int:
    """How often to do something: `short` on every submission, up to `long` in a soak, never fewer than `short`."""
    return max(short, round(long * SOAK))


def note_figures(row: str, **figures: float | str) -> None:
    """Keep what was counted for the report of a soak; `row` is the row of the failure matrix."""
    if FIGURES:
        with Path(FIGURES).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"row": row, **figures}) + "\n")
