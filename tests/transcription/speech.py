"""Korean speech from espeak-ng, as a phone would send it: the language of the one model that a package brings."""

import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from tests.programs import need

YES, WHO, CANCEL, PARTS = "네", "상담원", "취소", "배송 시간"
ANSWERS = (YES, "아니요", WHO, CANCEL, "예약", "환불", PARTS)
TALK = "공원에 가고 싶어요"


@cache
def spoken(words: str, *, codec: str = "libopus", suffix: str = "ogg", pause_s: int = 0) -> Path:
    """A file in which somebody says this; made once. `pause_s` of silence lies before it."""
    path = Path(mkdtemp(prefix="waia-speech-")) / f"note.{suffix}"
    said = subprocess.run(
        [need("espeak-ng"), "-v", "ko", "-s", "140", "--stdout", words], check=True, capture_output=True
    )
    sound = ["-ac", "1", "-af", f"adelay={pause_s * 1000}", "-c:a", codec]
    subprocess.run([need("ffmpeg"), "-v", "error", "-i", "pipe:0", *sound, str(path)], input=said.stdout, check=True)
    return path


@cache
def silence(seconds: int, *, codec: str = "libopus", suffix: str = "ogg") -> Path:
    path = Path(mkdtemp(prefix="waia-silence-")) / f"note.{suffix}"
    nothing = ["-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", str(seconds), "-c:a", codec]
    subprocess.run([need("ffmpeg"), "-v", "error", *nothing, str(path)], check=True)
    return path
