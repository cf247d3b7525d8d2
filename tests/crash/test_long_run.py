"""Half load for a long time: memory, open files and the write-ahead log stay as they are, and nothing goes wrong."""

import asyncio
import os
import random
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crash.effort import SOAK, note_figures
from tests.crash.killer import FLOW
from tests.road_world import Served, served, spawn_program
from tests.roads.bodies import PNID
from tests.roads.desk import publish
from tests.roads.invariants import check_invariants

MINUTES, WARM_SHARE = 6 * SOAK, 0.25
PER_SECOND, CUSTOMERS = 5, 1_000
MOST_GROWTH, MORE_FILES = 1.05, 10


@dataclass(frozen=True)
class Footprint:
    """`rss` and `wal` in bytes."""

    rss: int
    files: int
    wal: int


@pytest.mark.skipif(not SOAK, reason="only in a soak")
@pytest.mark.timeout(0)
async def test_half_load_for_long_leaves_no_trace(tmp_path: Path, sqlite_url: str) -> None:
    async with served(tmp_path, sqlite_url, spawn=spawn_program, SEND_RATE_PER_SECOND="1000") as road:
        await publish(road, *FLOW)
        for number in range(CUSTOMERS):
            road.world.add_customer(f"c{number}", f"c{number}", f"5731{number:08}", reads_at_once=False)
        first = await _talk(road, MINUTES * 60 * WARM_SHARE)
        messages = first + await _talk(road, 0)
        before = footprint(road)
        messages += await _talk(road, MINUTES * 60 * (1 - WARM_SHARE))
        after = footprint(road)
        note_figures("N21", minutes=round(MINUTES, 1), messages=messages, rss_before=before.rss, rss_after=after.rss,
                     files_before=before.files, files_after=after.files, wal_after=after.wal)  # fmt: skip
        assert after.rss < before.rss * MOST_GROWTH
        assert after.files <= before.files + MORE_FILES
        assert after.wal <= max(before.wal * 2, 8_000_000)
        assert "failed" not in road.waia.log
        await check_invariants(road)


async def _talk(road: Served, seconds: float) -> int:
    """Everybody says something now and then; how much was said once all is calm."""
    end, said = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        await road.world.customer_says(f"c{random.randrange(CUSTOMERS)}", PNID, "hola")
        said += 1
        await asyncio.sleep(1 / PER_SECOND)
    await road.calm(120)
    return said


def footprint(road: Served) -> Footprint:
    assert road.waia.process is not None
    proc, page = Path(f"/proc/{road.waia.process.pid}"), os.sysconf("SC_PAGE_SIZE")
    wal = road.folder / "waia.db-wal"
    return Footprint(
        rss=int((proc / "statm").read_text("ascii").split()[1]) * page,
        files=len(list((proc / "fd").iterdir())),
        wal=wal.stat().st_size if wal.exists() else 0,
    )
