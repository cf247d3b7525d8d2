"""The folder storage: whole or not at all, never outside its root, and nothing left of what was not finished."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.media.corpora import TRAVERSALS
from waia.media.folder import FolderStorage
from waia.media.intake import Expected, Taken, TooBig, WrongHash, WrongLength, take_in
from waia.media.storage import NoSuchFile, new_key

BYTES = os.urandom(700_000)
ANY = Expected(limit=1_000_000)


async def pieces_of(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 65536):
        yield content[start : start + 65536]


async def taken(storage: FolderStorage, expected: Expected = ANY) -> Taken:
    return await take_in(storage, pieces_of(BYTES), expected)


async def read(storage: FolderStorage, key: str, start: int = 0, length: int | None = None) -> bytes:
    return b"".join([piece async for piece in storage.open(key, start, length)])


def run(script: str) -> str:
    """What a Python process of its own prints."""
    return subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True).stdout


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def entries_of(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_what_was_taken_in_is_read_back_whole_and_in_parts(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "media")
    found = await taken(storage)
    assert (found.size, found.sha256) == (len(BYTES), sha256(BYTES).hexdigest())
    assert await read(storage, found.key) == BYTES
    assert await read(storage, found.key, 300_000, 5) == BYTES[300_000:300_005]
    assert await storage.size(found.key) == len(BYTES)
    assert [each.key async for each in storage.stored()] == [found.key]


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        (Expected(limit=699_999), TooBig),
        (Expected(limit=1_000_000, length=700_001), WrongLength),
        (Expected(limit=1_000_000, length=699_999), WrongLength),
        (Expected(limit=1_000_000, sha256=sha256(b"other").hexdigest()), WrongHash),
    ],
)
async def test_what_is_not_as_told_leaves_nothing(tmp_path: Path, told: Expected, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await taken(FolderStorage(tmp_path), told)
    assert files_below(tmp_path) == []


async def test_no_name_leads_out_of_the_root(tmp_path: Path) -> None:
    """I18, N18: 200 strings; a secret beside the root stays closed, and so does a link to it inside."""
    (tmp_path / "secret").write_bytes(b"secret")
    storage = FolderStorage(tmp_path / "media")
    kept = await taken(storage)
    link = tmp_path / "media" / kept.key[:2] / ("f" * 32)
    link.symlink_to(tmp_path / "secret")
    assert len(TRAVERSALS) >= 200
    for name in [*TRAVERSALS, f"{kept.key[:2]}/{link.name}"]:
        with pytest.raises(NoSuchFile):
            await read(storage, name)
        with pytest.raises(NoSuchFile):
            await storage.size(name)


async def test_what_a_dead_process_left_unfinished_is_swept_and_what_a_living_one_writes_is_not(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    script = f"""
import asyncio, os
from pathlib import Path
from waia.media.folder import FolderStorage
async def main():
    storage = FolderStorage(Path({str(tmp_path)!r}))
    writer = await storage.create()
    await writer.write(b"x" * 300000)
    async with storage.workspace() as folder:
        (folder / "rendition").write_bytes(b"y")
        os._exit(9)
asyncio.run(main())
"""
    run(script)
    writer = await storage.create()
    await writer.write(b"z" * 300_000)
    assert len(entries_of(tmp_path / "tmp")) == 3
    for path in entries_of(tmp_path / "tmp"):
        os.utime(path, (1, 1))
    assert await storage.sweep_unfinished() == 2
    await writer.commit(new_key("ab"))
    assert entries_of(tmp_path / "tmp") == []


async def test_a_full_disk_is_told_apart_and_leaves_nothing(tmp_path: Path) -> None:
    """F17, with the limit that the system has for a file's size."""
    script = f"""
import asyncio, resource, signal
from pathlib import Path
from waia.media.folder import FolderStorage
from waia.media.storage import StorageFull, new_key
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
async def main():
    writer = await FolderStorage(Path({str(tmp_path)!r})).create()
    try:
        for _ in range(40):
            await writer.write(b"x" * 65536)
        await writer.commit(new_key("ab"))
    except StorageFull as error:
        await writer.abort()
        print(error.status)
asyncio.run(main())
"""
    assert run(script) == "507\n"
    assert files_below(tmp_path) == []
