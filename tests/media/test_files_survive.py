"""Files through kills, a full disk and damage: each arrives once, no orphan is left, the message is never lost."""

import asyncio
import os
import random
import subprocess
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.chats.panel_world import Shop
from tests.media.corpora import PLAYLISTS
from tests.media.samples import sample
from tests.media.test_hosts import listening
from tests.road_world import Served, inside, served
from tests.roads.bodies import PNID
from tests.roads.invariants import check_invariants
from waia.kit.db import Database
from waia.kit.wakeups import Wakeups
from waia.media.folder import FolderStorage
from waia.media.intake import Expected, take_in
from waia.media.renditions import make_renditions
from waia.media.upkeep import Upkeep
from waia.media.values import StoredFile

KILLED = 137
POINTS = [
    "media.after_claim",
    "media.before_rename",
    "media.after_rename",
    "media.before_record",
    "media.after_record",
    "renditions.after_claim",
    "renditions.before_record",
    "renditions.after_record",
]
ON_MARIADB = ["media.before_record"]
DAMAGED = 100
SOURCES = [
    ("voice.ogg", "audio/ogg"),
    ("song.mp3", "audio/mpeg"),
    ("plain.mp4", "video/mp4"),
    ("photo.jpg", "image/jpeg"),
]


async def killed_with_a_voice_note(road: Served, point: str) -> None:
    """The process dies at this point; the next one finishes."""
    await road.waia.start(WAIA_FAILPOINT=point)
    carla = road.world.handset("carla", PNID)
    await carla.sends_media("audio", sample("voice.ogg").read_bytes(), "audio/ogg; codecs=opus", voice=True)
    assert await road.waia.died() == KILLED, road.waia.log[-2000:]
    await road.waia.start()
    await road.until("SELECT count(*) FROM media_files WHERE playable_key IS NOT NULL AND duration_ms > 1900")
    await road.calm()
    await sweep(road)
    await check_invariants(road)
    assert await road.store.row("SELECT state, reason FROM media") == ("ready", "")
    assert await road.store.one("SELECT count(*) FROM mensajes WHERE direction = 'in'") == 1
    assert len(await road.stored_keys()) == 2


async def sweep(road: Served) -> None:
    """What the next hour would do, with nothing too young for it."""
    database = Database(road.store.url, Wakeups())
    await Upkeep(database, FolderStorage(road.folder / "media")).sweep(datetime.now(UTC), young=timedelta())
    await database.close()


@pytest.mark.parametrize("point", POINTS)
async def test_a_process_killed_at_any_point_of_a_file_leaves_it_whole_and_alone(
    tmp_path: Path, database_url: str, point: str
) -> None:
    """F7, A2: Meta has its 200 long since, and still the file arrives, once."""
    async with served(tmp_path, database_url, start=False) as road:
        await killed_with_a_voice_note(road, point)


@pytest.mark.parametrize("point", ON_MARIADB)
async def test_a_process_killed_on_mariadb_leaves_the_file_whole_and_alone(
    tmp_path: Path, mariadb_url: str, point: str
) -> None:
    async with served(tmp_path, mariadb_url, start=False) as road:
        await killed_with_a_voice_note(road, point)


@pytest.fixture
def small_media(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB for files, full to the last byte."""
    folder = tmp_path / "media"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=False)
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    (folder / "tmp").mkdir()
    with (folder / "tmp" / "ballast").open("wb", buffering=0) as file:
        while written := _write(file.fileno()):
            assert written
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def _write(file: int) -> int:
    try:
        return os.write(file, bytes(4096))
    except OSError:
        return 0


def files_below(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


async def test_a_full_disk_costs_a_wait_and_an_upload_says_so(
    tmp_path: Path, database_url: str, small_media: Path
) -> None:
    """F17: the message is there, its file waits; when there is space again it comes by itself."""
    async with inside(tmp_path, database_url) as road:
        photo = sample("photo.jpg").read_bytes()
        await road.world.handset("carla", PNID).sends_media("image", photo, "image/jpeg", caption="mira")
        await road.until("SELECT reason FROM media", "disk_full")
        assert await road.store.row("SELECT mensaje, kind FROM mensajes WHERE direction = 'in'") == ("mira", "image")
        assert await road.store.one("SELECT state FROM media") == "pending"
        assert await road.stored_keys() == {"tmp/ballast"}
        (small_media / "tmp" / "ballast").unlink()
        await road.until("SELECT state FROM media", "ready")
        await road.until("SELECT count(*) FROM media_files WHERE checked_at IS NOT NULL")
        await road.calm()
        await check_invariants(road)


async def test_an_upload_onto_a_full_disk_answers_507_and_leaves_nothing(
    tmp_path: Path, database_url: str, small_media: Path
) -> None:
    """F17."""
    shop = await Shop.open(tmp_path, database_url)
    chat_id = await shop.add_chat()
    async with shop.browser("ana") as ana:
        headers = {"x-csrf-token": ana.csrf, "content-type": "application/pdf", "accept": "application/json"}
        address = f"/chats/{chat_id}/archivos?nombre=a.pdf"
        answer = await ana.http.post(address, content=sample("a.pdf").read_bytes() * 50, headers=headers)
    await shop.close()
    assert answer.status_code == 507
    assert answer.json()["message"].startswith("No queda espacio")
    assert files_below(small_media) == ["ballast"]


async def test_a_hundred_damaged_files_end_within_their_limits(tmp_path: Path) -> None:
    """N19, F37: cut, empty, random, mixed up; none takes the worker down, each ends with what could be read."""
    rng, storage = random.Random(4), FolderStorage(tmp_path)
    made = [await _stored(storage, content, mime) for content, mime in _damaged(rng)]
    assert len(made) == DAMAGED
    async with asyncio.timeout(240):
        found = await asyncio.gather(*(make_renditions(storage, stored) for stored in made))
    assert all(each.duration_ms is None or each.duration_ms < 20_000 for each in found)
    kept = {stored.storage_key for stored in made} | {key for each in found for key in each.keys}
    assert {stored.key async for stored in storage.stored()} == kept
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("name", PLAYLISTS)
async def test_ffmpeg_playlist_disguised_as_ogg(tmp_path: Path, name: str) -> None:
    """I27, F40: even where our own eyes are fooled, the decoder follows nothing."""
    async with listening() as listener:
        content = PLAYLISTS[name].replace("{url}", f"http://127.0.0.1:{listener.port}").encode()
        storage = FolderStorage(tmp_path)
        for mime in ("audio/ogg", "audio/mpeg", "video/mp4"):
            found = await make_renditions(storage, await _stored(storage, content, mime))
            assert found.keys == []
        assert listener.hits == 0


async def _stored(storage: FolderStorage, content: bytes, mime: str) -> StoredFile:
    async def pieces() -> AsyncIterator[bytes]:
        yield content

    taken = await take_in(storage, pieces(), Expected(limit=10_000_000))
    return StoredFile(taken.key, taken.sha256, taken.size, mime, mime.partition("/")[0])


def _damaged(rng: random.Random) -> Iterator[tuple[bytes, str]]:
    for number in range(DAMAGED):
        name, mime = SOURCES[number % len(SOURCES)] if number % 10 else SOURCES[0]
        whole = sample(name).read_bytes()
        match number % 5:
            case 0:
                yield whole[: rng.randrange(len(whole))], mime
            case 1:
                broken = bytearray(whole)
                for _ in range(200):
                    broken[rng.randrange(len(broken))] = rng.randrange(256)
                yield bytes(broken), mime
            case 2:
                yield rng.randbytes(rng.randrange(5000)), mime
            case 3:
                at = rng.randrange(len(whole))
                yield whole[:at] + sample("song.mp3").read_bytes()[:3000] + whole[at:], mime
            case _:
                yield whole[:64] + bytes(rng.randrange(10_000)), mime
