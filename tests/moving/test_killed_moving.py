"""`kill -9` while a database is brought over: the same command goes on, and all is as if nobody had killed it."""

import asyncio
import random
import shutil
from pathlib import Path

import pytest

from tests.crash.conftest import forks
from tests.crash.effort import times
from tests.crash.forks import Forks
from tests.moving.mover import Mover
from tests.moving.original_world import uploads_folder, whole_shop
from tests.road_world import Waia, settings_for
from waia.kit.failpoints import KILLED

__all__ = ["forks"]

# Each start goes on where the one before was killed; together they pass through every part.
POINTS = (
    "moving.before_commit:2", "moving.after_commit:2", "moving.after_file:1", "moving.after_commit:2",
    "moving.before_commit:2", "moving.after_file:2", "moving.before_commit:3",
)  # fmt: skip
MESSAGES = 1_040  # more than one transaction takes
LONG = 20


def importer(mover: Mover, forks: Forks) -> Waia:
    folder = mover.folder / "process"
    folder.mkdir(exist_ok=True)
    arguments = ("import-legacy", mover.old_url, "--timezone", "America/Bogota", "--media", f"{mover.folder}/uploads")
    environ = settings_for(mover.folder, "http://127.0.0.1:9", mover.url, 5000)
    return Waia(folder, environ, arguments=arguments, spawn=forks.spawn())


async def left_alone(mover: Mover, template: Path) -> list[object]:
    """What is here after one run."""
    folder = mover.folder / "calm"
    folder.mkdir()
    shutil.copy(template, folder / "waia.db")
    calm = Mover(folder, mover.old_url, f"sqlite:///{folder / 'waia.db'}")
    await calm.moves(media=mover.folder / "uploads")
    return list(await calm.what_is_here())


@pytest.mark.timeout(times(120, 3_600))
async def test_killed_again_and_again_it_ends_as_if_it_had_been_left_alone(
    mover: Mover, sqlite_template: Path, forks: Forks
) -> None:
    await whole_shop(times(MESSAGES, 200_000)).write(mover.old_url)
    uploads_folder(mover.folder / "uploads")
    wanted = await left_alone(mover, sqlite_template)
    process = importer(mover, forks)
    for point in POINTS:
        await process.launch(WAIA_FAILPOINT=point)
        assert await process.died() == KILLED, f"{point}\n{process.log[-2000:]}"
    await process.launch()
    assert process.process is not None
    assert await process.process.wait() == 0, process.log[-2000:]
    assert await mover.what_is_here() == wanted


@pytest.mark.timeout(times(120, 3_600))
@pytest.mark.skipif(times(0, LONG) == 0, reason="a soak kills at random moments")
async def test_killed_at_random_moments_it_ends_as_if_it_had_been_left_alone(
    mover: Mover, sqlite_template: Path, forks: Forks
) -> None:
    await whole_shop(times(MESSAGES, 40_000)).write(mover.old_url)
    uploads_folder(mover.folder / "uploads")
    wanted = await left_alone(mover, sqlite_template)
    process = importer(mover, forks)
    for seconds in [random.uniform(0.05, 3) for _ in range(times(1, LONG))] + [3_600]:
        await process.launch()
        assert process.process is not None
        try:
            async with asyncio.timeout(seconds):
                ended = await process.process.wait()
        except TimeoutError:
            await process.kill()
        else:
            assert ended == 0, process.log[-2000:]
            break  # one more run would be a second one, with a report of its own
    assert await mover.what_is_here() == wanted
