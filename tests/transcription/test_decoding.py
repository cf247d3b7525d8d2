"""What may be wrong with a file or its decoder: each ends within its limits, and nothing gets out (F37 to F40)."""

import asyncio
import os
import random
import signal
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.effort import times
from tests.media.corpora import PLAYLISTS
from tests.media.samples import sample
from tests.media.test_hosts import listening
from tests.programs import need
from tests.road_world import eventually
from tests.transcription.conftest import Loader, Open
from tests.transcription.speech import TALK, silence, spoken
from waia.media import decoders
from waia.media.decoders import Killed
from waia.transcription.audio import Limits, is_cut_off
from waia.transcription.ears import Ears
from waia.transcription.values import TranscriptState as State

OGG = "audio/ogg"
LIMIT_S = 2.0
DAMAGED = times(60, 500)
KINDS = [
    ("libopus", "ogg", OGG),
    ("libmp3lame", "mp3", "audio/mpeg"),
    ("aac", "m4a", "audio/mp4"),
    ("pcm_s16le", "wav", "audio/wav"),
]


@pytest.fixture
def ears(open_with: Open) -> Ears:
    return open_with(Loader(), TRANSCRIPTION_MAX_AVG_TIME_SEC="0")


def written(folder: Path, content: bytes) -> Path:
    path = folder / "note"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("codec", "suffix", "mime"), KINDS)
async def test_each_kind_of_note_is_heard_whole(ears: Ears, codec: str, suffix: str, mime: str) -> None:
    note = spoken(TALK, codec=codec, suffix=suffix)
    heard = await ears.hear(note, mime)
    assert (heard.state, heard.text) == (State.HEARD, "hola")
    assert heard.duration_ms == pytest.approx((await ears.hear(spoken(TALK), OGG)).duration_ms, abs=150)


async def test_a_note_that_was_cut_is_heard_in_part_although_ffmpeg_is_content(ears: Ears, tmp_path: Path) -> None:
    """F37: the exit code says nothing."""
    whole = spoken(TALK, pause_s=3).read_bytes()
    cut = written(tmp_path, whole[: len(whole) * 3 // 4])
    plain = await asyncio.create_subprocess_exec(
        need("ffmpeg"), "-v", "quiet", "-i", str(cut), "-f", "null", "-", stdin=asyncio.subprocess.DEVNULL
    )
    assert await plain.wait() == 0
    heard = await ears.hear(cut, OGG)
    assert (heard.state, heard.text, heard.reason) == (State.PARTIAL, "hola", "damaged")
    assert not is_cut_off(spoken(TALK, pause_s=3), OGG)


async def test_damaged_notes_end_in_part_or_not_at_all_and_nobody_is_lost(ears: Ears, tmp_path: Path) -> None:
    """F37, N19: 60 here, 500 in a soak."""
    rng, turnstile = random.Random(7), asyncio.Semaphore(ears.at_once)
    ended: list[State] = []

    async def hear(number: int, content: bytes, mime: str) -> None:
        note = tmp_path / str(number)
        note.write_bytes(content)
        async with turnstile:
            ended.append((await ears.hear(note, mime)).state)

    damaged = [hear(number, *each) for number, each in enumerate(_damaged(rng))]
    async with asyncio.timeout(100 + DAMAGED):
        await asyncio.gather(*damaged)
    assert len(ended) == DAMAGED
    assert set(ended) <= {State.HEARD, State.PARTIAL, State.FAILED}
    assert {State.PARTIAL, State.FAILED} <= set(ended)
    assert (await ears.hear(spoken(TALK), OGG)).state is State.HEARD


def _damaged(rng: random.Random) -> Iterator[tuple[bytes, str]]:
    notes = [(spoken(TALK, codec=codec, suffix=suffix).read_bytes(), mime) for codec, suffix, mime in KINDS]
    for number in range(DAMAGED):
        whole, mime = notes[number % len(notes)] if number % 3 else notes[0]
        match number % 6:
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
                yield whole[:at] + rng.randbytes(500) + whole[at:], mime
            case 4:
                yield b"", mime
            case _:
                yield sample("photo.jpg").read_bytes(), mime


@pytest.mark.parametrize("suffix", ["wav", "mp3"])
async def test_four_hours_are_refused_soon(ears: Ears, tmp_path: Path, suffix: str) -> None:
    """F38: by what the file says of itself, or, where it says nothing, at the limit."""
    note = tmp_path / f"long.{suffix}"
    if suffix == "wav":
        _write_wav(note, 4 * 3600)
    else:
        note.write_bytes(silence(60, codec="libmp3lame", suffix="mp3").read_bytes() * 240)
    began = time.monotonic()
    heard = await ears.hear(note, {"wav": "audio/wav", "mp3": "audio/mpeg"}[suffix])
    assert heard.state is State.TOO_LONG
    assert (heard.duration_ms or 0) > 60_000
    assert time.monotonic() - began < 10


def _write_wav(note: Path, seconds: int) -> None:
    """One byte for a sample, nothing but holes on the disk."""
    size = seconds * 16_000
    head = struct.pack(
        "<4sI8sIHHIIHH4sI", b"RIFF", size + 36, b"WAVEfmt ", 16, 1, 1, 16_000, 16_000, 1, 8, b"data", size
    )
    with note.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + size)


FAKES = {
    "hangs": "trap '' TERM; sleep 300 & echo $! >> {folder}/pids; wait",
    "trickles": "while :; do printf x; sleep 0.05; done",
    "pours without end": "exec cat /dev/zero",
    "chatters without end": "exec cat /dev/zero >&2",
    "eats memory": "exec dd if=/dev/zero of=/dev/null bs=4000M count=1",
    "forks": "for each in 1 2 3 4 5 6 7 8; do sleep 300 & echo $! >> {folder}/pids; done; wait",
    "leaves somebody behind": "setsid sleep 300 & echo $! >> {folder}/pids; exit 0",
}


@pytest.mark.parametrize("fake", FAKES)
async def test_a_decoder_that_does_not_behave_is_gone_within_its_limit(
    open_with: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake: str
) -> None:
    """F39."""
    program = tmp_path / "ffmpeg"
    program.write_text(f"#!/bin/sh\necho $$ >> {tmp_path}/pids\n{FAKES[fake].format(folder=tmp_path)}\n")
    program.chmod(0o755)
    ears = open_with(Loader(), TRANSCRIPTION_MAX_AVG_TIME_SEC="0")
    ears.limits = Limits(longest_ms=60_000, wait_s=LIMIT_S)
    with monkeypatch.context() as only_here:
        only_here.setattr(decoders, "ffmpeg_path", lambda: str(program))
        began = time.monotonic()
        heard = await ears.hear(spoken(TALK), OGG)
        took_s = time.monotonic() - began
    assert heard.state in {State.FAILED, State.TOO_LONG}
    assert took_s < LIMIT_S + 1.5  # a second, and what a busy machine adds

    async def are_gone() -> bool:
        return all(_is_gone(int(pid)) for pid in (tmp_path / "pids").read_text().split())

    if fake == "leaves somebody behind":
        for pid in (tmp_path / "pids").read_text().split()[1:]:
            os.kill(int(pid), signal.SIGKILL)
    await eventually(are_gone, "the decoder and what it started are gone")
    assert (await ears.hear(spoken(TALK), OGG)).state is State.HEARD


@pytest.mark.parametrize("name", PLAYLISTS)
async def test_a_playlist_disguised_as_a_note_reaches_nobody(ears: Ears, tmp_path: Path, name: str) -> None:
    """F40, I27."""
    async with listening() as listener:
        evil = written(tmp_path, PLAYLISTS[name].replace("{url}", f"http://127.0.0.1:{listener.port}").encode())
        assert (await ears.hear(evil, OGG)).state is State.FAILED
        assert listener.hits == 0


async def test_what_no_decoder_is_trusted_with_fails(ears: Ears, tmp_path: Path) -> None:
    assert (await ears.hear(written(tmp_path, b"x"), "text/html")).reason == "undecodable"


async def test_a_decoder_that_somebody_kills_is_told_from_one_that_fails(
    ears: Ears, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\nkill -9 $$\n")
    program.chmod(0o755)
    with monkeypatch.context() as only_here:
        only_here.setattr(decoders, "ffmpeg_path", lambda: str(program))
        with pytest.raises(Killed):
            await ears.hear(spoken(TALK), OGG)
    assert (await ears.hear(spoken(TALK), OGG)).state is State.HEARD


async def test_without_ffmpeg_a_note_fails_with_the_reason(ears: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoders, "ffmpeg_path", lambda: None)
    assert (await ears.hear(spoken(TALK), OGG)).reason == "no_decoder"


async def test_who_stops_hearing_leaves_no_decoder(ears: Ears, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stuck(tmp_path)
    monkeypatch.setattr(decoders, "ffmpeg_path", lambda: str(tmp_path / "stuck"))
    hearing = asyncio.create_task(ears.hear(spoken(TALK), OGG))
    child = await _started(tmp_path)
    hearing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hearing
    assert _is_gone(child)


async def test_a_decoder_dies_with_the_process_that_hears(tmp_path: Path) -> None:
    """F7."""
    _stuck(tmp_path)
    program = (
        "import asyncio, pathlib\nfrom waia.media import decoders\n"
        "from waia.transcription.audio import Limits, sounding\n"
        f"decoders.ffmpeg_path = lambda: {str(tmp_path / 'stuck')!r}\n"
        "async def main():\n"
        "    async with sounding(pathlib.Path('x'), 'audio/ogg', Limits.of(60_000)) as (sound, _):\n"
        "        await asyncio.to_thread(lambda: list(sound.pieces()))\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
    child = await _started(tmp_path)
    parent.send_signal(signal.SIGKILL)
    await parent.wait()

    async def is_gone() -> bool:
        return _is_gone(child)

    await eventually(is_gone, "the decoder is gone")


def _stuck(folder: Path) -> None:
    stuck = folder / "stuck"
    stuck.write_text(f"#!/bin/sh\necho $$ > {folder}/part\nmv {folder}/part {folder}/pid\nexec sleep 300\n")
    stuck.chmod(0o755)


async def _started(folder: Path) -> int:
    async def has_begun() -> bool:
        return (folder / "pid").exists()

    await eventually(has_begun, "the decoder runs")
    return int((folder / "pid").read_text())


def _is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
