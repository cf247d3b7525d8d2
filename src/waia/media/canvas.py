"""Size of a picture and whether it moves, from its first bytes alone: known before anything dares to decode it."""

from dataclasses import dataclass
from pathlib import Path

from waia.media.kinds import HEAD_BYTES

MOST_PIXELS = 40_000_000
PNG, GIF, JPEG = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a"), b"\xff\xd8"
SIZES_OF_JPEG = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Canvas:
    width: int
    height: int
    animated: bool = False


def is_too_large(width: int | None, height: int | None) -> bool:
    """A few kilobytes can claim gigabytes of pixels: such a picture is neither decoded here nor shown in a page."""
    return (width or 0) * (height or 0) > MOST_PIXELS


def canvas_of(path: Path) -> Canvas | None:
    with path.open("rb") as file:
        return canvas_in(file.read(HEAD_BYTES))


def canvas_in(head: bytes) -> Canvas | None:
    """None for what is no JPEG, PNG, GIF or WebP, and for a JPEG that tells its size later."""
    if head.startswith(PNG) and head[12:16] == b"IHDR":
        return Canvas(int.from_bytes(head[16:20]), int.from_bytes(head[20:24]))
    if head.startswith(GIF):
        return Canvas(_little(head[6:8]), _little(head[8:10]))
    if head.startswith(JPEG):
        return _jpeg(head)
    return _webp(head) if head[:4] == b"RIFF" and head[8:12] == b"WEBP" and len(head) >= 30 else None


def _jpeg(head: bytes) -> Canvas | None:
    """Walks from segment to segment until one tells the size."""
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:
        if head[at + 1] in SIZES_OF_JPEG:
            return Canvas(int.from_bytes(head[at + 7 : at + 9]), int.from_bytes(head[at + 5 : at + 7]))
        at += 2 + int.from_bytes(head[at + 2 : at + 4])
    return None


def _webp(head: bytes) -> Canvas | None:
    match head[12:16]:
        case b"VP8X":
            return Canvas(_little(head[24:27]) + 1, _little(head[27:30]) + 1, bool(head[20] & 0x02))
        case b"VP8L":
            bits = _little(head[21:25])
            return Canvas((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case b"VP8 ":
            return Canvas(_little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF)
        case _:
            return None


def _little(part: bytes) -> int:
    return int.from_bytes(part, "little")
