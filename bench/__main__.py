"""Runs every measurement (or those named), prints one table, writes bench/results.json and docs/benchmark.md."""

import os
import platform
import subprocess
import sys
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import uvloop

from bench import bot, ingest, numbers, pages, process, road, search, sheets, streams, voice
from bench.figures import Figure, table
from bench.mariadb import mariadb
from bench.size import FULL
from bench.stand import Ground
from waia.kit.logs import set_up_logging

ROOT = Path(__file__).parents[1]
Measurement = Callable[[Ground], AsyncIterator[Figure]]
ON_SQLITE: dict[str, Measurement] = {
    "process": process.measure,
    "bot": bot.measure,
    "ingest": ingest.measure,
    "pages": pages.measure,  # before the road, which writes into one of its two databases
    "road": road.measure,
    "search": search.measure,
    "sheets": sheets.measure,
    "numbers": numbers.measure,
    "streams": streams.measure,
    "voice": voice.measure,
}
ON_MARIADB = {name: measure for name, measure in ON_SQLITE.items() if name not in {"bot", "voice"}}


@dataclass
class Outcome:
    """`failed` names the parts of which figures are missing, and why."""

    figures: list[Figure] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    async def add(self, prefix: str, part: str, figures: AsyncIterator[Figure]) -> None:
        """What a part measured before it failed is kept, and the others go on."""
        try:
            async for figure in figures:
                self.figures.append(replace(figure, name=prefix + figure.name))
                sys.stderr.write(f"{prefix}{figure.name}: {figure.value:.4g} {figure.unit}\n")
        except Exception as error:  # noqa: BLE001  # one part must not lose the others
            self.failed.append(f"{prefix}{part}: {type(error).__name__} {error}")
            sys.stderr.write(f"FAILED {self.failed[-1]}\n")


async def main(wanted: Sequence[str]) -> int:
    set_up_logging("ERROR", "")
    warnings.filterwarnings("ignore", message=".*ignored for PRIMARY key")
    load, outcome = os.getloadavg()[0], Outcome()
    with tempfile.TemporaryDirectory(prefix="waia") as folder, mariadb() as server:
        grounds = [("", Ground(Path(folder)), ON_SQLITE)]
        if server is not None:
            crowds = FULL.crowds[:1]
            grounds.append(("MariaDB: ", Ground(Path(folder), server, replace(FULL, crowds=crowds)), ON_MARIADB))
        for prefix, ground, measurements in grounds:
            for part, measure in measurements.items():
                if not wanted or part in wanted:
                    await outcome.add(prefix, part, measure(ground))
    sys.stdout.write(f"\n{table(outcome.figures)}\n")
    if not wanted:
        _publish(outcome, load)
    return 1 if outcome.failed else 0


def _publish(outcome: Outcome, load: float) -> None:
    facts = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": _commit(),
        "processors": os.cpu_count() or 1,
        "machine": platform.machine(),
        "python": platform.python_version(),
        "load_before": round(load, 2),
    }
    results = {**facts, "failed": outcome.failed, "figures": [figure.to_json() for figure in outcome.figures]}
    raw = msgspec.json.format(msgspec.json.encode(results), indent=1)
    (ROOT / "bench/results.json").write_bytes(raw + b"\n")
    busy = f"; other work kept it busy (load {load:.1f} before the run)" if load >= 0.5 else ""
    missing = "".join(f"\n- **Not measured**: {each}" for each in outcome.failed)
    words = {**facts, "load": busy, "failed": missing, "table": table(outcome.figures)}
    page = (ROOT / "bench/page.md").read_text("utf-8").format(**words)
    (ROOT / "docs/benchmark.md").write_text(page, "utf-8")


def _commit() -> str:
    command = ("git", "-C", str(ROOT), "describe", "--always", "--dirty")
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or "unknown"  # noqa: S603


if __name__ == "__main__":
    sys.exit(uvloop.run(main(sys.argv[1:])))
