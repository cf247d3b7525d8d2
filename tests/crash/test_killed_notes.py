"""`kill -9` while a voice note is heard: after a restart its text arrives, once (F7, A7)."""

from pathlib import Path

import pytest

from tests.crash.forks import Forks
from tests.programs import need_voice_model
from tests.road_world import Served, served
from tests.roads.bodies import PNID
from tests.roads.invariants import check_invariants
from tests.transcription.speech import YES, spoken
from waia.kit.failpoints import KILLED

POINTS = (
    "transcription.after_claim",
    "transcription.before_record",
    "transcription.before_commit",
    "transcription.after_record",
)
ON_MARIADB = ("transcription.before_commit",)
PATIENCE_S = 100
HEARD = "SELECT count(*) FROM transcripts WHERE state = 'heard'"


def settings() -> dict[str, str]:
    """With the real model; on a busy machine it is slow, and nobody minds."""
    return {"VOICE_MODEL_PATH": str(need_voice_model()), "TRANSCRIPTION_MAX_AVG_TIME_SEC": "0", "VOICE_WORKERS": "1"}


async def says_aloud(road: Served) -> None:
    await road.world.handset("carla", PNID).sends_media(
        "audio", spoken(YES).read_bytes(), "audio/ogg; codecs=opus", voice=True
    )


async def check_one_text(road: Served) -> None:
    await road.until(HEARD, timeout_s=PATIENCE_S)
    await road.calm()
    await check_invariants(road)
    (text,) = await road.store.column("SELECT heard_text FROM transcripts")
    assert text
    assert await road.store.column("SELECT mensaje FROM mensajes WHERE direction = 'in'") == [text]
    assert await road.store.one("SELECT count(*) FROM lanes WHERE queue = 'transcripts'") == 0


async def is_killed_while_it_hears(road: Served, point: str) -> None:
    await road.waia.start(WAIA_FAILPOINT=point)
    await says_aloud(road)
    assert await road.waia.died(PATIENCE_S) == KILLED, road.waia.log[-2000:]
    await road.waia.start()
    await check_one_text(road)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("point", POINTS)
async def test_a_process_killed_while_it_hears_a_note_hears_it_once(
    tmp_path: Path, sqlite_url: str, forks: Forks, point: str
) -> None:
    async with served(tmp_path, sqlite_url, start=False, spawn=forks.spawn(), **settings()) as road:
        await is_killed_while_it_hears(road, point)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("point", ON_MARIADB)
async def test_a_process_killed_on_mariadb_while_it_hears_a_note_hears_it_once(
    tmp_path: Path, mariadb_url: str, forks: Forks, point: str
) -> None:
    async with served(tmp_path, mariadb_url, start=False, spawn=forks.spawn(), **settings()) as road:
        await is_killed_while_it_hears(road, point)


@pytest.mark.timeout(240)
async def test_a07_notes_that_wait_survive_a_restart_and_a_polite_stop_counts_no_try(
    tmp_path: Path, sqlite_url: str, forks: Forks
) -> None:
    """The original kept them in memory."""
    async with served(tmp_path, sqlite_url, start=False, spawn=forks.spawn(), **settings()) as road:
        await road.waia.start(VOICE_WORKERS="0")
        await says_aloud(road)
        await road.until("SELECT count(*) FROM transcripts WHERE state = 'waiting'")
        await road.waia.kill()
        await road.waia.start()
        await road.until("SELECT attempts FROM transcripts", 1)
        assert await road.waia.stop() == 0
        assert await road.store.row("SELECT state, attempts FROM transcripts") == ("waiting", 0)
        await road.waia.start()
        await check_one_text(road)
