"""Where Meta keeps the bytes of a file: an address that lives five minutes, or why there is none."""

import base64
import binascii
from http import HTTPStatus

import msgspec

from waia.whatsapp.fields import identifier, integer, node, text
from waia.whatsapp.lenient_json import Unreadable, decode

NO_SUCH_THING = 100


class MediaAddress(msgspec.Struct, frozen=True):
    """`sha256` in hex, empty when Meta does not say; `size` in bytes."""

    url: str
    mime: str = ""
    sha256: str = ""
    size: int | None = None


class NoAddress(msgspec.Struct, frozen=True):
    """`gone`: Meta does not know the id (any more). `refused`: it does not let us, such as for an old token."""

    reason: str
    gone: bool = False
    refused: bool = False


def read_address(status: int, body: bytes) -> MediaAddress | NoAddress:
    """Never raises."""
    try:
        told = node(decode(body))
    except Unreadable:
        told = {}
    url = identifier(told.get("url"))
    if status == HTTPStatus.OK and url:
        size = integer(told.get("file_size"))
        return MediaAddress(url, identifier(told.get("mime_type")) or "", hex_digest(told.get("sha256")), size)
    code = integer(node(told.get("error")).get("code"))
    refused = status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
    gone = status == HTTPStatus.NOT_FOUND or code == NO_SUCH_THING
    return NoAddress(text(node(told.get("error")).get("message")) or f"HTTP {status}", gone=gone, refused=refused)


def hex_digest(told: object) -> str:
    """SHA-256 as hex: webhooks tell it in base64, the look-up in hex. Empty for anything else."""
    digest = identifier(told) or ""
    if len(digest) == 64:
        return digest.lower() if all(sign in "0123456789abcdefABCDEF" for sign in digest) else ""
    try:
        raw = base64.b64decode(digest, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return raw.hex() if len(raw) == 32 else ""
