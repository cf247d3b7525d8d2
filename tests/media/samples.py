"""Small real media files, made once by ffmpeg."""

import json
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tests.programs import need

MAKING = {
    "stereo.webm": "-f lavfi -i sine=440:d=3 -c:a libopus -ac 2",
    "stereo.ogg": "-f lavfi -i sine=440:d=3 -c:a libopus -ac 2",
    "voice.ogg": "-f lavfi -i sine=440:d=2 -c:a libopus -ac 1",
    "song.mp3": "-f lavfi -i sine=440:d=3",
    "sound.wav": "-f lavfi -i sine=440:d=1",
    "high.mp4": "-f lavfi -i testsrc=d=1:s=320x240 -f lavfi -i sine=440:d=1 -pix_fmt yuv420p -c:v libx264 -c:a aac",
    "bframes.mp4": "-f lavfi -i testsrc=d=1:s=320x240 -pix_fmt yuv420p -c:v libx264 -profile:v main -bf 2",
    "plain.mp4": "-f lavfi -i testsrc=d=1:s=320x240 -pix_fmt yuv420p -c:v libx264 -profile:v baseline",
    "photo.jpg": "-f lavfi -i testsrc=d=1:s=320x240 -frames:v 1",
    "photo.webp": "-f lavfi -i testsrc=d=1:s=320x240 -frames:v 1",
    "photo.bmp": "-f lavfi -i testsrc=d=1:s=64x48 -frames:v 1",
    "clear.png": "-f lavfi -i color=red@0.5:d=1:s=300x200,format=rgba -frames:v 1",
    "wide.png": "-f lavfi -i testsrc=d=1:s=3000x1200 -frames:v 1",
    "deep.png": "-f lavfi -i testsrc=d=1:s=64x48,format=rgb48 -frames:v 1",
}


@cache
def _folder() -> Path:
    return Path(mkdtemp(prefix="waia-samples-"))


@cache
def sample(name: str) -> Path:
    """A file of `MAKING`, or a small PDF."""
    path = _folder() / name
    if name.endswith(".pdf"):
        path.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
        return path
    command = ["ffmpeg", "-y", "-nostdin", "-loglevel", "error", *MAKING[name].split(), str(path)]
    subprocess.run(command, check=True, timeout=60)
    return path


@dataclass(frozen=True)
class Witness:
    """What ffprobe, which waia itself does not use, says of a file."""

    container: str
    streams: list[tuple[str, int]]
    duration_s: float


def by_ffprobe(content: bytes) -> Witness:
    """Codec and channels of each stream."""
    asked = ["-v", "error", "-show_streams", "-show_format", "-of", "json", "-i", "pipe:0"]
    said = json.loads(subprocess.run([need("ffprobe"), *asked], input=content, check=True, capture_output=True).stdout)
    streams = [(each["codec_name"], each.get("channels", 0)) for each in said["streams"]]
    packets = ["-v", "error", "-show_entries", "packet=pts_time,duration_time", "-of", "csv=p=0", "-i", "pipe:0"]
    told = subprocess.run([need("ffprobe"), *packets], input=content, check=True, capture_output=True).stdout
    pts, length = told.decode().split()[-1].split(",")[:2]
    return Witness(said["format"]["format_name"], streams, float(pts) + float(length))


def claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says that it is so large."""
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\0\0\0" + bytes(4)
