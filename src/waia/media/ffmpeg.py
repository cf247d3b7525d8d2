"""What a media file holds, and the renditions that we make of it: voice note, m4a, mp3, mp4, jpeg, thumbnail.

The demuxer is forced by the type that the content was recognised as: a playlist that calls itself ogg is not followed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from waia.media.canvas import MOST_PIXELS, is_too_large
from waia.media.decoders import Killed, NoDecoder, Said, TooSlow, Undecodable, ffmpeg_path, run

__all__ = [
    "Killed",
    "NoDecoder",
    "Probe",
    "TooManyPixels",
    "TooSlow",
    "Undecodable",
    "available",
    "declared_ms",
    "has_b_frames",
    "pcm_arguments",
    "probe",
    "thumbnail",
    "to_jpeg",
    "to_m4a",
    "to_mp4",
    "to_voice_note",
]

DEMUXERS = {
    "audio/ogg": "ogg",
    "audio/webm": "matroska",
    "audio/mpeg": "mp3",
    "audio/mp4": "mov",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "video/mp4": "mov",
    "video/3gpp": "mov",
    "video/quicktime": "mov",
    "video/webm": "matroska",
    "video/x-matroska": "matroska",
    "image/jpeg": "jpeg_pipe",
    "image/png": "png_pipe",
    "image/webp": "webp_pipe",
    "image/gif": "gif",
    "image/bmp": "bmp_pipe",
    "image/tiff": "tiff_pipe",
}
THUMB_SIDE, IMAGE_SIDE, VIDEO_SIDE = 480, 2560, 1280
LOOKED_AT = 48
PROBE_S, PICTURE_S, CONVERTING_S = 20.0, 30.0, 180.0
LONGEST_AUDIO_S = 4 * 3600
TELLS_ITS_LENGTH = {"ogg", "matroska", "mov", "wav", "flac"}  # of the others ffmpeg guesses it
PCM_RATE = 16_000
_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d)\.(\d\d)")
_AUDIO = re.compile(r"Stream #[^\n]*?: Audio: ([a-z0-9_]+)[^\n]*?, (\d+) Hz, ([a-z0-9.()]+)")
_VIDEO = re.compile(r"Stream #[^\n]*?: Video: ([a-z0-9_]+)(?: \(([A-Za-z0-9:. ]+)\))?[^\n]*?, (\d+)x(\d+)")
_OVERSIZE = re.compile(r"Picture size (\d+)x(\d+) exceeds")
_TURNED = re.compile(r"rotation of -?(90|270)\.")


@dataclass(frozen=True, slots=True)
class Probe:
    """What is inside. A codec is empty where there is no such stream; `duration_ms` None where nobody knows."""

    duration_ms: int | None = None
    width: int | None = None
    height: int | None = None
    audio: str = ""
    channels: str = ""
    audio_streams: int = 0
    video: str = ""
    profile: str = ""


class TooManyPixels(Undecodable):
    """It would fill our memory."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        super().__init__(f"{width} x {height} pixels")


def available() -> bool:
    return ffmpeg_path() is not None


async def probe(path: Path, mime: str) -> Probe:
    """Read the head of a file, no more. Raises Undecodable where it holds neither sound nor picture."""
    said = await run(_source(path, mime), wall_s=PROBE_S)
    if refused := _OVERSIZE.search(said.words):
        raise TooManyPixels(int(refused[1]), int(refused[2]))
    found = _read(said)
    if not (found.audio or found.video):
        raise Undecodable("no stream")
    if is_too_large(found.width, found.height):
        raise TooManyPixels(found.width or 0, found.height or 0)
    return found


async def has_b_frames(path: Path, mime: str) -> bool:
    """Whether the first seconds of a video hold frames that need a later one."""
    frames = ["-an", "-sn", "-dn", "-map", "0:v:0", "-vf", "showinfo", "-frames:v", str(LOOKED_AT), "-f", "null", "-"]
    return " type:B" in (await run([*_source(path, mime), *frames], wall_s=PROBE_S)).words


async def to_voice_note(path: Path, mime: str, target: Path) -> None:
    """Ogg with one mono Opus stream, as WhatsApp wants a recorded note."""
    sound = ["-vn", "-sn", "-dn", "-map", "0:a:0", "-map_metadata", "-1", "-ac", "1", "-ar", "48000"]
    opus = ["-c:a", "libopus", "-b:a", "32k", "-application", "voip"]
    await _make([*_source(path, mime), *sound, *opus, *_longest(), "-f", "ogg"], target)


async def to_m4a(path: Path, mime: str, target: Path) -> None:
    """AAC in mp4: for players that cannot do Opus, and for sound that WhatsApp takes as an audio file."""
    sound = ["-vn", "-sn", "-dn", "-map", "0:a:0", "-map_metadata", "-1", "-c:a", "aac", "-b:a", "96k", "-ac", "2"]
    await _make([*_source(path, mime), *sound, *_longest(), "-movflags", "+faststart", "-f", "mp4"], target)


async def to_mp4(path: Path, mime: str, target: Path) -> None:
    """H.264 without B-frames and one AAC stream: what every phone with WhatsApp plays."""
    streams = ["-sn", "-dn", "-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1"]
    side = f"scale='min({VIDEO_SIDE},iw)':'min({VIDEO_SIDE},ih)':force_original_aspect_ratio=decrease"
    picture = ["-vf", f"{side},scale='trunc(iw/2)*2':'trunc(ih/2)*2',format=yuv420p", "-c:v", "libx264"]
    speed = ["-preset", "veryfast", "-crf", "26", "-profile:v", "main", "-bf", "0", "-threads", "2"]
    sound = ["-c:a", "aac", "-b:a", "96k", "-ac", "2", "-movflags", "+faststart", "-f", "mp4"]
    await _make([*_source(path, mime), *streams, *picture, *speed, *sound], target)


async def to_jpeg(path: Path, mime: str, target: Path, *, side: int = IMAGE_SIDE) -> None:
    """A still picture no longer than `side`; what is transparent becomes white."""
    await _make([*_source(path, mime), *_still(side, quality="3")], target, wall_s=PICTURE_S)


async def thumbnail(path: Path, mime: str, target: Path) -> None:
    """A small jpeg of a picture, or of a video's first frames."""
    await _make([*_source(path, mime), *_still(THUMB_SIDE, quality="5")], target, wall_s=PICTURE_S)


def pcm_arguments(path: Path, mime: str, longest_s: float) -> list[str]:
    """For `decoders.pouring`: mono sound of 16 kHz, 16 bits signed, cut at that length. Raises Undecodable."""
    sound = ["-vn", "-sn", "-dn", "-map", "0:a:0", "-t", f"{longest_s:g}", "-ac", "1", "-ar", str(PCM_RATE)]
    return ["-threads", "1", *_source(path, mime), *sound, "-f", "s16le", "pipe:1"]


def declared_ms(words: str, mime: str) -> int | None:
    """How long a file says that it is, as soon as ffmpeg told it; None where it does not say, so that it is guessed."""
    return _duration_ms(words) if _demuxer_of(mime) in TELLS_ITS_LENGTH else None


def _demuxer_of(mime: str) -> str | None:
    return DEMUXERS.get(mime.partition(";")[0].strip().lower())


def _source(path: Path, mime: str) -> list[str]:
    """Raises Undecodable for a type that no decoder is trusted with."""
    demuxer = _demuxer_of(mime)
    if demuxer is None:
        raise Undecodable(f"no demuxer for {mime}")
    safety = ["-protocol_whitelist", "file,pipe", "-max_pixels", str(MOST_PIXELS), "-f", demuxer]
    return [*safety, "-i", f"file:{path}"]


def _longest() -> list[str]:
    return ["-t", str(LONGEST_AUDIO_S)]


def _still(side: int, quality: str) -> Sequence[str]:
    fit = f"scale='min({side},iw)':'min({side},ih)':force_original_aspect_ratio=decrease"
    paper = "[0:v:0]format=rgba,split[a][b];[a]lutrgb=r=255:g=255:b=255:a=255[paper]"
    white = f"{paper};[paper][b]overlay=format=auto,{fit},format=yuvj420p"
    one = ["-an", "-sn", "-dn", "-frames:v", "1", "-map_metadata", "-1", "-c:v", "mjpeg", "-q:v", quality]
    return ["-filter_complex", white, *one, "-f", "image2", "-update", "1"]


async def _make(arguments: Sequence[str], target: Path, *, wall_s: float | None = None) -> None:
    """Raises Undecodable and leaves nothing behind when it does not work out."""
    try:
        said = await run(["-y", *arguments, f"file:{target}"], wall_s=wall_s or CONVERTING_S)
        if said.code != 0 or not _is_filled(target):
            raise Undecodable(said.words[-300:])
    except BaseException:
        _remove(target)
        raise


def _is_filled(target: Path) -> bool:
    return target.is_file() and target.stat().st_size > 0


def _remove(target: Path) -> None:
    target.unlink(missing_ok=True)


def _read(said: Said) -> Probe:
    audio, video = _AUDIO.search(said.words), _VIDEO.search(said.words)
    width, height = (int(video[3]), int(video[4])) if video else (None, None)
    if _TURNED.search(said.words):
        width, height = height, width
    return Probe(
        duration_ms=_duration_ms(said.words),
        width=width,
        height=height,
        audio=audio[1] if audio else "",
        channels=audio[3] if audio else "",
        audio_streams=len(_AUDIO.findall(said.words)),
        video=video[1] if video else "",
        profile=(video[2] or "") if video else "",
    )


def _duration_ms(words: str) -> int | None:
    found = _DURATION.search(words)
    if found is None:
        return None
    hours, minutes, seconds, hundredths = (int(each) for each in found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + hundredths * 10
