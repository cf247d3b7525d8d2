"""Takes bytes in: counts, hashes and recognises them while they pass to the storage, one piece at a time."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from waia.media.kinds import HEAD_BYTES, FileKind, sniff
from waia.media.storage import Storage, new_key


class TooBig(Exception):
    """More bytes than the limit; nothing of them was kept."""


class WrongHash(Exception):
    """The bytes are not those that the sender meant."""


class WrongLength(Exception):
    """Fewer or more bytes than were announced."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the other side told; `sha256` in hex, empty when it did not say. `limit` in bytes."""

    limit: int
    length: int | None = None
    sha256: str = ""
    filename: str = ""
    mime: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """Bytes that are durable under `key`, and that no row points at yet. `head` are the first of them."""

    key: str
    sha256: str
    size: int
    kind: FileKind
    head: bytes


async def take_in(storage: Storage, pieces: AsyncIterator[bytes], expected: Expected) -> Taken:
    """Raises TooBig, WrongHash, WrongLength, StorageFull and whatever `pieces` raises; then nothing is left."""
    writer = await storage.create()
    try:
        digest, size, head = hashlib.sha256(), 0, b""
        async for piece in pieces:
            size += len(piece)
            if size > expected.limit:
                raise TooBig(size)
            digest.update(piece)
            head += piece[: HEAD_BYTES - len(head)]
            await writer.write(piece)
        sha256 = digest.hexdigest()
        _check(expected, size, sha256)
        key = new_key(sha256)
        await writer.commit(key)
    except BaseException:
        await writer.abort()
        raise
    return Taken(key, sha256, size, sniff(head, filename=expected.filename, declared=expected.mime), head)


def _check(expected: Expected, size: int, sha256: str) -> None:
    if expected.length is not None and size != expected.length:
        raise WrongLength(size)
    if expected.sha256 and sha256 != expected.sha256:
        raise WrongHash(sha256)
