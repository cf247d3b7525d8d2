"""Files of customers: fetched at once, whole or not at all, tried for a week, and the message usable all the time."""

import asyncio
import os
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.media.samples import sample
from tests.road_world import Inside, inside
from tests.roads.bodies import PNID
from tests.roads.invariants import check_invariants
from waia.simulator.faults import always, once

PHOTO = b"\xff\xd8\xff\xe0" + os.urandom(150_000)
STATE = "SELECT state FROM media ORDER BY id DESC LIMIT 1"
PASSING = ["unauthorized", "not_found", "truncated", "wrong_length", "wrong_bytes", "redirect"]
REASONS = {
    "unauthorized": "refused",
    "not_found": "expired",
    "truncated": "network",
    "wrong_length": "wrong_length",
    "wrong_bytes": "wrong_hash",
    "redirect": "refused",
    "endless": "wrong_length",
    "wrong_sha256": "wrong_hash",
}


@pytest.fixture
async def road(tmp_path: Path, database_url: str) -> AsyncIterator[Inside]:
    async with inside(tmp_path, database_url) as road:
        yield road


async def send_photo(road: Inside, content: bytes = PHOTO, caption: str = "mira") -> str:
    carla = road.world.handset("carla", PNID)
    return await carla.sends_media("image", content, "image/jpeg", caption=caption)


async def stored_bytes(road: Inside) -> bytes:
    key = await road.store.one("SELECT storage_key FROM media_files")
    return b"".join([piece async for piece in road.parts.storage.open(key)])


async def test_each_kind_arrives_with_what_its_bytes_say(tmp_path: Path, database_url: str) -> None:
    kinds = [
        ("image", sample("photo.jpg"), "image/jpeg", "image/jpeg"),
        ("video", sample("plain.mp4"), "video/mp4", "video/mp4"),
        ("audio", sample("voice.ogg"), "audio/ogg; codecs=opus", "audio/ogg"),
        ("document", sample("a.pdf"), "application/pdf", "application/pdf"),
        ("sticker", sample("photo.webp"), "image/webp", "image/webp"),
    ]
    async with inside(tmp_path, database_url) as road:
        carla = road.world.handset("carla", PNID)
        for kind, path, mime, _ in kinds:
            filename = "Cotización ñandú.pdf" if kind == "document" else None
            await carla.sends_media(kind, path.read_bytes(), mime, filename=filename, voice=kind == "audio")
        await road.until("SELECT count(*) FROM media WHERE state = 'ready'", 5)
        await road.calm()
        rows = await road.store.rows(
            "SELECT m.kind, f.mime, f.size, f.sha256, m.filename, m.voice, msg.media_url, m.public_id FROM media m"
            " JOIN media_files f ON f.id = m.file_id JOIN mensajes msg ON msg.id = m.message_id ORDER BY msg.id"
        )
        for row, (kind, path, _, mime) in zip(rows, kinds, strict=True):
            content = path.read_bytes()
            assert row[:4] == (kind, mime, len(content), sha256(content).hexdigest())
            assert row.media_url == f"/media/{row.public_id}"
        assert rows[3].filename == "Cotización ñandú.pdf"
        assert [bool(row.voice) for row in rows] == [False, False, True, False, False]
        await check_invariants(road)


@pytest.mark.parametrize("fault", PASSING)
async def test_a_fault_that_passes_costs_a_try_and_nothing_else(road: Inside, fault: str) -> None:
    """F25: a fresh address each time."""
    setattr(road.world.faults.media, fault, once())
    await send_photo(road)
    await road.until(STATE, "ready")
    assert await stored_bytes(road) == PHOTO
    assert await road.store.row("SELECT attempts, reason FROM media") == (1, "")
    asked = [each for each in road.world.requests if each.path.endswith(await graph_id(road))]
    assert len(asked) == 2
    await road.calm()
    await check_invariants(road)


@pytest.mark.parametrize("fault", [*PASSING, "endless", "wrong_sha256"])
async def test_a_fault_that_stays_ends_after_a_week_and_the_message_stays_usable(road: Inside, fault: str) -> None:
    """F25."""
    setattr(road.world.faults.media, fault, always())
    await send_photo(road)
    await road.until("SELECT count(*) FROM media WHERE attempts >= 1")
    assert await road.store.row("SELECT state, reason FROM media") == ("pending", REASONS[fault])
    assert await road.store.row("SELECT mensaje, kind FROM mensajes WHERE direction = 'in'") == ("mira", "image")
    road.advance(days=7, hours=1)
    await road.until(STATE, "unavailable")
    assert await road.store.one("SELECT count(*) FROM media_files") == 0
    await road.calm()
    await check_invariants(road)


async def test_a_file_above_the_limit_is_not_tried_again(road: Inside) -> None:
    """Announced as huge: not a byte is fetched."""
    await send_photo(road, PHOTO + bytes(33 * 1024 * 1024))
    await road.until(STATE, "unavailable")
    assert await road.store.row("SELECT reason, attempts FROM media") == ("too_big", 1)
    assert not [each for each in road.world.requests if "lookaside" in each.path]


async def test_a_large_document_arrives_whole(road: Inside) -> None:
    """`test_large_files.py` measures that it never lies in memory."""
    big = b"%PDF-1.4\n" + os.urandom(1024) * 60_000
    await road.world.handset("carla", PNID).sends_media("document", big, "application/pdf", filename="grande.pdf")
    await road.until(STATE, "ready")
    assert await road.store.one("SELECT size FROM media_files") == len(big)


async def test_one_customer_with_many_files_does_not_take_all_hands(road: Inside) -> None:
    """Never more than `WAIA_MEDIA_WORKERS` at a time."""
    road.world.faults.media.slow, road.world.faults.media.slow_s = always(), 0.1
    most = 0

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, len(road.parts.media._in_flight))
            await asyncio.sleep(0)

    watching = asyncio.create_task(watch())
    for number in range(12):
        await send_photo(road, PHOTO + bytes([number]))
    await road.until("SELECT count(*) FROM media WHERE state = 'ready'", 12)
    watching.cancel()
    assert most <= road.parts.settings.media_workers


async def graph_id(road: Inside) -> str:
    found: str = await road.store.one("SELECT graph_id FROM media")
    return found
