"""ffmpeg as a child in a box: what it finds, what it makes, and that nothing gets out."""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.media.samples import sample
from tests.road_world import eventually
from tests.servers import free_port
from waia.media import decoders, ffmpeg

FOUND = [
    ("stereo.webm", "audio/webm", {"audio": "opus", "channels": "stereo"}),
    ("song.mp3", "audio/mpeg", {"audio": "mp3", "channels": "mono"}),
    ("high.mp4", "video/mp4", {"video": "h264", "profile": "High", "width": 320, "height": 240, "audio": "aac"}),
    ("photo.jpg", "image/jpeg", {"width": 320, "height": 240}),
    ("clear.png", "image/png", {"width": 300, "height": 200}),
    ("photo.webp", "image/webp", {"width": 320, "height": 240}),
]


@pytest.mark.parametrize(("name", "mime", "wanted"), FOUND)
async def test_a_probe_says_what_a_file_holds(name: str, mime: str, wanted: dict[str, object]) -> None:
    found = await ffmpeg.probe(sample(name), mime)
    assert {key: getattr(found, key) for key in wanted} == wanted


@pytest.mark.parametrize("name", ["stereo.webm", "song.mp3", "high.mp4"])
async def test_a_voice_note_is_one_mono_opus_stream_of_the_same_length(name: str, tmp_path: Path) -> None:
    mime = {"webm": "audio/webm", "mp3": "audio/mpeg", "mp4": "video/mp4"}[name.rpartition(".")[2]]
    before = await ffmpeg.probe(sample(name), mime)
    await ffmpeg.to_voice_note(sample(name), mime, tmp_path / "note")
    after = await ffmpeg.probe(tmp_path / "note", "audio/ogg")
    assert (after.audio, after.channels, after.audio_streams, after.video) == ("opus", "mono", 1, "")
    assert after.duration_ms == pytest.approx(before.duration_ms, abs=80)


async def test_a_video_becomes_one_without_b_frames_and_a_picture_becomes_small(tmp_path: Path) -> None:
    await ffmpeg.to_mp4(sample("high.mp4"), "video/mp4", tmp_path / "video")
    video = await ffmpeg.probe(tmp_path / "video", "video/mp4")
    assert (video.video, video.profile, video.audio) == ("h264", "Main", "aac")
    await ffmpeg.to_jpeg(sample("wide.png"), "image/png", tmp_path / "picture")
    picture = await ffmpeg.probe(tmp_path / "picture", "image/jpeg")
    assert (picture.width, picture.height) == (2560, 1024)
    for name, mime in (("high.mp4", "video/mp4"), ("clear.png", "image/png"), ("photo.webp", "image/webp")):
        await ffmpeg.thumbnail(sample(name), mime, tmp_path / "thumb")
        assert (await ffmpeg.probe(tmp_path / "thumb", "image/jpeg")).width in {300, 320}


async def test_a_file_that_is_not_what_it_says_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(os.urandom(4096))
    for mime in ("audio/ogg", "video/mp4", "image/jpeg", "image/svg+xml", "text/html"):
        with pytest.raises(ffmpeg.Undecodable):
            await ffmpeg.probe(broken, mime)
        with pytest.raises(ffmpeg.Undecodable):
            await ffmpeg.to_voice_note(broken, mime, tmp_path / "target")
    assert not (tmp_path / "target").exists()


async def test_a_playlist_disguised_as_ogg_reaches_neither_the_network_nor_other_files(tmp_path: Path) -> None:
    """I27: ffmpeg by itself would pick the playlist's demuxer and follow what it names."""
    calls: list[object] = []

    async def called(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append(await reader.read(100))
        writer.close()

    port = free_port()
    async with await asyncio.start_server(called, "127.0.0.1", port):
        for line in (f"http://127.0.0.1:{port}/x.ogg", f"file:{sample('voice.ogg')}", "concat:/etc/passwd"):
            evil = tmp_path / "evil.ogg"
            evil.write_text(f"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\n{line}\n#EXT-X-ENDLIST\n")
            with pytest.raises(ffmpeg.Undecodable):
                await ffmpeg.to_voice_note(evil, "audio/ogg", tmp_path / "target")
    assert calls == []


async def test_a_decoder_that_hangs_is_killed_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = tmp_path / "stuck"
    stuck.write_text(f"#!/bin/sh\ntrap '' TERM\nsleep 300 &\necho $! > {tmp_path}/child\nwait\n")
    stuck.chmod(0o755)
    monkeypatch.setattr(decoders, "ffmpeg_path", lambda: str(stuck))
    with pytest.raises(ffmpeg.Undecodable):
        await decoders.run(["-i", "x"], wall_s=2)
    child = int((tmp_path / "child").read_text())

    async def is_gone() -> bool:
        return _is_gone(child)

    await eventually(is_gone, "the decoder's child is gone")


@pytest.mark.parametrize(
    "greed",
    [
        "exec head -c 300000000 /dev/zero > {folder}/written",
        "exec dd if=/dev/zero of=/dev/null bs=300M count=1",
        "for each in 1 2 3 4 5 6 7 8; do (sleep 300; echo) & echo $! >> {folder}/forked; done; exit 3",
    ],
    ids=["writes without end", "eats memory", "forks and leaves"],
)
async def test_a_decoder_stays_in_its_box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, greed: str) -> None:
    """F39."""
    greedy = tmp_path / "greedy"
    greedy.write_text(f"#!/bin/sh\n{greed.format(folder=tmp_path)}\n")
    greedy.chmod(0o755)
    monkeypatch.setattr(decoders, "ffmpeg_path", lambda: str(greedy))
    monkeypatch.setattr(decoders, "MEMORY", 100 << 20)
    monkeypatch.setattr(decoders, "FILE_SIZE", 1 << 20)
    with contextlib.suppress(decoders.TooSlow):
        assert (await decoders.run(["-i", "x"], wall_s=2)).code != 0
    if (written := tmp_path / "written").exists():
        assert written.stat().st_size <= 1 << 20
    forked = tmp_path / "forked"
    children = [int(line) for line in forked.read_text().split()] if forked.exists() else []

    async def are_gone() -> bool:
        return all(_is_gone(child) for child in children)

    await eventually(are_gone, "what it started is gone")


async def test_a_decoder_that_is_killed_leaves_nothing_and_the_next_one_does_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F7: kill -9 of ffmpeg in the middle of its work, as the kernel does when memory runs out."""
    target, killed = tmp_path / "target", tmp_path / "killed"
    killed.write_text(f"#!/bin/sh\nfor target; do :; done\necho half > {target}\nkill -9 $$\n")
    killed.chmod(0o755)
    with monkeypatch.context() as only_here:
        only_here.setattr(decoders, "ffmpeg_path", lambda: str(killed))
        with pytest.raises(ffmpeg.Undecodable):
            await ffmpeg.to_voice_note(sample("stereo.webm"), "audio/webm", target)
    assert not target.exists()
    await ffmpeg.to_voice_note(sample("stereo.webm"), "audio/webm", target)
    assert (await ffmpeg.probe(target, "audio/ogg")).audio == "opus"


async def test_without_ffmpeg_the_caller_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoders, "ffmpeg_path", lambda: None)
    with pytest.raises(ffmpeg.NoDecoder):
        await ffmpeg.probe(sample("photo.jpg"), "image/jpeg")


async def test_a_decoder_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    """F7: kill -9 of waia leaves no ffmpeg behind."""
    stuck = tmp_path / "stuck"
    stuck.write_text(
        f"#!/bin/sh\necho $$ > {tmp_path}/child.part\nmv {tmp_path}/child.part {tmp_path}/child\nexec sleep 300\n"
    )
    stuck.chmod(0o755)
    program = (
        "import asyncio\nfrom waia.media import decoders\n"
        f"decoders.ffmpeg_path = lambda: {str(stuck)!r}\nasyncio.run(decoders.run(['-i', 'x']))\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program)

    async def has_begun() -> bool:
        assert parent.returncode is None
        return (tmp_path / "child").exists()

    await eventually(has_begun, "the decoder runs")
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    child = int((tmp_path / "child").read_text())

    async def is_gone() -> bool:
        return _is_gone(child)

    await eventually(is_gone, "the decoder is gone")


def _is_gone(pid: int) -> bool:
    """Ended, or ended and not yet collected by whoever inherited it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


async def test_a_child_stands_back_for_customers_and_agents() -> None:
    """Reading a large sheet or a film on a full machine must not make webhooks wait."""
    tell = [sys.executable, "-c", "import os; print(os.nice(0))"]
    box = [sys.executable, "-I", "-S", decoders.BOX, str(os.getpid()), str(1 << 30), "10", "1024"]
    child = await asyncio.create_subprocess_exec(*box, *tell, stdout=asyncio.subprocess.PIPE)
    told, _ = await child.communicate()
    assert int(told) == 19
