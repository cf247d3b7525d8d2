"""Small real media files, made once by ffmpeg."""

import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

MAKING = {
    "stereo.webm": "-f lavfi -i sine=440:d=3 -c:a libopus -ac 2",
    "stereo.ogg": "-f lavfi -i sine=440:d=3 -c:a libopus -ac 2",
    "voice.ogg": "-f lavfi -i sine=440:d=2 -c:a libopus -ac 1",
    "song.mp3": "-f lavfi -i sine=440:d=3",
    "sound.wav": "-f lavfi -i sine=440:d=1",
    "high.mp4": "-f lavfi -i testsrc=d=1:s=320x240 -f lavfi -i sine=440:d=1 -pix_fmt yuv420p -c:v libx264 -c:a aac",
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
