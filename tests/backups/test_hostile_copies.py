"""A copy that is damaged, cut short or made by somebody else is refused with one line, and nothing was changed."""

import asyncio
import hashlib
import io
import json
import random
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import msgspec
import pytest

from tests.backups.owner import Owner, elsewhere
from tests.crash.effort import times
from tests.media.samples import sample
from tests.road_world import fresh_sqlite, inside
from tests.roads.bodies import PNID
from waia.backups.checking import check
from waia.backups.manifest import Refused

Entry: TypeAlias = tuple[tarfile.TarInfo, bytes]
BLOCK, SUMS = 512, "SHA256SUMS"
HARMLESS = {154, 155}  # how the sum of a header ends
BOMB = 110_000_000


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    folder = tmp_path_factory.mktemp("copied")
    return asyncio.run(taken(folder, fresh_sqlite(sqlite_template, folder)))


async def taken(folder: Path, url: str) -> Path:
    async with inside(folder, url) as road:
        await road.talk("Hola")
        await road.world.handset("carla", PNID).sends_media("image", sample("photo.jpg").read_bytes(), "image/jpeg")
        await road.until("SELECT count(*) FROM media_files")
        await road.calm()
    await Owner(folder, url).backs_up(folder / "copy.tar")
    return folder / "copy.tar"


def entries(copy: Path) -> list[Entry]:
    """All but the sums."""
    with tarfile.open(copy) as tar:
        found = [(member, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]
    return [entry for entry in found if entry[0].name != SUMS]


def written(path: Path, found: list[Entry], *more: Entry) -> Path:
    """As a copy, with sums that agree; `more` comes behind them."""
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {member.name}\n" for member, content in found).encode()
    blob = b""
    for member, content in [*found, entry(SUMS, sums), *more]:
        blob += member.tobuf(tarfile.PAX_FORMAT if member.pax_headers else tarfile.USTAR_FORMAT)
        blob += content + bytes(-len(content) % BLOCK)
    path.write_bytes(blob + bytes(2 * BLOCK))
    return path


def entry(name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, **more: object) -> Entry:
    member = tarfile.TarInfo(name)
    member.size, member.type = len(content), kind
    for attribute, value in more.items():
        setattr(member, attribute, value)
    return member, content


def told(found: list[Entry], **changes: object) -> list[Entry]:
    """Another manifest."""
    manifest = json.loads(found[0][1]) | changes
    return [entry("manifest.json", json.dumps(manifest).encode()), *found[1:]]


def with_rows(found: list[Entry], content: bytes) -> list[Entry]:
    """The rows of the users are other bytes."""
    return [
        entry(member.name, content) if member.name == "rows/usuarios/000001.gz" else (member, old)
        for member, old in found
    ]


def frame(rows: object) -> bytes:
    packed = msgspec.msgpack.encode(rows)
    return zlib.compress(len(packed).to_bytes(4, "big") + packed, 1, 31)


def with_column(found: list[Entry], name: str) -> list[Entry]:
    tables = json.loads(found[0][1])["tables"]
    tables["usuarios"]["columns"][-1] = name
    return told(found, tables=tables)


def columns(found: list[Entry]) -> int:
    return len(json.loads(found[0][1])["tables"]["usuarios"]["columns"])


def doubled(found: list[Entry]) -> list[Entry]:
    return [each for old in found for each in ([old, old] if old[0].name.startswith("rows/usuarios") else [old])]


def without(found: list[Entry], beginning: str) -> list[Entry]:
    return [each for each in found if not each[0].name.startswith(beginning)]


HOSTILE: dict[str, Callable[[list[Entry]], list[Entry]]] = {
    "a way up": lambda found: [*found, entry("../../etc/cron.d/x", b"x")],
    "a way up in the name of a file": lambda found: [*found, entry("media/../../waia.db", b"x")],
    "an absolute name": lambda found: [*found, entry("/etc/passwd", b"x")],
    "a name that only begins as ours": lambda found: [*found, entry(f"media/ab/{'a' * 32}/x", b"x")],
    "a link": lambda found: [*found, entry(f"media/ab/{'a' * 32}", kind=tarfile.SYMTYPE, linkname="/etc/passwd")],
    "a hard link": lambda found: [*found, entry(f"media/ab/{'a' * 32}", kind=tarfile.LNKTYPE, linkname="waia.db")],
    "a device": lambda found: [*found, entry(f"media/ab/{'a' * 32}", kind=tarfile.CHRTYPE)],
    "a folder": lambda found: [*found, entry("media", kind=tarfile.DIRTYPE)],
    "headers of another kind": lambda found: [*found, entry("x", b"x", pax_headers={"path": "/etc/passwd"})],
    "no manifest": lambda found: found[1:],
    "a manifest that is none": lambda found: [entry("manifest.json", b"{}"), *found[1:]],
    "a manifest that is no text": lambda found: [entry("manifest.json", b"\xff\xfe"), *found[1:]],
    "a second manifest": lambda found: [*found, found[0]],
    "another format": lambda found: told(found, format=2),
    "a newer schema": lambda found: told(found, revision="9999", version="9.9"),
    "rows that are missing": lambda found: without(found, "rows/usuarios"),
    "rows twice": doubled,
    "files that are missing": lambda found: without(found, "media/"),
    "a file more": lambda found: [*found, entry(f"media/ab/{'a' * 32}", b"x")],
    "rows of a table that is not told": lambda found: [*found, entry("rows/otra/000001.gz", frame([[1]]))],
    "a bomb": lambda found: with_rows(found, zlib.compress(bytes(BOMB), 1, 31)),
    "rows that are no gzip": lambda found: with_rows(found, b"rows"),
    "rows that go on": lambda found: with_rows(found, frame([]) + b"more"),
    "rows that are no rows": lambda found: with_rows(found, frame({"a": 1})),
    "rows that are too short": lambda found: with_rows(found, frame([[1, 2]])),
    "values that no column holds": lambda found: with_rows(found, frame([[[1]] * columns(found)])),
    "a frame that is cut": lambda found: with_rows(found, zlib.compress(b"\x00\x00\x10\x00rest", 1, 31)),
}


@pytest.mark.parametrize("harm", HOSTILE)
async def test_a_hostile_copy_is_refused_and_nothing_was_changed(
    tmp_path: Path, copy: Path, other_sqlite_url: str, harm: str
) -> None:
    hostile = written(tmp_path / "hostile.tar", HOSTILE[harm](entries(copy)))
    other = elsewhere(tmp_path / "other", other_sqlite_url)
    await other.is_refused(hostile)
    assert sorted(path.name for path in other.folder.rglob("*")) == ["serve.lock"]


async def test_a_copy_with_a_column_that_is_none_is_refused_with_nothing_changed(
    tmp_path: Path, copy: Path, other_sqlite_url: str
) -> None:
    """Only the schema itself knows its columns, so this shows late; the database in the making is thrown away."""
    harmful = with_column(entries(copy), "password`) SELECT 1; --")
    other = elsewhere(tmp_path / "other", other_sqlite_url)
    await other.restores(copy)
    before = await other.rows()
    assert "which its schema does not have" in await other.is_refused(
        written(tmp_path / "hostile.tar", harmful), force=True
    )
    assert await other.rows() == before
    assert not list(other.folder.glob("*.restoring*"))


def test_a_copy_written_anew_is_taken(tmp_path: Path, copy: Path) -> None:
    """So that what is refused above is refused for its harm."""
    again = written(tmp_path / "again.tar", entries(copy))
    assert check(again).manifest == check(copy).manifest


def test_a_copy_that_was_cut_anywhere_is_refused(tmp_path: Path, copy: Path) -> None:
    whole, cut = copy.read_bytes(), tmp_path / "cut.tar"
    for end in [*range(0, len(whole), times(len(whole) // 60, len(whole) // 60)), len(whole) - 1, len(whole) - BLOCK]:
        cut.write_bytes(whole[:end])
        with pytest.raises(Refused):
            check(cut)
    cut.write_bytes(whole + bytes(BLOCK))
    with pytest.raises(Refused):
        check(cut)


def test_a_copy_with_one_other_bit_is_refused(tmp_path: Path, copy: Path) -> None:
    """Anywhere: in a header, in a member, in what fills a block, in the sums."""
    whole, chance = copy.read_bytes(), random.Random(20)
    headers = header_starts(whole)
    for place in chance.sample(range(len(whole)), times(150, 5_000)):
        if place % BLOCK in HARMLESS and place - place % BLOCK in headers:
            continue
        damaged = bytearray(whole)
        damaged[place] ^= 1 << chance.randrange(8)
        (tmp_path / "damaged.tar").write_bytes(damaged)
        with pytest.raises(Refused):
            check(tmp_path / "damaged.tar")


async def test_what_is_no_copy_at_all_is_refused(tmp_path: Path, sqlite_url: str) -> None:
    owner = Owner(tmp_path, sqlite_url)
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "text").write_text("not a copy " * 100)
    assert "This is no copy of waia" in await owner.is_refused(tmp_path / "empty", only_check=True)
    assert "This is no copy of waia" in await owner.is_refused(tmp_path / "text", only_check=True)
    assert "cannot be read" in await owner.is_refused(tmp_path / "nowhere", only_check=True)
    assert "no copy" in await owner.is_refused(tmp_path, only_check=True)
    assert "no copy" in await owner.is_refused(tmp_path / "waia.db", only_check=True)


async def test_a_copy_that_is_checked_changes_nothing(tmp_path: Path, copy: Path, other_sqlite_url: str) -> None:
    other = elsewhere(tmp_path / "other", other_sqlite_url)
    (said, origin) = await other.restores(copy, only_check=True)
    assert said.startswith("The copy is whole: ")
    assert "from sqlite" in origin
    assert not list(other.folder.iterdir())


def header_starts(whole: bytes) -> set[int]:
    with tarfile.open(fileobj=io.BytesIO(whole)) as tar:
        return {member.offset for member in tar}
