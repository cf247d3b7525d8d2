"""The model comes from a server on loopback: cut lines, wrong sums, hostile archives, no room."""

import asyncio
import hashlib
import io
import json
import os
import re
import stat
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.road_world import Waia
from waia.settings import Settings, load_settings
from waia.transcription.download import NotFetched, fetching
from waia.transcription.model import find_model
from waia.transcription.places import ModelPlaces, Progress

NAME = "vosk-model-small-es-0.42"


def archive(files: dict[str, bytes] | None = None, *, link: str = "") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        inside = {f"{NAME}/am/final.mdl": os.urandom(200_000), f"{NAME}/README": b"hola"} if files is None else files
        for name, content in inside.items():
            file.writestr(name, content)
        if link:
            info = zipfile.ZipInfo(link)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            file.writestr(info, "/etc/passwd")
    return packed.getvalue()


@dataclass
class Mirror:
    """Serves one model. `cuts`: after how many bytes each of the first answers is cut; `asked`: the ranges."""

    content: bytes = field(default_factory=archive)
    md5: str = ""
    cuts: list[int] = field(default_factory=list)
    knows_ranges: bool = True
    lang: str = "es"
    address: str = ""
    asked: list[str] = field(default_factory=list)

    def listing(self) -> bytes:
        told = self.md5 or hashlib.md5(self.content, usedforsecurity=False).hexdigest()
        line = {"name": NAME, "lang": self.lang, "md5": told, "size": len(self.content), "type": "small"}
        line |= {"url": f"https://original.example/{NAME}.zip", "obsolete": "false", "version": "0.42"}
        big = line | {"name": "vosk-model-es-0.42", "type": "big"}
        old = line | {"name": "vosk-model-small-es-0.22", "obsolete": "true"}
        return json.dumps([big, old, line]).encode()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = request.split(" ")[1]
        if path.endswith("model-list.json"):
            await _send(writer, 200, self.listing())
        elif path == f"/{NAME}.zip":
            await self._pour(writer, re.search(r"(?i)range: bytes=(\d+)-", request))
        else:
            await _send(writer, 404, b"")
        writer.close()

    async def _pour(self, writer: asyncio.StreamWriter, wanted: "re.Match[str] | None") -> None:
        start = int(wanted[1]) if wanted and self.knows_ranges else 0
        self.asked.append(wanted[1] if wanted else "")
        told = f"Content-Range: bytes {start}-{len(self.content) - 1}/{len(self.content)}\r\n" if start else ""
        rest = self.content[start:]
        writer.write(f"HTTP/1.1 {206 if start else 200} x\r\n{told}Content-Length: {len(rest)}\r\n\r\n".encode())
        writer.write(rest[: self.cuts.pop(0)] if self.cuts else rest)
        await writer.drain()


async def _send(writer: asyncio.StreamWriter, status: int, body: bytes) -> None:
    writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
    await writer.drain()


@asynccontextmanager
async def serving(mirror: Mirror) -> AsyncIterator[Mirror]:
    server = await asyncio.start_server(mirror.answer, "127.0.0.1", 0)
    mirror.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield mirror


def settings_for(folder: Path, mirror: Mirror, **more: str) -> Settings:
    told = {"WAIA_DATA": str(folder / "data"), "VOICE_MODEL_URL": mirror.address, "DISK_RESERVE_MB": "0", **more}
    return load_settings(told, env_file=None)


def left_in(folder: Path) -> set[str]:
    """What lies in the folder of models, but for the little files."""
    return names_in(folder / "data/models") - {"download.json", ".lock"}


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def test_a_model_is_fetched_checked_and_put_in_its_place_with_progress(tmp_path: Path) -> None:
    told: list[Progress] = []
    async with serving(Mirror()) as mirror:
        settings = settings_for(tmp_path, mirror)
        folder = await fetching(settings, told=told.append).run()
    assert find_model(folder) == folder == tmp_path / "data/models/es"
    assert (folder / "README").read_bytes() == b"hola"
    assert [each.state for each in told][:1] + [each.state for each in told][-2:] == [
        "downloading",
        "unpacking",
        "done",
    ]
    known = ModelPlaces.of(settings).progress
    assert known is not None
    assert (known.state, known.done, known.total, known.language) == ("done", len(mirror.content), known.total, "es")
    assert left_in(tmp_path) == {"es"}


@pytest.mark.parametrize("knows_ranges", [True, False])
async def test_a_line_that_is_cut_goes_on_where_it_was(tmp_path: Path, knows_ranges: bool) -> None:
    async with serving(Mirror(cuts=[50_000, 70_000], knows_ranges=knows_ranges)) as mirror:
        folder = await fetching(settings_for(tmp_path, mirror)).run()
    assert find_model(folder)
    assert mirror.asked == (["", "50000", "120000"] if knows_ranges else ["", "50000", "70000"])


async def test_a_process_that_died_left_what_the_next_one_goes_on_from(tmp_path: Path) -> None:
    async with serving(Mirror()) as mirror:
        models = tmp_path / "data/models"
        (models / ".es.died").mkdir(parents=True)
        (models / f"{NAME}.part").write_bytes(mirror.content[:90_000])
        await fetching(settings_for(tmp_path, mirror)).run()
    assert mirror.asked == ["90000"]
    assert left_in(tmp_path) == {"es"}


async def test_a_wrong_sum_is_thrown_away_and_the_model_before_stays(tmp_path: Path) -> None:
    async with serving(Mirror()) as mirror:
        settings = settings_for(tmp_path, mirror)
        folder = await fetching(settings).run()
        before = (folder / "am/final.mdl").read_bytes()
        mirror.md5 = "0" * 32
        with pytest.raises(NotFetched, match="wrong_checksum"):
            await fetching(settings).run()
    assert (folder / "am/final.mdl").read_bytes() == before
    assert left_in(tmp_path) == {"es"}
    known = ModelPlaces.of(settings).progress
    assert known is not None
    assert (known.state, known.error) == ("failed", "wrong_checksum")


HOSTILE = {
    "steps out": archive({f"{NAME}/am/final.mdl": b"x", "../../evil": b"x"}),
    "absolute": archive({f"{NAME}/am/final.mdl": b"x", "/evil": b"x"}),
    "backslash": archive({f"{NAME}/am/final.mdl": b"x", "..\\evil": b"x"}),
    "link": archive(link=f"{NAME}/am/link"),
    "bomb": archive({f"{NAME}/am/final.mdl": bytes(60_000_000)}),
    "crowd": archive({f"{NAME}/{number}": b"" for number in range(2_001)}),
    "no model": archive({"other/file": b"x"}),
    "no archive": os.urandom(5_000),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_archive_writes_nothing_outside_and_becomes_no_model(tmp_path: Path, name: str) -> None:
    async with serving(Mirror(content=HOSTILE[name])) as mirror:
        with pytest.raises(NotFetched, match="not_a_model"):
            await fetching(settings_for(tmp_path, mirror)).run()
    assert left_in(tmp_path) == set()
    assert names_in(tmp_path) == {"data"}


async def test_no_room_is_said_before_anything_is_written(tmp_path: Path) -> None:
    async with serving(Mirror()) as mirror:
        settings = settings_for(tmp_path, mirror, DISK_RESERVE_MB="100000")
        with pytest.raises(NotFetched, match="no_space"):
            await fetching(settings, told=lambda _: None).run()
    assert mirror.asked == []
    assert left_in(tmp_path) == set()


async def test_more_than_was_announced_an_unknown_language_and_no_server_are_told(tmp_path: Path) -> None:
    async with serving(Mirror()) as mirror:
        with pytest.raises(NotFetched, match="no_such_language"):
            await fetching(settings_for(tmp_path, mirror), "xx").run()
    with pytest.raises(NotFetched, match="network"):
        await fetching(settings_for(tmp_path, mirror)).run()


async def test_two_at_once_do_not_meet(tmp_path: Path) -> None:
    async with serving(Mirror()) as mirror:
        settings = settings_for(tmp_path, mirror)
        ended = await asyncio.gather(
            fetching(settings).run(), fetching(settings).run(), return_exceptions=True
        )  # fmt: skip
    assert sorted(type(each).__name__ for each in ended) == ["NotFetched", "PosixPath"]
    assert len(mirror.asked) == 1


async def test_the_command_fetches_and_says_how_it_stands(tmp_path: Path) -> None:
    async with serving(Mirror()) as mirror:
        before = await _waia(tmp_path, mirror, "model", "status")
        fetched = await _waia(tmp_path, mirror, "model", "download")  # as the line before says
        after = await _waia(tmp_path, mirror, "model", "status")
        refused = await _waia(tmp_path, mirror, "model", "download", "xx")
    assert "no model: run `waia model download`" in before
    assert "The model is in" in fetched
    assert "voice notes: ok" in after
    assert "no_such_language" in refused


async def _waia(folder: Path, mirror: Mirror, *arguments: str) -> str:
    """What the command says."""
    environ = {"WAIA_DATA": str(folder / "data"), "VOICE_MODEL_URL": mirror.address}
    (folder / "log").unlink(missing_ok=True)
    waia = Waia(folder, environ, arguments=arguments)
    await waia.launch()
    await waia.died()
    return waia.log
