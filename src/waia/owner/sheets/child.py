"""Run as a program of its own, boxed in: reads a sheet and compares it.

`child.py <sheet> <context> <summary> <changes>`: the first two are read, the others written.
What it tells on its way are lines of standard output: the rows read so far.
"""

import sys
from pathlib import Path

import msgspec

from waia.owner.sheets.comparing import compare
from waia.owner.sheets.outcome import changes_of, summary_of
from waia.owner.sheets.reading import read_grid
from waia.owner.sheets.values import Context, Refused, Report


def main(sheet: str, context: str, summary: str, changes: str) -> None:
    told = msgspec.json.decode(Path(context).read_bytes(), type=Context)
    try:
        found = compare(read_grid(Path(sheet), told.kind, _tell), told)
    except Refused as error:
        found = Report(problems=[error.problem])
    with Path(changes).open("wb") as lines:
        lines.writelines(msgspec.json.encode(change) + b"\n" for change in changes_of(found, told))
    Path(summary).write_bytes(msgspec.json.encode(summary_of(found)))


def _tell(rows: int) -> None:
    sys.stdout.write(f"{rows}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:5])
