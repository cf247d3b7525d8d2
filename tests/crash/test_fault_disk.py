"""A full disk and a file that may not grow: 503 until there is room, every 200 kept, people can still work."""

import asyncio
import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.effort import times
from tests.crash.fault_world import Meta, browser, quiet_body, stored_wamids
from tests.programs import need_root
from tests.road_world import Served, eventually, served
from tests.roads.invariants import check_invariants

DISK_MB, BALLAST, WORDS, REFUSALS = 8, 2_000_000, "x" * 3_000, 20
FILE_LIMIT = 2 * 1024 * 1024
ROUNDS = times(5, 40)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB with 2 MB of ballast on it."""
    need_root("to mount a small disk")
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", folder], check=True)
    (folder / "ballast").write_bytes(b"x" * BALLAST)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


async def test_disk_full_is_503_and_heals_by_itself(tmp_path: Path, small_disk: Path) -> None:
    """F15: what waia fills itself leaves room for people; what others fill leaves at least reading."""
    async with served(tmp_path, f"sqlite:///{small_disk / 'waia.db'}", DISK_RESERVE_MB="1") as road:
        road.world.postman.subscribed = False
        meta = Meta(road)
        taken = await fill(meta)
        await people_can_work(road)
        await asyncio.to_thread(fill_to_the_last_byte, small_disk)
        assert {await meta.once(quiet_body(f"wamid.full.{n}")) for n in range(3)} == {503}
        await people_can_read(road)
        assert taken <= await stored_wamids(road)
        (small_disk / "ballast").unlink()
        for number in range(ROUNDS):
            (small_disk / "rest").unlink()
            await eventually(lambda: is_taken(meta, f"wamid.healed.{number}"), "webhooks are taken again", 5)  # noqa: B023
            await asyncio.to_thread(fill_to_the_last_byte, small_disk)
            assert await meta.once(quiet_body(f"wamid.again.{number}")) == 503
        (small_disk / "rest").unlink()
        await eventually(lambda: is_taken(meta, "wamid.healed"), "webhooks are taken again", 5)
        assert set(meta.answers) == {200, 503}
        await road.calm()
        assert taken | {"wamid.healed"} <= await stored_wamids(road)
        await check_invariants(road)


async def test_a_file_that_may_not_grow_is_503_and_heals_by_itself(tmp_path: Path, sqlite_url: str) -> None:
    """F16, with the limit set on the running process and lifted again."""
    async with served(tmp_path, sqlite_url) as road:
        meta = Meta(road)
        assert road.waia.process is not None
        pid, unlimited = road.waia.process.pid, resource.RLIM_INFINITY
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (FILE_LIMIT, unlimited))
        taken = await fill(meta)
        await people_can_read(road)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (unlimited, unlimited))
        await eventually(lambda: is_taken(meta, "wamid.healed"), "webhooks are taken again", 5)
        assert set(meta.answers) == {200, 503}
        await road.calm()
        assert taken | {"wamid.healed"} == await stored_wamids(road)
        await check_invariants(road)


async def fill(meta: Meta) -> set[str]:
    """Until twenty webhooks were refused; those that were taken."""
    taken, number = set(), 0
    while meta.answers[503] < REFUSALS:
        names = [f"wamid.{number + n}" for n in range(10)]
        number += len(names)
        assert number < 10_000, "it never got full"
        answers = await asyncio.gather(*(meta.once(quiet_body(name, WORDS)) for name in names))
        taken |= {name for name, status in zip(names, answers, strict=True) if status == 200}
    assert taken
    return taken


async def people_can_work(road: Served) -> None:
    """Sign in, and read the list."""
    async with browser(road.waia) as ana:
        assert (await ana.sign_in("admin", road.waia.environ["WAIA_ADMIN_PASSWORD"])).status_code == 303
        assert (await ana.get("/")).status_code == 200
        assert "disk" in (await ana.get("/readyz")).text


async def people_can_read(road: Served) -> None:
    async with browser(road.waia) as ana:
        assert (await ana.get("/login")).status_code == 200
        assert (await ana.get("/readyz")).status_code == 200


async def is_taken(meta: Meta, wamid: str) -> bool:
    return await meta.once(quiet_body(wamid)) == 200


def fill_to_the_last_byte(disk: Path) -> None:
    free = shutil.disk_usage(disk).free
    with (disk / "rest").open("wb") as rest:
        os.posix_fallocate(rest.fileno(), 0, free)
