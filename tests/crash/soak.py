"""`make soak`: the suites of faults in their long form, and docs/reliability.md with what came out.

`python -m tests.crash.soak [share]`: 1 is all of it (about 40 minutes on a quiet machine), 0.25 a quarter of what
has a long form, 5 what a night has time for. It runs in a copy of the last commit, two parts beside each other: most of
the time a part waits for processes that start or die.
"""

import json
import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from tests.crash.copies import ROOT, commit_of, copy_of_head, run_tests, verdicts
from tests.crash.rows import ROWS, Row

REPORT = ROOT / "docs" / "reliability.md"
AT_ONCE = 2
FIGURES_OF_KILLS = ("kills", "messages", "replies", "repeated_webhooks", "resent", "flagged")
PARTS = (
    "tests/crash/test_random_kills.py",
    "tests/crash/test_random_kills_mariadb.py",
    "tests/crash/test_storm.py",
    "tests/crash/test_two_webs.py tests/kit/test_relay.py",
    "tests/crash/test_killed.py",
    "tests/crash/test_killed_files.py",
    "tests/crash/test_killed_migration.py",
    "tests/crash/test_killed_restore.py tests/crash/test_killed_upgrade.py tests/backups",
    "tests/crash/test_killed_notes.py tests/transcription",
    "tests/crash/test_planted.py",
    "tests/crash/test_stalled.py",
    "tests/crash/test_restarted.py",
    "tests/crash/test_stopped.py",
    "tests/crash/test_one_server.py",
    "tests/crash/test_fault_*.py tests/health/test_start.py",
    "tests/roads tests/workers tests/kit/test_queue.py tests/whatsapp/test_split.py",
    "tests/payloads/test_mutated_bodies.py",
    "tests/media/test_files_survive.py tests/media/test_ffmpeg.py",
    "tests/moving/test_killed_moving.py",
    "tests/crash/test_long_run.py",
)


@dataclass
class Soak:
    """What is known so far. `ended`: how often a test ended how, by its function; `seconds` by part."""

    share: str
    commit: str
    load_before: float
    started: float = field(default_factory=time.monotonic)
    ended: dict[str, "Counter[str]"] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    figures: list[dict[str, Any]] = field(default_factory=list)
    writing: Lock = field(default_factory=Lock)

    @property
    def failed(self) -> list[str]:
        return [test for test, counts in self.ended.items() if counts["failed"]] + self.broken


def main(share: str) -> int:
    """The report is written after each part, so that a soak that is cut short has one, too."""
    soak = Soak(share, commit_of(), os.getloadavg()[1])
    with copy_of_head() as copy, ThreadPoolExecutor(AT_ONCE) as beside:
        list(beside.map(lambda part: run(soak, part, copy), PARTS))
    return 1 if soak.failed else 0


def run(soak: Soak, part: str, copy: Path) -> None:
    """One pytest for the part; how its tests ended and what they counted."""
    with tempfile.TemporaryDirectory() as folder:
        figures, results = Path(folder) / "figures", Path(folder) / "results.xml"
        files = [str(path) for pattern in part.split() for path in sorted(copy.glob(pattern))]
        started = time.monotonic()
        run_tests(copy, files, results, {"WAIA_SOAK": soak.share, "WAIA_SOAK_FIGURES": str(figures)})
        soak.seconds[part] = time.monotonic() - started
        counted = map(json.loads, figures.read_text("utf-8").splitlines() if figures.exists() else [])
        with soak.writing:
            note(soak, part, verdicts(results), list(counted))
            REPORT.write_text(report(soak), encoding="utf-8")


def note(soak: Soak, part: str, found: Sequence[tuple[str, str, str]], counted: Sequence[dict[str, Any]]) -> None:
    for _, test, verdict in found:
        soak.ended.setdefault(test.partition("[")[0], Counter())[verdict] += 1
    soak.broken += [] if found else [part]
    soak.figures += counted


def report(soak: Soak) -> str:
    lines = [*_heading(soak), *(_row(soak, row) for row in ROWS), "", "## Figures", ""]
    lines += [f"- {line}" for line in told(soak.figures)]
    lines += ["", "## Time", "", "| Tests | Seconds |", "|---|---|"]
    lines += [f"| {part} | {_seconds(soak, part)} |" for part in PARTS]
    rest = [test for test in soak.failed if not any(test in row.tests for row in ROWS)]
    lines += ["", "## Failed beside these rows", "", *(f"- {test}" for test in rest)] if rest else []
    return "\n".join(lines) + "\n"


def told(figures: Sequence[dict[str, Any]]) -> list[str]:
    """Runs of the random killer are added up for each database; everything else is told as it was counted."""
    kills = [each for each in figures if each["row"] == "N1"]
    lines = [_sum_of_kills(database, kills) for database in dict.fromkeys(each["database"] for each in kills)]
    rest = [each for each in figures if each["row"] not in {"N1", "N4"}]
    return lines + [", ".join(f"{name} {value}" for name, value in each.items()) for each in rest]


def _sum_of_kills(database: str, kills: Sequence[dict[str, Any]]) -> str:
    mine = [each for each in kills if each["database"] == database]
    sums = ", ".join(f"{sum(each[name] for each in mine)} {name.replace('_', ' ')}" for name in FIGURES_OF_KILLS)
    return f"N1 {database}: {len(mine)} runs passed, {sums}; in these nothing lost, doubled unflagged or out of order"


def _heading(soak: Soak) -> list[str]:
    load = f"load {soak.load_before:.1f} before and {os.getloadavg()[1]:.1f} after"
    return [
        "# Reliability: what the long form of the fault suites showed",
        "",
        "Written by `make soak`; the short form of the same tests is part of `make check`. N are the numeric goals,",
        "F the rows of the failure matrix. What each protection is worth stands in",
        "[reliability-protections.md](reliability-protections.md).",
        "",
        f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {soak.commit}, share {soak.share} of the long form,"
        f" {(time.monotonic() - soak.started) / 60:.0f} minutes",
        f"- {platform.system()} {platform.machine()}, {os.cpu_count()} cores, {load};"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}",
        "",
        "| Rows | What | Database | Each submission | Share 1 | This run |",
        "|---|---|---|---|---|---|",
    ]


def _row(soak: Soak, row: Row) -> str:
    return f"| {row.ids} | {row.what} | {row.database} | {row.ci} | {row.soak} | {_ended(soak, row)} |"


def _ended(soak: Soak, row: Row) -> str:
    counts = sum((soak.ended.get(test, Counter()) for test in row.tests), Counter[str]())
    missing = [test for test in row.tests if not sum(soak.ended.get(test, Counter()).values())]
    if not counts:
        return "not run"
    told_of = [f"{counts[verdict]} {verdict}" for verdict in ("passed", "failed", "skipped") if counts[verdict]]
    return ", ".join(told_of + ([f"{len(missing)} not run"] if missing else []))


def _seconds(soak: Soak, part: str) -> str:
    return f"{soak.seconds[part]:.0f}" if part in soak.seconds else "not run"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else "1"))
