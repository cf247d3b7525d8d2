"""`kill -9` while a voice note is heard: after a restart its text arrives, once (F7, A7)."""

from pathlib import Path

import pytest

from tests.crash.effort import SOAK
from tests.crash.forks import Forks
from tests.programs import need_voice_model
from tests.road_world import Served, served
from tests.roads.bodies import PNID
from tests.roads.invariants import check_invariants
from tests.transcription.speech import YES, spoken
from waia.kit.failpoints import KILLED

HEARS_TWICE = ("transcription.before_commit",)
POINTS = ("transcription.after_claim", "transcription.before_record", "transcription.after_record")
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


async def check_one_end(road: Served) -> None:
    await road.until("SELECT count(*) FROM transcripts WHERE state = 'no_model'", timeout_s=PATIENCE_S)
    await road.calm()
    await check_invariants(road)
    assert await road.store.one("SELECT count(*) FROM lanes WHERE queue = 'transcripts'") == 0


async def is_killed(road: Served, point: str) -> None:
    await road.waia.start(WAIA_FAILPOINT=point)
    await says_aloud(road)
    assert await road.waia.died(PATIENCE_S) == KILLED, road.waia.log[-2000:]
    await road.waia.start()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("point", HEARS_TWICE if not SOAK else (*HEARS_TWICE, *POINTS))
async def test_a_process_killed_while_it_hears_a_note_hears_it_once(
    tmp_path: Path, sqlite_url: str, forks: Forks, point: str
) -> None:
    async with served(tmp_path, sqlite_url, start=False, spawn=forks.spawn(), **settings()) as road:
        await is_killed(road, point)
        await check_one_text(road)


@pytest.mark.parametrize("point", POINTS)
async def test_a_process_killed_over_a_note_records_once_how_hearing_it_ended(
    tmp_path: Path, sqlite_url: str, forks: Forks, point: str
) -> None:
    """Without a model, which takes seconds to load: that it is missing is how it ends."""
    async with served(tmp_path, sqlite_url, start=False, spawn=forks.spawn()) as road:
        await is_killed(road, point)
        await check_one_end(road)


@pytest.mark.parametrize("point", ON_MARIADB)
async def test_a_process_killed_on_mariadb_over_a_note_records_once_how_hearing_it_ended(
    tmp_path: Path, mariadb_url: str, forks: Forks, point: str
) -> None:
    async with served(tmp_path, mariadb_url, start=False, spawn=forks.spawn()) as road:
        await is_killed(road, point)
        await check_one_end(road)


@pytest.mark.parametrize("tries", [3])
async def test_a_note_over_which_processes_die_is_given_up(
    tmp_path: Path, sqlite_url: str, forks: Forks, tries: int
) -> None:
    async with served(tmp_path, sqlite_url, start=False, spawn=forks.spawn()) as road:
        await road.waia.start(VOICE_WORKERS="0")
        await says_aloud(road)
        await road.until("SELECT count(*) FROM transcripts WHERE state = 'waiting'")
        await road.waia.kill()
        for _ in range(tries):
            await road.waia.launch(WAIA_FAILPOINT="transcription.before_record")
            assert await road.waia.died(PATIENCE_S) == KILLED
        await road.waia.start()
        await road.until("SELECT reason FROM transcripts", "poison")


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
