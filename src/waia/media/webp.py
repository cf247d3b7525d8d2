"""Size of a WebP picture and whether it moves, from its first bytes: ffmpeg cannot read those that move."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Canvas:
    width: int
    height: int
    animated: bool = False


def canvas_of(path: Path) -> Canvas | None:
    """None for what is no WebP picture."""
    with path.open("rb") as file:
        head = file.read(30)
    if len(head) < 30 or head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return None
    match head[12:16]:
        case b"VP8X":
            return Canvas(_number(head[24:27]) + 1, _number(head[27:30]) + 1, bool(head[20] & 0x02))
        case b"VP8L":
            bits = _number(head[21:25])
            return Canvas((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case b"VP8 ":
            return Canvas(_number(head[26:28]) & 0x3FFF, _number(head[28:30]) & 0x3FFF)
        case _:
            return None


def _number(part: bytes) -> int:
    return int.from_bytes(part, "little")
