"""A start that cannot be says why in one line on standard error; one that can all the same says what lacks (F57)."""

import asyncio
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.accounts.world import Browser
from tests.programs import need_root
from tests.road_world import PATIENCE_S, WAIA, Road, Waia, inside, served, settings_for, spawn_fork
from tests.servers import free_port


async def started_in_vain(waia: Waia, code: int, **environ: str) -> str:
    """The one line that it says before it ends with this code."""
    log = waia.folder / "log"
    log.unlink(missing_ok=True)
    await waia.launch(**environ)
    assert await waia.died() == code
    (line,) = waia.log.strip().splitlines()
    assert line.startswith("waia: ")
    return line


@pytest.fixture
def waia(tmp_path: Path, sqlite_url: str) -> Waia:
    folder = tmp_path / "run"
    folder.mkdir()
    environ = settings_for(folder / "data", f"http://127.0.0.1:{free_port()}", sqlite_url, free_port())
    return Waia(folder, environ, spawn=spawn_fork)


async def test_the_installed_program_says_its_one_line_on_standard_error(tmp_path: Path) -> None:
    """As an owner meets it: the database's server is not there."""
    nowhere = f"mysql://waia:planted-password@127.0.0.1:{free_port()}/waia"
    environ = settings_for(tmp_path, "http://127.0.0.1:9", nowhere, free_port())
    child = await asyncio.create_subprocess_exec(
        WAIA, "serve", cwd=tmp_path, env={"PATH": os.defpath, **environ}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    async with asyncio.timeout(PATIENCE_S):
        out, err = await child.communicate()
    assert (child.returncode, out) == (1, b"")
    (line,) = err.decode().strip().splitlines()
    assert line.startswith("waia: The database cannot be used (")
    assert "DATABASE_URL or DB_HOST" in line
    assert "planted-password" not in line


@pytest.mark.parametrize("arguments", [("serve",), ("work",), ("upgrade",), ("create-role", "a", "A")])
async def test_a_database_that_is_not_there_is_one_line_for_every_command(
    waia: Waia, arguments: tuple[str, ...]
) -> None:
    waia.arguments = arguments
    line = await started_in_vain(waia, 1, DATABASE_URL=f"mysql://waia:x@127.0.0.1:{free_port()}/waia")
    assert "The database cannot be used" in line


async def test_a_file_that_is_no_database_and_an_address_that_is_none(waia: Waia, tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_text("no database at all, " * 100)
    assert "not a database" in await started_in_vain(waia, 1, DATABASE_URL=f"sqlite:///{text}")
    line = await started_in_vain(waia, 2, DATABASE_URL="mysql://waia:planted:p@ss@host:port/waia")
    assert "DATABASE_URL cannot be read" in line
    assert "planted" not in line


async def test_a_wrong_password_of_the_database_is_told(waia: Waia, mariadb_url: str) -> None:
    wrong = mariadb_url.replace("root@", "nobody:planted-password@")
    line = await started_in_vain(waia, 1, DATABASE_URL=wrong)
    assert "Access denied" in line
    assert "planted-password" not in line


async def test_a_taken_port_is_told_with_its_cure(waia: Waia) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = await started_in_vain(waia, 2, PORT=str(port))
    assert line == f"waia: PORT {port} on HOST 127.0.0.1 cannot be used (Address already in use): choose another PORT"


@pytest.mark.parametrize("below", ["", "media"])
@pytest.mark.parametrize("variable", ["WAIA_DATA", "MEDIA_ROOT"])
async def test_a_folder_that_cannot_be_made_is_told_with_its_cure(
    waia: Waia, tmp_path: Path, variable: str, below: str
) -> None:
    (tmp_path / "file").write_text("")
    line = await started_in_vain(waia, 2, **{variable: str(tmp_path / "file" / below)})
    assert line.startswith(f"waia: {variable} {tmp_path / 'file' / below} cannot be written (")
    assert line.endswith("choose another folder, or give it to the user that runs waia")


@pytest.mark.parametrize("variable", ["WAIA_DATA", "MEDIA_ROOT"])
async def test_a_folder_that_may_only_be_read_is_told(waia: Waia, tmp_path: Path, variable: str) -> None:
    with read_only(tmp_path / "read only") as folder:
        line = await started_in_vain(waia, 2, **{variable: str(folder)})
    assert f"{variable} {folder} cannot be written (Read-only file system)" in line


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    need_root("to mount a folder that may only be read")
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


async def readyz(road: Road) -> dict[str, Any]:
    told: dict[str, Any] = (await road.http.get("/readyz")).json()
    return told


async def test_with_a_token_that_meta_refuses_waia_starts_and_says_so_until_it_is_mended(
    tmp_path: Path, sqlite_url: str
) -> None:
    async with served(tmp_path, sqlite_url, META_TOKEN="planted-wrong-token") as road:
        open_ = "SELECT count(*) FROM account_alerts WHERE kind = 'token_refused' AND resolved_at IS NULL"
        await road.until(open_)
        told = await readyz(road)
        assert (told["status"], told["checks"]["workers"]) == ("degraded", "ok")
        assert "token_refused" in told["checks"]["alerts"]
        assert await road.store.one("SELECT severity FROM account_alerts") == "critical"
        assert await road.post(b'{"entry":[]}') == 200, "messages are kept all the same"
        assert "planted-wrong-token" not in road.waia.log
        await road.waia.stop()
        road.world.token = "planted-wrong-token"
        await road.waia.start()
        await road.until(open_, 0)


async def test_admins_read_over_their_chats_that_the_token_is_refused(tmp_path: Path) -> None:
    async with inside(tmp_path, f"sqlite:///{tmp_path / 'new.db'}", META_TOKEN="") as road:
        await road.until("SELECT count(*) FROM account_alerts WHERE kind = 'token_refused'")
        async with Browser(base_url=str(road.http.base_url), trust_env=False, timeout=20) as admin:
            assert (await admin.sign_in("admin", road.parts.settings.admin_password)).status_code == 303
            assert "META_TOKEN falta, o Meta no lo acepta" in (await admin.get("/avisos")).text


async def test_a_model_that_is_not_where_it_should_be_is_told(tmp_path: Path, sqlite_url: str) -> None:
    async with served(tmp_path, sqlite_url, VOICE_MODEL_PATH=str(tmp_path / "nowhere")) as road:
        await road.until("SELECT count(*) FROM account_alerts WHERE kind = 'voice_model_misplaced'")
        told = await readyz(road)
        assert (told["status"], told["voice"]) == ("degraded", "absent")
        assert "VOICE_MODEL_PATH" in told["checks"]["voice"]
        assert "voice_notes_without_text" in road.waia.log
