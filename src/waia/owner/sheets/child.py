"""Run as a program of its own, boxed in: reads a sheet and compares it. `child.py <sheet> <context> <report>`.

What it tells on its way are lines of standard output: the rows read so far.
"""

import sys
from pathlib import Path

import msgspec

from waia.owner.sheets.comparing import compare
from waia.owner.sheets.reading import read_grid
from waia.owner.sheets.values import Context, Refused, Report


def main(sheet: str, context: str, report: str) -> None:
    told = msgspec.json.decode(Path(context).read_bytes(), type=Context)
    try:
        found = compare(read_grid(Path(sheet), told.kind, _tell), told)
    except Refused as error:
        found = Report(problems=[error.problem])
    Path(report).write_bytes(msgspec.json.encode(found))


def _tell(rows: int) -> None:
    sys.stdout.write(f"{rows}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:4])
