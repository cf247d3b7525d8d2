"""Answers with a stored file: whole or in part, in place only where that is harmless, never kept by others."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from litestar import Response
from litestar.response import Stream

from waia.kit.errors import NotFound
from waia.media.disposition import content_disposition
from waia.media.http_range import Part, Unsatisfiable, Version, is_known, wanted_part
from waia.media.kinds import FileKind, kind_of
from waia.media.storage import NoSuchFile, Storage
from waia.media.values import Attachment

# `sandbox` without a word: even a document that is shown gets no script, no origin, no forms.
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
PLAYABLE, THUMBNAIL = kind_of("audio/mp4"), kind_of("image/jpeg")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of an attachment: the file as it came, its preview, or its playable sound."""

    key: str
    kind: FileKind
    filename: str


def wanted(attachment: Attachment, variant: str) -> Wanted:
    """Raises NotFound for a file that is not here, or has no such rendition."""
    if not attachment.is_ready or attachment.storage_key is None:
        raise NotFound
    if variant == "thumb" and attachment.thumb_key:
        return Wanted(attachment.thumb_key, THUMBNAIL, attachment.filename)
    if variant == "play" and attachment.playable_key:
        return Wanted(attachment.playable_key, PLAYABLE, attachment.filename)
    if variant:
        raise NotFound
    return Wanted(attachment.storage_key, kind_of(attachment.mime or ""), attachment.filename)


async def answer(
    storage: Storage, attachment: Attachment, file: Wanted, headers: Mapping[str, str], method: str
) -> Response[Any]:
    """200, 206, 304 or 416. The tag is the storage's key: it is random, and tells nothing of the content."""
    try:
        size = await storage.size(file.key)
    except NoSuchFile:
        raise NotFound from None
    version = Version(file.key.partition("/")[2], attachment.created_at, size)
    told = _headers(file, version)
    if is_known(headers, version):
        return Response(None, status_code=HTTPStatus.NOT_MODIFIED, headers=told)
    try:
        part = wanted_part(headers, version)
    except Unsatisfiable:
        return Response(None, status_code=416, headers=told | {"Content-Range": f"bytes */{size}"})
    return _bytes_of(storage, file, part, size, told, method)


def _bytes_of(
    storage: Storage, file: Wanted, part: Part | None, size: int, told: dict[str, str], method: str
) -> Response[Any]:
    status, length = HTTPStatus.OK, size
    if part is not None:
        status, length = HTTPStatus.PARTIAL_CONTENT, part.length
        told["Content-Range"] = f"bytes {part.start}-{part.start + part.length - 1}/{size}"
    told["Content-Length"] = str(length)
    start = part.start if part else 0
    pieces = _nothing() if method == "HEAD" or not length else storage.open(file.key, start, length)
    return Stream(pieces, status_code=status, headers=told, media_type=file.kind.mime)


def _headers(file: Wanted, version: Version) -> dict[str, str]:
    return {
        "Content-Type": file.kind.mime,
        "Content-Disposition": content_disposition(file.filename, file.kind),
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
        "Accept-Ranges": "bytes",
        "ETag": version.etag,
        "Last-Modified": version.last_modified,
    }


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""
