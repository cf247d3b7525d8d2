"""Korean speech from espeak-ng: the language of the one model for Vosk that a package brings."""

import subprocess
from pathlib import Path
from uuid import uuid4

ANSWERS = ("네", "아니요", "상담원", "취소", "예약", "환불", "배송 시간", "시간")
TALK = "오늘 공원에 가고 싶어요"


def say(folder: Path, words: str, noise: float = 0.0) -> Path:
    """A note in which somebody says this; `noise` is the loudness of a hiss behind it, from 0 to 1."""
    note = folder / f"{uuid4().hex}.ogg"
    speaker = ["espeak-ng", "-v", "ko", "-s", "140", "--stdout", words]
    said = subprocess.run(speaker, check=True, capture_output=True)  # noqa: S603
    hiss = f"anoisesrc=a={noise}:seed=1[n];[0:a][n]amix=duration=first:normalize=0"
    sound = ["-filter_complex", hiss, "-ac", "1", "-c:a", "libopus", str(note)]
    writer = ["ffmpeg", "-v", "error", "-y", "-i", "pipe:0", *sound]
    subprocess.run(writer, input=said.stdout, check=True)  # noqa: S603
    return note
