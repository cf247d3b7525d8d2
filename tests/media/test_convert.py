"""What an attached file is sent as: itself, a rendition that WhatsApp takes, or words that say what to do."""

from pathlib import Path

import pytest

from tests.media.samples import claims, sample
from waia.kit.files import static_dir
from waia.media import decoders, ffmpeg
from waia.media.convert import NotSendable, prepare
from waia.media.decoders import NoDecoder
from waia.media.limits import MB

AS_THEY_ARE = [
    ("photo.jpg", "image/jpeg", "image"),
    ("voice.ogg", "audio/ogg", "audio"),
    ("song.mp3", "audio/mpeg", "audio"),
    ("plain.mp4", "video/mp4", "video"),
    ("papers.pdf", "application/pdf", "document"),
]
MADE = [
    ("clear.png", "image/png", "image/png", "image"),
    ("photo.webp", "image/webp", "image/jpeg", "image"),
    ("photo.bmp", "image/bmp", "image/jpeg", "image"),
    ("deep.png", "image/png", "image/jpeg", "image"),
    ("stereo.ogg", "audio/ogg", "audio/mp4", "audio"),
    ("stereo.webm", "audio/webm", "audio/mp4", "audio"),
    ("stereo.webm", "video/webm", "audio/mp4", "audio"),
    ("sound.wav", "audio/wav", "audio/mp4", "audio"),
    ("high.mp4", "video/mp4", "video/mp4", "video"),
    ("bframes.mp4", "video/mp4", "video/mp4", "video"),
]


@pytest.mark.parametrize(("name", "mime", "kind"), AS_THEY_ARE)
async def test_what_whatsapp_takes_is_not_touched(name: str, mime: str, kind: str, tmp_path: Path) -> None:
    ready = await prepare(sample(name), mime, tmp_path / "target")
    assert (ready.path, ready.mime, ready.kind, ready.voice) == (sample(name), mime, kind, False)


@pytest.mark.parametrize(("name", "mime", "new_mime", "kind"), MADE)
async def test_what_whatsapp_would_refuse_becomes_what_it_takes(
    name: str, mime: str, new_mime: str, kind: str, tmp_path: Path
) -> None:
    ready = await prepare(sample(name), mime, tmp_path / "target")
    assert (ready.mime, ready.kind) == (new_mime, kind)
    if kind == "video":
        assert (ready.probe.profile, ready.path) == ("Main", tmp_path / "target")
        assert not await ffmpeg.has_b_frames(ready.path, ready.mime)


async def test_a_recording_of_the_browser_becomes_a_mono_voice_note(tmp_path: Path) -> None:
    ready = await prepare(sample("stereo.webm"), "audio/webm", tmp_path / "target", voice=True)
    assert (ready.mime, ready.kind, ready.voice) == ("audio/ogg", "audio", True)
    assert (ready.probe.audio, ready.probe.channels, ready.probe.audio_streams) == ("opus", "mono", 1)
    as_it_is = await prepare(sample("voice.ogg"), "audio/ogg", tmp_path / "other", voice=True)
    assert (as_it_is.path, as_it_is.voice) == (sample("voice.ogg"), True)


@pytest.mark.parametrize("name", ["sticker.webp", "sticker-animado.webp"])
async def test_a_sticker_stays_a_sticker(name: str, tmp_path: Path) -> None:
    ready = await prepare(static_dir() / "demo" / name, "image/webp", tmp_path / "target")
    assert (ready.kind, ready.probe.width, ready.probe.height) == ("sticker", 512, 512)


async def test_anything_may_go_as_a_document(tmp_path: Path) -> None:
    ready = await prepare(sample("photo.bmp"), "image/bmp", tmp_path / "target", as_document=True)
    assert (ready.path, ready.kind) == (sample("photo.bmp"), "document")


async def test_a_large_picture_is_made_smaller_and_a_large_video_is_refused_with_words(tmp_path: Path) -> None:
    picture = tmp_path / "picture"
    picture.write_bytes(sample("photo.jpg").read_bytes() + b"\0" * 6 * MB)
    ready = await prepare(picture, "image/jpeg", tmp_path / "target")
    assert ready.path == tmp_path / "target"
    assert ready.path.stat().st_size < MB
    song = tmp_path / "song"
    song.write_bytes(sample("song.mp3").read_bytes() + b"\0" * 17 * MB)
    with pytest.raises(NotSendable) as refused:
        await prepare(song, "audio/mpeg", tmp_path / "target")
    assert refused.value.as_document
    assert refused.value.words(str).startswith("Pesa 18 MB y WhatsApp admite 16 MB")


REFUSED = [
    ("image/heic", b"\0\0\0\x18ftypheic", "formato", True),
    ("image/jpeg", b"\xff\xd8\xff not a picture", "dañado", True),
    ("audio/ogg", b"OggS nothing", "dañado", True),
    ("image/png", claims(9000, 9000), "81 megapíxeles", True),
    ("image/gif", b"GIF89a" + b"\xff" * 4 + bytes(20), "4295 megapíxeles", True),
    ("image/webp", b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + b"\xff" * 6, "megapíxeles", True),
    ("application/pdf", b"", "vacío", False),
]


@pytest.mark.parametrize(("mime", "content", "word", "as_document"), REFUSED)
async def test_what_cannot_be_sent_is_refused_with_the_way_out(
    mime: str, content: bytes, word: str, as_document: bool, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(NotSendable) as refused:
        await prepare(tmp_path / "file", mime, tmp_path / "target")
    assert word in refused.value.words(str)
    assert refused.value.as_document is as_document


async def test_without_ffmpeg_only_what_needs_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoders, "ffmpeg_path", lambda: None)
    ready = await prepare(sample("photo.jpg"), "image/jpeg", tmp_path / "target")
    assert ready.kind == "image"
    with pytest.raises(NoDecoder):
        await prepare(sample("stereo.webm"), "audio/webm", tmp_path / "target", voice=True)


async def test_a_film_that_takes_too_long_is_no_damaged_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffmpeg, "CONVERTING_S", 0.001)
    with pytest.raises(NotSendable) as refused:
        await prepare(sample("high.mp4"), "video/mp4", tmp_path / "target")
    assert "tarda demasiado" in refused.value.words(str)
    assert not (tmp_path / "target").exists()
