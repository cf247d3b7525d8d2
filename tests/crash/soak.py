"""`make soak`: the suites of faults in their long form, and docs/reliability.md with what came out.

`python -m tests.crash.soak [share]`: 1 is all of it (about 45 minutes on a quiet machine), 0.1 a tenth.
"""

import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "docs" / "reliability.md"
FIGURES_OF_KILLS = ("kills", "messages", "replies", "repeated_webhooks", "resent", "flagged")


@dataclass(frozen=True)
class Part:
    """Tests that belong together; `rows` are those of the failure matrix."""

    rows: str
    what: str
    tests: str


@dataclass(frozen=True)
class Outcome:
    part: Part
    passed: int
    failed: int
    skipped: int
    seconds: float
    figures: Sequence[dict[str, Any]]


PARTS = (
    Part("N1, N2", "kill -9 at random of one process that does everything, SQLite", "tests/crash/test_random_kills.py"),
    Part("N1, N2", "kill -9 at random of web and two workers, MariaDB", "tests/crash/test_random_kills_mariadb.py"),
    Part("N3, F1–F6", "kill -9 at every failpoint", "tests/crash/test_killed.py"),
    Part("N4", "eight planted bugs, each noticed", "tests/crash/test_planted.py"),
    Part("F5", "a worker stands still longer than its lease", "tests/crash/test_stalled.py"),
    Part("N7, F8", "all killed, started again with a backlog", "tests/crash/test_restarted.py"),
    Part("N5, N8–N11, F3, F10–F34", "faults of database, system and wire", "tests/crash/test_fault_*.py"),
    Part("N21", "half load for long", "tests/crash/test_long_run.py"),
)


def main(share: str) -> int:
    """The report is written after each part, so that a soak that is cut short has one, too."""
    outcomes: list[Outcome] = []
    for part in PARTS:
        outcomes.append(run(part, share))
        REPORT.write_text(report(outcomes, share), encoding="utf-8")
    return 1 if any(outcome.failed for outcome in outcomes) else 0


def run(part: Part, share: str) -> Outcome:
    """One pytest for the part; how its tests ended and what they counted."""
    with tempfile.TemporaryDirectory() as folder:
        figures, results = Path(folder) / "figures", Path(folder) / "results.xml"
        environ = {**os.environ, "WAIA_SOAK": share, "WAIA_SOAK_FIGURES": str(figures)}
        files = [str(path) for path in sorted(ROOT.glob(part.tests))]
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={results}", *files]
        started = time.monotonic()
        subprocess.run(command, cwd=ROOT, env=environ, check=False)
        return read_outcome(part, results, figures, time.monotonic() - started)


def read_outcome(part: Part, results: Path, figures: Path, seconds: float) -> Outcome:
    suite = next(ElementTree.parse(results).iter("testsuite")).attrib if results.exists() else {"errors": "1"}
    count = {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")}
    failed = count["failures"] + count["errors"]
    lines = figures.read_text("utf-8").splitlines() if figures.exists() else []
    passed = count["tests"] - failed - count["skipped"]
    return Outcome(part, passed, failed, count["skipped"], seconds, [json.loads(line) for line in lines])


def report(outcomes: Sequence[Outcome], share: str) -> str:
    missing = [f"| {part.rows} | {part.what} | not run | | | |" for part in PARTS[len(outcomes) :]]
    lines = [*_heading(share), *(_row(outcome) for outcome in outcomes), *missing, "", "## Figures", ""]
    for outcome in outcomes:
        lines += [f"- {line}" for line in told(outcome.figures)]
    return "\n".join(lines) + "\n"


def told(figures: Sequence[dict[str, Any]]) -> list[str]:
    """Runs of the random killer are added up for each database; everything else is told as it was counted."""
    kills = [each for each in figures if each["row"] == "N1"]
    lines = [_sum_of_kills(database, kills) for database in dict.fromkeys(each["database"] for each in kills)]
    rest = [each for each in figures if each["row"] != "N1"]
    return lines + [", ".join(f"{name} {value}" for name, value in each.items()) for each in rest]


def _sum_of_kills(database: str, kills: Sequence[dict[str, Any]]) -> str:
    mine = [each for each in kills if each["database"] == database]
    sums = ", ".join(f"{sum(each[name] for each in mine)} {name.replace('_', ' ')}" for name in FIGURES_OF_KILLS)
    return (
        f"N1 {database}, runs: {len(mine)}, {sums}; lost 0, doubled unflagged 0, out of order 0 in each run that passed"
    )


def _heading(share: str) -> list[str]:
    asked = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[1]:.1f}"
    software = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return [
        "# Reliability: what the long form of the fault suites showed",
        "",
        "Written by `make soak`; the short form of the same tests is part of `make check`.",
        "The rows are those of the failure matrix: each names a fault, what must hold, and how it is tried.",
        "",
        f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit.stdout.strip()}, share {share} of the long form",
        f"- {machine}; {software}",
        "",
        "| Rows | What | Tests passed | Failed | Skipped | Seconds |",
        "|---|---|---|---|---|---|",
    ]


def _row(outcome: Outcome) -> str:
    counts = f"{outcome.passed} | {outcome.failed} | {outcome.skipped} | {outcome.seconds:.0f}"
    return f"| {outcome.part.rows} | {outcome.part.what} | {counts} |"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else "1"))
