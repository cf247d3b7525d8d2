"""A voice note on its way: webhook, file, words, text under the same bubble; and what keeps it from getting lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.programs import need_voice_model
from tests.road_world import Inside, Waia, inside, served
from tests.roads.bodies import PNID
from tests.roads.invariants import check_invariants
from tests.transcription.conftest import Loader
from tests.transcription.speech import WHO, YES, spoken
from waia.media import decoders
from waia.transcription.recognizer import VoiceModel
from waia.transcription.repository import want_again

STATES = "SELECT state FROM transcripts ORDER BY message_id"
OGG = "audio/ogg; codecs=opus"
STEADY = {"TRANSCRIPTION_MAX_AVG_TIME_SEC": "0"}


@asynccontextmanager
async def with_one_word(folder: Path, url: str, **settings: str) -> AsyncIterator[Inside]:
    """The road with a model that hears a word wherever there is sound."""
    heart = folder / "models/es/am/final.mdl"
    heart.parent.mkdir(parents=True)
    heart.write_bytes(b"x")
    async with inside(folder, url, **STEADY, **settings) as road:
        road.parts.ears.models.load = Loader()
        yield road


async def says_aloud(road: Inside, words: str = YES, *, voice: bool = True) -> None:
    carla = road.world.handset("carla", PNID)
    await carla.sends_media("audio", spoken(words).read_bytes(), OGG, voice=voice)


async def test_b15_a_voice_note_becomes_text_under_its_own_bubble(
    tmp_path: Path, sqlite_url: str, voice_model: VoiceModel
) -> None:
    """With the real model. The original stored the text again, as a second message."""
    model = {"VOICE_MODEL_PATH": str(need_voice_model()), **STEADY}
    async with inside(tmp_path, sqlite_url, **model) as road:
        road.parts.ears.models.load = lambda _: voice_model
        await says_aloud(road, WHO)
        await road.until(STATES, "heard", timeout_s=90)
        await road.calm()
        row = await road.store.row("SELECT * FROM transcripts")
        assert row.heard_text
        assert 0 < row.confidence <= 1
        assert row.duration_ms > 1_000
        assert await road.store.column("SELECT mensaje FROM mensajes WHERE direction = 'in'") == [row.heard_text]
        assert (await road.http.get("/readyz")).json()["checks"]["voice"] == "ok"
        await check_invariants(road)


async def test_notes_and_other_sounds_of_customers_are_heard_on_both_databases(
    tmp_path: Path, database_url: str
) -> None:
    async with with_one_word(tmp_path, database_url) as road:
        await says_aloud(road)
        await says_aloud(road, voice=False)
        await road.until("SELECT count(*) FROM transcripts WHERE state = 'heard'", 2)
        await road.calm()
        assert await road.store.column("SELECT mensaje FROM mensajes WHERE direction = 'in'") == ["hola", "hola"]
        assert await road.store.column("SELECT attempts FROM transcripts") == [1, 1]
        await check_invariants(road)


async def test_b16_without_a_model_nobody_is_told_anything(tmp_path: Path, sqlite_url: str) -> None:
    """The original told the customer that the audio had been too long."""
    async with inside(tmp_path, sqlite_url) as road:
        await road.talk("Hola")
        before = len(road.world.sent)
        await says_aloud(road)
        await road.until(STATES, "no_model")
        await road.calm()
        assert len(road.world.sent) == before
        assert (await road.store.row("SELECT reason, heard_text FROM transcripts")) == ("absent", "")
        assert (await road.http.get("/readyz")).json()["voice"] == "absent"
        await check_invariants(road)


async def test_switched_off_no_note_waits_to_be_heard(tmp_path: Path, sqlite_url: str) -> None:
    async with with_one_word(tmp_path, sqlite_url, MAX_TRANSCRIPTION_DURATION_MS="0") as road:
        await says_aloud(road)
        await road.until("SELECT state FROM media", "ready")
        await road.calm()
        assert await road.store.one("SELECT count(*) FROM transcripts") == 0
        assert (await road.http.get("/readyz")).json()["checks"]["voice"] == "ok"


async def test_a_process_that_leaves_hearing_to_others_takes_no_note(tmp_path: Path, sqlite_url: str) -> None:
    async with with_one_word(tmp_path, sqlite_url, VOICE_WORKERS="0") as road:
        await says_aloud(road)
        await road.until(STATES, "waiting")
        await road.until("SELECT count(*) FROM media_files WHERE checked_at IS NOT NULL")
        assert await road.store.column("SELECT owner FROM lanes WHERE queue = 'transcripts'") == [""]


async def test_a_machine_that_only_hears_takes_the_notes_that_others_leave(tmp_path: Path, mariadb_url: str) -> None:
    async with served(tmp_path, mariadb_url, VOICE_WORKERS="0") as road:
        carla = road.world.handset("carla", PNID)
        await carla.sends_media("audio", spoken(YES).read_bytes(), OGG, voice=True)
        await road.until(STATES, "waiting")
        ears = Waia(tmp_path, road.waia.environ | {"VOICE_WORKERS": "2"}, arguments=("work", "--only", "transcription"))
        try:
            await ears.launch()
            await road.until(STATES, "no_model")
            assert await ears.stop() == 0
        finally:
            await ears.kill()


async def test_a_decoder_that_is_killed_costs_a_try_and_the_text_arrives_once(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`kill -9` of ffmpeg, as the kernel does when memory runs out."""
    _killed_first(tmp_path, monkeypatch, times=1)
    async with with_one_word(tmp_path, sqlite_url) as road:
        await says_aloud(road)
        await road.until(STATES, "heard")
        await road.calm()
        assert await road.store.one("SELECT attempts FROM transcripts") == 2
        assert await road.store.column("SELECT mensaje FROM mensajes WHERE direction = 'in'") == ["hola"]
        await check_invariants(road)


async def test_a_note_over_which_decoders_die_again_and_again_is_given_up_and_others_go_on(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F39: three strikes; somebody may ask for it again."""
    _killed_first(tmp_path, monkeypatch, times=3)
    async with with_one_word(tmp_path, sqlite_url) as road:
        await says_aloud(road)
        await road.until("SELECT reason FROM transcripts", "poison")
        await says_aloud(road)
        await road.until("SELECT count(*) FROM transcripts WHERE state = 'heard'")
        poisoned = await road.store.one("SELECT message_id FROM transcripts WHERE state = 'failed'")
        again = await road.parts.database.run(lambda tx: want_again(tx, poisoned, road.parts.clock.real()))
        assert again
        await road.until("SELECT count(*) FROM transcripts WHERE state = 'heard'", 2)
        await road.calm()
        await check_invariants(road)


def _killed_first(folder: Path, monkeypatch: pytest.MonkeyPatch, *, times: int) -> None:
    """The first decoders that are asked for plain sound die; everything else is ffmpeg."""
    program, real = folder / "ffmpeg", decoders.ffmpeg_path()
    count = f'n=$(wc -l < {folder}/deaths); if [ "$n" -lt {times} ]; then echo x >> {folder}/deaths; kill -9 $$; fi'
    program.write_text(f'#!/bin/sh\ncase "$*" in *s16le*) {count};; esac\nexec {real} "$@"\n')
    program.chmod(0o755)
    (folder / "deaths").write_text("")
    monkeypatch.setattr(decoders, "ffmpeg_path", lambda: str(program))


async def test_a_note_whose_lane_was_lost_comes_back(tmp_path: Path, sqlite_url: str) -> None:
    async with with_one_word(tmp_path, sqlite_url, VOICE_WORKERS="0") as road:
        await says_aloud(road)
        await road.until(STATES, "waiting")
        await road.store.rows("DELETE FROM lanes WHERE queue = 'transcripts'")
        await road.store.rows("UPDATE transcripts SET wanted_at = '2026-01-01 00:00:00.000000'")
        road.parts.ears.pool.size = 1
        await road.until(STATES, "heard")
        await road.calm()
        await check_invariants(road)


async def test_a_file_that_is_gone_ends_the_waiting(tmp_path: Path, sqlite_url: str) -> None:
    """Nobody waits for ever, whether the sweep has the file fetched once more in time or not."""
    async with with_one_word(tmp_path, sqlite_url, VOICE_WORKERS="0") as road:
        await says_aloud(road)
        await road.until(STATES, "waiting")
        key = await road.store.one("SELECT storage_key FROM media_files")
        await road.parts.storage.remove(key)
        road.parts.ears.pool.size = 1
        await road.until("SELECT count(*) FROM transcripts WHERE state = 'waiting'", 0)
        await road.until("SELECT count(*) FROM lanes WHERE queue = 'transcripts'", 0)
