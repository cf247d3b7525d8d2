"""Which files Meta takes: MIME types, sizes, and whether the bytes are what their type says."""

import re
from collections.abc import Callable, Mapping

from waia.simulator.graph_errors import GraphError

KB, MB = 1024, 1024 * 1024
INBOUND_MAX = 100 * MB

_OFFICE = "application/vnd.openxmlformats-officedocument."
_ZIPPED = ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
_OLD_OFFICE = ("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint")
_MAX = {"audio": 16 * MB, "document": 100 * MB, "image": 5 * MB, "sticker": 500 * KB, "video": 16 * MB}


def check_upload(content: bytes, mime: str) -> str:
    """The kind of a file that may be sent; 131053 with the reason otherwise."""
    bare = bare_mime(mime)
    kind = kind_of(bare)
    if kind is None:
        raise _refused(f"Unsupported media type {bare}")
    if not content:
        raise _refused("The file is empty")
    if len(content) > _MAX[kind]:
        raise _refused(f"The file has {len(content)} bytes, the most for {kind} is {_MAX[kind]}")
    if not _LOOKS_RIGHT.get(bare, _anything)(content):
        raise _refused(f"The file does not look like {bare}")
    if kind == "sticker":
        _check_sticker(content)
    return kind


def bare_mime(mime: str) -> str:
    return mime.partition(";")[0].strip().lower()


def kind_of(mime: str) -> str | None:
    """Types that Meta does not list pass as documents, unless they are audio, video or pictures."""
    if mime in _KINDS:
        return _KINDS[mime]
    return "document" if re.match(r"(application|text)/", mime) else None


def _refused(details: str) -> GraphError:
    return GraphError(131053, details)


def _anything(_: bytes) -> bool:
    return True


def _starts(*beginnings: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(beginnings)


def _is_png(content: bytes) -> bool:
    """8 bits a channel, RGB or RGBA."""
    return content.startswith(b"\x89PNG\r\n\x1a\n") and content[24:26] in (b"\x08\x02", b"\x08\x06")


def _is_ogg(content: bytes) -> bool:
    """Opus with one channel."""
    head = content.find(b"OpusHead", 0, 512)
    return content.startswith(b"OggS") and head > 0 and content[head + 9 : head + 10] == b"\x01"


def _is_mp4(content: bytes) -> bool:
    return content[4:8] == b"ftyp"


def _is_mpeg(content: bytes) -> bool:
    return content.startswith(b"ID3") or (content[:1] == b"\xff" and content[1:2] >= b"\xe0")


def _is_text(content: bytes) -> bool:
    return b"\0" not in content


def _is_webp(content: bytes) -> bool:
    return content.startswith(b"RIFF") and content[8:12] == b"WEBP"


def is_animated(content: bytes) -> bool:
    return content[12:16] == b"VP8X" and bool(content[20] & 0x02)


def _check_sticker(content: bytes) -> None:
    if _webp_size(content) != (512, 512):
        raise _refused("A sticker must have 512 x 512 pixels")
    if len(content) > 100 * KB and not is_animated(content):
        raise _refused("A static sticker must have at most 100 KB")


def _webp_size(content: bytes) -> tuple[int, int] | None:
    """From the canvas (VP8X), the lossless (VP8L) or the lossy header (VP8)."""
    if len(content) < 30:
        return None
    chunk = content[12:16]
    if chunk == b"VP8X":
        return _little(content[24:27]) + 1, _little(content[27:30]) + 1
    if chunk == b"VP8L":
        bits = _little(content[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return _little(content[26:28]) & 0x3FFF, _little(content[28:30]) & 0x3FFF


def _little(part: bytes) -> int:
    return int.from_bytes(part, "little")


_KINDS: Mapping[str, str] = {
    **dict.fromkeys(("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"), "audio"),
    **dict.fromkeys(("image/jpeg", "image/png"), "image"),
    **dict.fromkeys(("video/mp4", "video/3gpp"), "video"),
    **dict.fromkeys(("text/plain", "application/pdf", *_OLD_OFFICE), "document"),
    **dict.fromkeys((_OFFICE + ending for ending in _ZIPPED), "document"),
    "image/webp": "sticker",
}
_LOOKS_RIGHT: Mapping[str, Callable[[bytes], bool]] = {
    "image/jpeg": _starts(b"\xff\xd8\xff"),
    "image/png": _is_png,
    "image/webp": _is_webp,
    "audio/ogg": _is_ogg,
    "audio/mp4": _is_mp4,
    "audio/mpeg": _is_mpeg,
    "audio/aac": _starts(b"\xff\xf1", b"\xff\xf9", b"ADIF"),
    "audio/amr": _starts(b"#!AMR"),
    "video/mp4": _is_mp4,
    "video/3gpp": _is_mp4,
    "application/pdf": _starts(b"%PDF-"),
    "text/plain": _is_text,
    **dict.fromkeys(_OLD_OFFICE, _starts(b"\xd0\xcf\x11\xe0")),
    **dict.fromkeys((_OFFICE + ending for ending in _ZIPPED), _starts(b"PK\x03\x04")),
}
