"""The benchmark still runs: every part of it, at a size that proves nothing but that."""

import asyncio
from pathlib import Path

import pytest

from bench.__main__ import ON_SQLITE
from bench.figures import Figure
from bench.size import TINY
from bench.stand import Ground
from bench.voice import model_folder

FIGURES = {
    "process": 2,
    "bot": 1,
    "ingest": 5,
    "road": 7,
    "pages": 2,
    "search": 8,
    "sheets": 8,
    "numbers": 22,
    "streams": 4,
    "voice": 6 if model_folder() else 0,
}


@pytest.mark.timeout(180)
async def test_every_part_of_the_benchmark_measures_what_it_should(tmp_path: Path) -> None:
    ground = Ground(tmp_path, size=TINY)
    async with ground.stand():
        pass  # the template is made once, before the parts want it at the same time
    measured = await asyncio.gather(*(_figures(part, Ground(tmp_path, size=TINY)) for part in ON_SQLITE))
    for part, figures in zip(ON_SQLITE, measured, strict=True):
        assert len(figures) == FIGURES[part], (part, figures)
        assert all(figure.value > 0 or "lost" in figure.name or "missed" in figure.name for figure in figures), (
            part,
            figures,
        )
    (lost,) = [figure for figures in measured for figure in figures if "lost" in figure.name]
    assert lost.value == 0


async def _figures(part: str, ground: Ground) -> list[Figure]:
    return [figure async for figure in ON_SQLITE[part](ground)]
