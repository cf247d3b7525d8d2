"""Rows as they lie in a copy: numbers, texts, bytes and nothing, the same from either database.

A piece is a gzip of frames, a frame four bytes of length and a list of rows in MessagePack. Moments are texts as SQLite
keeps them, which MariaDB/MySQL takes too.
"""

import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from waia.backups.manifest import Refused

FULL = 1024 * 1024
LARGEST = 96 * 1024 * 1024
GZIP, LENGTH, LEVEL = 31, 4, 3
VALUES = {int, float, str, bytes, type(None)}


class Packer:
    """Collects rows until a piece is full."""

    def __init__(self) -> None:
        self._frames = bytearray()

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        frame = msgspec.msgpack.encode([[_plain(value) for value in row] for row in rows])
        self._frames += len(frame).to_bytes(LENGTH, "big") + frame

    @property
    def is_full(self) -> bool:
        return len(self._frames) >= FULL

    def take(self) -> bytes:
        """What was collected; empty when there is nothing. Raises Refused when no reader would take it."""
        if len(self._frames) > LARGEST:
            raise Refused("The database has a row that is too large for a copy")
        piece = zlib.compress(self._frames, LEVEL, GZIP) if self._frames else b""
        self._frames = bytearray()
        return piece


def unpack(piece: bytes, name: str, columns: int) -> Iterator[list[list[Any]]]:
    """The rows of a piece, each of as many values as there are columns. Raises Refused."""
    left = memoryview(_unzipped(piece, name))
    while left:
        length = int.from_bytes(left[:LENGTH], "big")
        frame, left = left[LENGTH : LENGTH + length], left[LENGTH + length :]
        yield _rows(frame, name, columns)


def _rows(frame: memoryview, name: str, columns: int) -> list[list[Any]]:
    try:
        rows = msgspec.msgpack.decode(frame, type=list[list[Any]])
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise _unreadable(name) from None
    if any(len(row) != columns or not VALUES.issuperset(map(type, row)) for row in rows):
        raise _unreadable(name)
    return rows


def _unzipped(piece: bytes, name: str) -> bytes:
    """Never more than we would have written, whatever it says of itself."""
    unzipping = zlib.decompressobj(GZIP)
    try:
        found = unzipping.decompress(piece, LARGEST)
    except zlib.error:
        raise _unreadable(name) from None
    if not unzipping.eof or unzipping.unused_data:
        raise _unreadable(name)
    return found


def _unreadable(name: str) -> Refused:
    return Refused(f"{name} in this copy cannot be read, nothing was changed: take another one")


def _plain(value: Any) -> Any:
    """A server gives moments and days as such."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "microseconds")
    return value.isoformat() if isinstance(value, date) else value
