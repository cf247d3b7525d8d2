"""F57: what is set wrongly stops the start with one line that names the variable, or shows in `/readyz`."""

import socket
from pathlib import Path

import pytest

from tests.crash.forks import Forks
from tests.road_world import Served, served

STOPPED = 2


@pytest.mark.parametrize(
    ("variable", "name"),
    [("MEDIA_ROOT", "a-file"), ("MEDIA_ROOT", "a-file/below"), ("WAIA_DATA", "a-file"), ("WAIA_DATA", "a-file/below")],
)
async def test_a_folder_that_cannot_be_one_is_named(
    tmp_path: Path, sqlite_url: str, forks: Forks, variable: str, name: str
) -> None:
    (tmp_path / "a-file").write_text("in the way")
    async with served(tmp_path, sqlite_url, start=False, spawn=forks.spawn()) as road:
        said = await refused(road, **{variable: str(tmp_path / name)})
        assert said.startswith(f"waia: {variable} {tmp_path / name}")
        assert "choose another folder" in said


async def test_a_port_that_is_taken_is_named(tmp_path: Path, sqlite_url: str, forks: Forks) -> None:
    async with served(tmp_path, sqlite_url, start=False, spawn=forks.spawn()) as road:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", int(road.waia.environ["PORT"])))
            taken.listen()
            assert "choose another PORT" in await refused(road)


async def test_a_token_that_is_wrong_and_a_model_that_is_missing_are_said_by_readyz(
    tmp_path: Path, sqlite_url: str, forks: Forks
) -> None:
    async with served(
        tmp_path, sqlite_url, spawn=forks.spawn(), META_TOKEN="wrong", VOICE_MODEL_PATH=str(tmp_path / "nowhere")
    ) as road:
        assert (await road.http.get("/readyz")).json()["voice"] == "absent"
        await road.says("Hola")
        await road.until("SELECT count(*) > 0 FROM account_alerts WHERE severity = 'critical'")
        told = (await road.http.get("/readyz")).json()
        assert told["status"] == "degraded"
        assert "token_refused" in told["checks"]["alerts"]


async def refused(road: Served, **settings: str) -> str:
    """The one line of a start that ended by itself."""
    await road.waia.launch(**settings)
    assert await road.waia.died() == STOPPED
    (said,) = road.waia.log.strip().splitlines()
    return said
