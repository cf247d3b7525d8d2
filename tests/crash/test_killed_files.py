"""`kill -9` while a file is on its way to Meta or is being made ready: sent once, and no row without its file."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.media.samples import sample
from tests.road_world import Served, served
from tests.roads.desk import publish, rule
from tests.roads.invariants import check_invariants
from waia.kit.db import Database
from waia.kit.failpoints import KILLED
from waia.kit.wakeups import Wakeups
from waia.media.folder import FolderStorage
from waia.media.intake import Expected, take_in
from waia.media.upkeep import Upkeep

UPLOAD_POINTS = ["upload.before_request", "upload.before_record", "upload.after_record", "send.before_record"]
ATTACH_POINTS = ["attach.after_upload", "attach.after_convert", "attach.before_row"]
ATTACHING = """
import asyncio, sys
from collections.abc import AsyncIterator
from pathlib import Path
from waia.app.parts import make_parts
from waia.chats.attachments import Offer
from waia.settings import load_settings

async def pieces():
    yield Path(sys.argv[1]).read_bytes()

async def main():
    parts = make_parts(load_settings(env_file=None))
    now = parts.clock.real()
    await parts.attacher.attach(pieces(), Offer(filename="nota.webm", voice=True), None, 1, now)
    await parts.database.close()

asyncio.run(main())
"""


async def _rule_with_a_file(road: Served, folder: Path) -> None:
    """The greeting is a document that lies in the storage."""
    content = sample("papers.pdf").read_bytes()

    async def pieces() -> AsyncIterator[bytes]:
        yield content

    taken = await take_in(FolderStorage(folder / "media"), pieces(), Expected(limit=10_000))
    file = {"key": taken.key, "sha": taken.sha256, "size": taken.size, "at": "2026-11-22 10:00:00.000000"}
    await road.store.rows(
        "INSERT INTO media_files (id, storage_key, sha256, size, mime, kind, created_at) "
        "VALUES (1, :key, :sha, :size, 'application/pdf', 'document', :at)", **file
    )  # fmt: skip
    await publish(road, rule("menu_principal", "iniciar", "La lista", tipo="document"))
    await road.store.rows(
        "INSERT INTO regla_medias (regla_id, media_url, media_tipo, file_id) "
        "SELECT id, '/static/uploads/lista.pdf', 'application/pdf', 1 FROM reglas"
    )


@pytest.mark.parametrize("point", UPLOAD_POINTS)
async def test_a_process_killed_around_an_upload_sends_the_file_once(
    tmp_path: Path, sqlite_url: str, point: str
) -> None:
    async with served(tmp_path, sqlite_url, start=False) as road:
        await _rule_with_a_file(road, tmp_path)
        await road.waia.start(WAIA_FAILPOINT=point)
        await road.says("Hola")
        assert await road.waia.died() == KILLED, road.waia.log[-2000:]
        await road.waia.start()
        await road.calm()
        (sent,) = road.world.sent
        assert sent.payload["document"]["filename"] == "lista.pdf"
        assert (
            road.world.media.get(sent.payload["document"]["id"], sent.pnid).content == sample("papers.pdf").read_bytes()
        )
        assert await road.store.one("SELECT count(*) FROM media_uploads") == 1
        await check_invariants(road)


@pytest.mark.parametrize("point", ATTACH_POINTS)
async def test_a_process_killed_while_it_makes_a_file_ready_leaves_no_row_of_it(
    tmp_path: Path, sqlite_url: str, point: str
) -> None:
    async with served(tmp_path, sqlite_url, start=False) as road:
        assert await _attach(road, WAIA_FAILPOINT=point) == KILLED
        assert await road.store.one("SELECT count(*) FROM media_files") == 0
        assert await road.store.one("SELECT count(*) FROM media") == 0
        assert await _attach(road) == 0
        draft = await road.store.row("SELECT * FROM media JOIN media_files ON media_files.id = media.file_id")
        assert (draft.scope, draft.state, bool(draft.voice), draft.kind) == ("draft", "ready", True, "audio")
        storage = FolderStorage(tmp_path / "media")
        assert await storage.size(draft.storage_key) == draft.size
        await _sweep(road)
        assert {stored.key async for stored in storage.stored()} == {draft.storage_key, draft.playable_key}
        assert not list((tmp_path / "media" / "tmp").iterdir())


async def _sweep(road: Served) -> None:
    """What the next hour would do, with nothing too young for it."""
    database = Database(road.store.url, Wakeups())
    await Upkeep(database, FolderStorage(road.folder / "media")).sweep(datetime.now(UTC), young=timedelta())
    await database.close()


async def _attach(road: Served, **more: str) -> int | None:
    environ = {"PATH": os.defpath, **road.waia.environ, **more}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ATTACHING, str(sample("stereo.webm")), env=environ, cwd=road.waia.folder
    )
    return await child.wait()
