"""The table of the failure matrix names tests that exist, and what is to be taken out of the source is there."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.crash.copies import ROOT
from tests.crash.protections import LIST, take_out
from tests.crash.rows import ROWS
from tests.crash.soak import PARTS

MUST_BE_SHOWN = {f"N{n}" for n in (1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 13, 25)} | {
    f"F{n}" for n in (*range(1, 19), *range(26, 35), 46, 57)
}


def test_every_row_names_tests_that_a_soak_runs() -> None:
    patterns = [pattern for part in PARTS for pattern in part.split()]
    paths = [path for pattern in patterns for path in ROOT.glob(pattern)]
    files = [file for path in paths for file in (path.rglob("test_*.py") if path.is_dir() else [path])]
    known = set(re.findall(r"def (test_\w+)\(", "".join(file.read_text("utf-8") for file in files)))
    assert {test for row in ROWS for test in row.tests} <= known
    assert {each for row in ROWS for each in row.ids.split(", ")} >= MUST_BE_SHOWN


@pytest.mark.parametrize(
    "protection", tomllib.loads(LIST.read_text("utf-8"))["protection"], ids=lambda each: each["name"]
)
def test_a_protection_that_can_be_taken_out_is_there(
    tmp_path: Path, protection: dict[str, list[dict[str, str]]]
) -> None:
    for edit in protection["edit"]:
        copy = tmp_path / "source.py"
        copy.write_text((ROOT / edit["file"]).read_text("utf-8"), encoding="utf-8")
        assert take_out(copy, edit["old"], edit["new"])
        compile(copy.read_text("utf-8"), edit["file"], "exec")
