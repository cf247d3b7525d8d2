"""A copy that is taken while customers write, put back elsewhere: whole, and not a second behind."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.backups.owner import Owner, elsewhere
from tests.crash.effort import note_figures, times
from tests.crash.fault_world import Meta, Traffic, quiet_body
from tests.crash.forks import Forks
from tests.media.samples import sample
from tests.road_world import Served, Waia, served
from tests.roads.bodies import PNID
from waia.backups.checking import check
from waia.backups.repository import damage
from waia.kit.db import Database
from waia.kit.wakeups import Wakeups

BEFORE = times(60, 20_000)
KINDS = ("sqlite", "mariadb")
PHOTOS = times(2, 40)


class Acknowledged(Meta):
    """Remembers when each message was answered 200."""

    async def insist(self, body: bytes) -> None:
        await super().insist(body)
        self.at[body] = datetime.now(UTC)

    def __init__(self, road: Served) -> None:
        super().__init__(road)
        self.at: dict[bytes, datetime] = {}


def body(number: int) -> bytes:
    return quiet_body(f"wamid.load{number:07}", f"mensaje {number}", sender=f"57300{number % 40:07}")


def wamid(posted: bytes) -> str:
    start = posted.index(b"wamid.load")
    return posted[start : start + 17].decode()


async def photos(road: Served) -> None:
    carla = road.world.handset("carla", PNID)
    for _ in range(PHOTOS):
        await carla.sends_media("image", sample("photo.jpg").read_bytes(), "image/jpeg")
    await road.until("SELECT count(*) FROM media WHERE state = 'ready'", PHOTOS)


@pytest.mark.timeout(times(120, 1_800))
@pytest.mark.parametrize(("taken_url", "put_url"), [(kind, kind) for kind in KINDS], indirect=True)
async def test_a_copy_taken_under_load_is_whole_and_not_a_second_behind(
    tmp_path: Path, taken_url: str, put_url: str, forks: Forks
) -> None:
    owner, copy = Owner(tmp_path, taken_url), tmp_path / "copy.tar"
    async with served(tmp_path, owner.url, spawn=forks.spawn()) as road:
        meta = Acknowledged(road)
        await meta.insist_on_all([body(number) for number in range(BEFORE // 2)])
        async with Traffic(meta, lambda number: body(BEFORE + number)):
            await photos(road)
            await meta.insist_on_all([body(number) for number in range(BEFORE // 2, BEFORE)])
            asked, started = datetime.now(UTC), time.monotonic()
            await succeeds(Waia(tmp_path, owner.environ, arguments=("backup", str(copy)), spawn=forks.spawn()))
            took_s = time.monotonic() - started
        answers = meta.answers
    checked = await asyncio.to_thread(check, copy)
    taken_at = checked.manifest.taken_at
    wanted = {wamid(posted) for posted, at in meta.at.items() if at <= taken_at}
    assert set(answers) == {200}, answers
    assert len(wanted) >= BEFORE
    assert taken_at >= asked

    other = elsewhere(tmp_path / "other", put_url)
    await other.restores(copy)
    assert await is_whole(other.url)
    assert set(other.files()) >= await known_keys(other)
    more: Any = other.more
    async with served(other.folder, other.url, spawn=forks.spawn(), **more) as road:
        await road.calm()
        stored = await road.store.column("SELECT wa_id FROM mensajes WHERE wa_id LIKE 'wamid.load%'")
        assert len(stored) == len(set(stored))
        assert wanted <= set(stored)
    behind = max((at for posted, at in meta.at.items() if wamid(posted) in stored), default=asked)
    note_figures(
        "N25", database=taken_url.partition(":")[0], messages=len(stored), files=checked.files, took_s=round(took_s, 2),
        behind_s=round((taken_at - behind).total_seconds(), 3), lost=len(wanted - set(stored)),
    )  # fmt: skip
    assert (taken_at - behind).total_seconds() <= 1


async def succeeds(process: Waia) -> None:
    await process.launch()
    assert await process.died() == 0, process.log[-2000:]


async def is_whole(url: str) -> bool:
    database = Database(url, Wakeups())
    try:
        return not await damage(database)
    finally:
        await database.close()


async def known_keys(owner: Owner) -> set[str]:
    rows = await owner.store.rows("SELECT storage_key, thumb_key, playable_key FROM media_files")
    return {key for row in rows for key in row if key}
