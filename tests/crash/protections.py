"""Takes each protection out of a copy of the source and sees which test fails: docs/reliability-protections.md.

`python -m tests.crash.protections` tries all of them (about fifteen minutes on a quiet machine); with names, or
beginnings of names, only those: the other rows of the table stay as they are. Exit code 1: something went unnoticed.
"""

import re
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.crash.copies import ROOT, commit_of, copy_of_head, run_tests, verdicts

LIST = Path(__file__).with_name("protections.toml")
REPORT = ROOT / "docs" / "reliability-protections.md"
ALL_PASSED, SOME_FAILED = 0, 1
UNNOTICED, NOT_TRIED = "**no test fails**", "not tried yet"
HEAD = """# What each protection is worth

Each row takes one protection out of a copy of the source and names the test that fails without it; the same test
passes with it. What is taken out and which tests are asked stands in `tests/crash/protections.toml`;
`python -m tests.crash.protections` (or `… "lane order"`) tries again and rewrites this page.

| Protection | File | Test that fails without it | Commit |
|---|---|---|---|
"""
ROW = re.compile(r"^\| (?P<name>[^|]+) \| [^|]+ \| (?P<test>[^|]+) \| (?P<commit>[^|]+) \|$", re.MULTILINE)


def main(wanted: Sequence[str]) -> int:
    protections = tomllib.loads(LIST.read_text("utf-8"))["protection"]
    known = {row["name"]: (row["test"], row["commit"]) for row in ROW.finditer(_written())}
    commit = commit_of()
    with copy_of_head() as copy:
        for protection in protections:
            name = protection["name"]
            if not wanted or any(name.startswith(beginning) for beginning in wanted):
                known[name] = (tried(copy, protection), commit)
                REPORT.write_text(report(protections, known), encoding="utf-8")
                sys.stdout.write(f"{name}: {known[name][0]}\n")
    return int(any(test.startswith("**") for test, _ in known.values()))


def tried(copy: Path, protection: dict[str, Any]) -> str:
    """The name of the test that failed, or in bold what is wrong."""
    if (found := asked(copy, protection))[0] != ALL_PASSED:
        return f"**fails with it, too: {found[1]}**"
    originals = {edit["file"]: (copy / edit["file"]).read_text("utf-8") for edit in protection["edit"]}
    try:
        for edit in protection["edit"]:
            if not take_out(copy / edit["file"], edit["old"], edit["new"]):
                return f"**{edit['file']} has changed: it does not hold what is to be taken out**"
        code, test = asked(copy, protection)
    finally:
        for name, source in originals.items():
            (copy / name).write_text(source, encoding="utf-8")
    return {ALL_PASSED: UNNOTICED, SOME_FAILED: test}.get(code, f"**pytest ended with {code}**")


def asked(copy: Path, protection: dict[str, Any]) -> tuple[int, str]:
    """How the protection's tests end, and the first that fails."""
    only = ["-k", protection["only"]] if "only" in protection else []
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.xml"
        code = run_tests(copy, ["-x", *only, *protection["tests"]], results)
        failed = [f"{name} ({Path(file).name})" for file, name, verdict in verdicts(results) if verdict == "failed"]
    return code, (failed or ["?"])[0].replace("|", "/")


def take_out(path: Path, old: str, new: str) -> bool:
    source = path.read_text("utf-8")
    if old not in source:
        return False
    path.write_text(source.replace(old, new, 1), encoding="utf-8")
    return True


def report(protections: Sequence[dict[str, Any]], known: dict[str, tuple[str, str]]) -> str:
    return HEAD + "".join(_row(each, *known.get(each["name"], (NOT_TRIED, "-"))) for each in protections)


def _row(protection: dict[str, Any], test: str, commit: str) -> str:
    files = ", ".join(dict.fromkeys(edit["file"].removeprefix("src/waia/") for edit in protection["edit"]))
    return f"| {protection['name']} | {files} | {test} | {commit} |\n"


def _written() -> str:
    return REPORT.read_text("utf-8") if REPORT.exists() else ""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
