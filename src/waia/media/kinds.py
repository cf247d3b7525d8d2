"""What a file is, read from its first bytes; the name and type that somebody gave it only settle what bytes cannot."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

HEAD_BYTES = 8192
OCTETS = "application/octet-stream"
OPUS_MARK = b"OpusHead"
# What a browser may show in place; everything else is offered as a download.
INLINE = frozenset({
    "image/jpeg", "image/png", "image/webp", "image/gif",
    "audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "audio/amr", "video/mp4",
})  # fmt: skip
_OFFICE = "application/vnd.openxmlformats-officedocument."
_TYPES: Mapping[str, tuple[str, str]] = {
    "image/jpeg": ("image", "jpg"),
    "image/png": ("image", "png"),
    "image/gif": ("image", "gif"),
    "image/bmp": ("image", "bmp"),
    "image/tiff": ("image", "tiff"),
    "image/webp": ("sticker", "webp"),
    "audio/ogg": ("audio", "ogg"),
    "audio/mpeg": ("audio", "mp3"),
    "audio/mp4": ("audio", "m4a"),
    "audio/aac": ("audio", "aac"),
    "audio/amr": ("audio", "amr"),
    "audio/wav": ("audio", "wav"),
    "audio/flac": ("audio", "flac"),
    "audio/webm": ("audio", "webm"),
    "video/mp4": ("video", "mp4"),
    "video/3gpp": ("video", "3gp"),
    "video/quicktime": ("video", "mov"),
    "video/webm": ("video", "webm"),
    "video/x-matroska": ("video", "mkv"),
    "application/pdf": ("document", "pdf"),
    "application/rtf": ("document", "rtf"),
    "application/zip": ("document", "zip"),
    "application/msword": ("document", "doc"),
    "application/vnd.ms-excel": ("document", "xls"),
    "application/vnd.ms-powerpoint": ("document", "ppt"),
    _OFFICE + "wordprocessingml.document": ("document", "docx"),
    _OFFICE + "spreadsheetml.sheet": ("document", "xlsx"),
    _OFFICE + "presentationml.presentation": ("document", "pptx"),
    "text/plain": ("document", "txt"),
    "text/csv": ("document", "csv"),
    "text/html": ("document", "html"),
    "image/svg+xml": ("document", "svg"),
    "image/heic": ("document", "heic"),
    "image/avif": ("document", "avif"),
    OCTETS: ("document", "bin"),
}
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"#!AMR", "audio/amr"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"ADIF", "audio/aac"),
)
_ZIPPED = {b"word/": "wordprocessingml.document", b"xl/": "spreadsheetml.sheet", b"ppt/": "presentationml.presentation"}
_ZIPPED_NAMES = {"docx": _ZIPPED[b"word/"], "xlsx": _ZIPPED[b"xl/"], "pptx": _ZIPPED[b"ppt/"]}
_COMPOUND = {"doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint"}
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<iframe", b"<?php")


@dataclass(frozen=True, slots=True)
class FileKind:
    """`kind` is image, video, audio, document or sticker; `extension` has no dot."""

    mime: str
    kind: str
    extension: str

    @property
    def is_inline(self) -> bool:
        return self.mime in INLINE


def sniff(head: bytes, *, filename: str = "", declared: str = "") -> FileKind:
    """`head` is the file's first `HEAD_BYTES`. Never raises: what nobody knows is a document of octets."""
    bare = declared.partition(";")[0].strip().lower()
    extension = PurePath(filename).suffix.lower().lstrip(".")
    mime = _by_bytes(head, bare, extension)
    return kind_of(mime)


def kind_of(mime: str) -> FileKind:
    """A type that we do not know is a document of octets."""
    known = mime if mime in _TYPES else OCTETS
    return FileKind(known, *_TYPES[known])


def is_opus(head: bytes) -> bool:
    return head.startswith(b"OggS") and OPUS_MARK in head[:512]


def _by_bytes(head: bytes, declared: str, extension: str) -> str:
    for beginning, mime in _BEGINNINGS:
        if head.startswith(beginning):
            return mime
    return _stream(head, declared) or _packed(head, extension) or _text(head, extension)


def _stream(head: bytes, declared: str) -> str | None:
    """Containers of sound and pictures."""
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], OCTETS)
    if head[4:8] == b"ftyp":
        return _iso_media(head[8:12], declared)
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return _matroska(head, declared)
    if head.startswith(b"OggS"):
        return OCTETS if b"theora" in head[:512] else "audio/ogg"
    return _mpeg(head[1]) if head[:1] == b"\xff" and len(head) > 3 else None


def _packed(head: bytes, extension: str) -> str | None:
    if head.startswith(b"PK\x03\x04"):
        return _zipped(head, extension)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _COMPOUND.get(extension, OCTETS)
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0":
        return "image/bmp"
    return None


def _iso_media(brand: bytes, declared: str) -> str:
    if brand[:3] == b"M4A" or brand[:3] == b"M4B":
        return "audio/mp4"
    if brand in {b"heic", b"heix", b"hevc", b"mif1", b"msf1"}:
        return "image/heic"
    if brand in {b"avif", b"avis"}:
        return "image/avif"
    if declared.startswith("audio/"):
        return "audio/mp4"
    if brand[:2] == b"3g":
        return "video/3gpp"
    return "video/quicktime" if brand == b"qt  " else "video/mp4"


def _matroska(head: bytes, declared: str) -> str:
    if b"webm" in head[:64]:
        return "audio/webm" if declared.startswith("audio/") else "video/webm"
    return "video/x-matroska"


def _mpeg(second: int) -> str:
    """Layer 3 of MPEG is mp3; layer 0 with the sync of MPEG is AAC in ADTS."""
    if second & 0xF6 == 0xF0:
        return "audio/aac"
    return "audio/mpeg" if second & 0xE6 == 0xE2 else OCTETS


def _zipped(head: bytes, extension: str) -> str:
    if not (b"[Content_Types].xml" in head or b"_rels/" in head):
        return "application/zip"
    for folder, ending in _ZIPPED.items():
        if folder in head:
            return _OFFICE + ending
    return _OFFICE + _ZIPPED_NAMES[extension] if extension in _ZIPPED_NAMES else "application/zip"


def _text(head: bytes, extension: str) -> str:
    """Markup is told from plain text so that nobody takes it for harmless; neither is ever shown in place."""
    if not head or b"\0" in head:
        return OCTETS
    lowered = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in lowered:
        return "image/svg+xml"
    if lowered.startswith(_MARKUP) or b"<html" in lowered or b"<script" in lowered:
        return "text/html"
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return OCTETS if any(byte < 9 for byte in head) else "text/plain"
    return "text/csv" if extension == "csv" else "text/plain"
