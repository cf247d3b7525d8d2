"""Previews and playable sound: made after the file is here, made again when something came between, never for ever."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.chats.panel_world import NOW, Shop
from tests.media.samples import claims, sample
from tests.media.shelf import put_file
from tests.programs import need
from tests.road_world import Inside, inside
from tests.roads.bodies import PNID
from tests.roads.invariants import check_invariants
from waia.media import decoders
from waia.media.models import MediaFile
from waia.media.repository import RENDITIONS
from waia.media.storage import new_key
from waia.workers import renditions
from waia.workers.renditions import RenditionsWorker

LOOKED_AT = "SELECT count(*) FROM media_files WHERE checked_at IS NOT NULL"
PREVIEWS = "SELECT count(*) FROM media_files WHERE thumb_key IS NOT NULL"


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


@pytest.fixture
async def road(tmp_path: Path, database_url: str) -> AsyncIterator[Inside]:
    async with inside(tmp_path, database_url) as road:
        yield road


def ffmpeg_that(folder: Path, does: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The decoder of this process, with these shell words before the real one."""
    program = folder / "ffmpeg"
    program.write_text(f'#!/bin/sh\n{does}\nexec {need("ffmpeg")} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setattr(decoders, "ffmpeg_path", lambda: str(program))
    monkeypatch.setattr(renditions, "PAUSE", timedelta())


async def photo_comes(road: Inside) -> None:
    await road.world.handset("carla", PNID).sends_media("image", sample("photo.jpg").read_bytes(), "image/jpeg")
    await road.until(LOOKED_AT)
    await road.calm()
    await check_invariants(road)
    assert await road.store.one("SELECT state FROM media") == "ready"
    assert await road.store.row("SELECT width, height FROM media_files") == (320, 240)


async def test_a_decoder_that_was_killed_is_not_the_end_of_the_preview(
    road: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F7: kill -9 of ffmpeg, at the probe and at the picture."""
    ffmpeg_that(tmp_path, f"mkdir {tmp_path}/once 2>/dev/null && kill -9 $$", monkeypatch)
    await photo_comes(road)
    assert await road.store.one(PREVIEWS) == 1


async def test_a_file_that_kills_every_decoder_is_left_as_it_is(
    road: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F39: three strikes; the file itself is there all the time, and its size is known without a decoder."""
    ffmpeg_that(tmp_path, f"echo >> {tmp_path}/tries; kill -9 $$", monkeypatch)
    await photo_comes(road)
    assert await road.store.one(PREVIEWS) == 0
    assert len((tmp_path / "tries").read_text().splitlines()) == renditions.MOST_TRIES
    assert await road.store.one("SELECT count(*) FROM lanes WHERE queue = :queue", queue=RENDITIONS) == 0


async def test_a_preview_that_was_lost_is_made_anew(shop: Shop) -> None:
    """The sweep's other way round, for what was made of a file."""
    file = await put_file(shop, sample("photo.jpg").read_bytes(), chat_id=await shop.add_chat())
    async with shop.parts.database.writing() as tx:
        await tx.execute(update(MediaFile).values(thumb_key=new_key("ab")))
    async with shop.browser("ana") as ana:
        assert (await ana.http.get(f"{file.address}?v=thumb")).status_code == 404
        swept = await shop.parts.upkeep.sweep(NOW + timedelta(hours=2))
        assert (swept.without_bytes, swept.without_preview, swept.to_look_at) == (0, 1, 1)
        await _look(shop)
        assert (await ana.http.get(f"{file.address}?v=thumb")).headers["content-type"] == "image/jpeg"


async def test_what_came_without_ffmpeg_is_looked_at_when_there_is_one(
    road: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without:
        without.setattr(decoders, "ffmpeg_path", lambda: None)
        await road.world.handset("carla", PNID).sends_media("image", sample("photo.jpg").read_bytes(), "image/jpeg")
        await road.until("SELECT count(*) FROM media WHERE state = 'ready'")
        await road.calm()
        assert await road.store.one(LOOKED_AT) == 0
    await road.parts.upkeep.sweep(road.parts.clock.real() + timedelta(seconds=1), timedelta())
    await road.until(PREVIEWS)
    await road.calm()
    await check_invariants(road)


async def test_a_picture_that_claims_too_many_pixels_is_offered_and_never_shown(road: Inside) -> None:
    """4.5: 40 megapixels at most are decoded, here or in a browser (`tests/chats/test_panel_files.py`)."""
    need("ffmpeg")
    bomb = claims(30_000, 30_000)
    await road.world.handset("carla", PNID).sends_media("image", bomb, "image/png")
    await road.until(LOOKED_AT)
    await road.calm()
    assert await road.store.row("SELECT width, height, thumb_key FROM media_files") == (30_000, 30_000, None)


async def _look(shop: Shop) -> None:
    worker = RenditionsWorker(shop.parts.database, shop.parts.clock, shop.parts.storage)
    while await worker.step() == 0:
        continue
