"""The file of a copy: a plain tar that any `tar` can list, with a SHA-256 of each member at its end.

It is written beside its name and gets it when it is whole. It is read by our own rules: regular files alone, under
names of ours alone, of the size that is really there; what a hostile tar could ask for besides does not exist here.
"""

import hashlib
import io
import os
import re
import stat
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import BinaryIO

from waia.backups.manifest import Refused

MANIFEST, SETTINGS, GONE, SUMS = "manifest.json", "settings.env", "gone.txt", "SHA256SUMS"
ROWS = re.compile(r"rows/([a-z][a-z0-9_]{0,63})/(\d{6})\.gz")
FILE = re.compile(r"media/([0-9a-f]{2}/[0-9a-f]{32})")
UNFINISHED = ".unfinished"
BLOCK, PIECE = tarfile.BLOCKSIZE, 256 * 1024
CUT_SHORT = "This copy is cut short or damaged, nothing was changed: take another one"


class ArchiveWriter:
    """Who does not `finish` has to `abort`; a process that dies leaves a draft that the next copy removes."""

    def __init__(self, path: Path) -> None:
        self._path, self._draft = path, _draft_of(path)
        self._file = _opened_draft(self._draft)
        self._sums = tempfile.TemporaryFile(dir=path.parent)  # noqa: SIM115  # as long as this; a million lines
        self._hash, self._name, self._left = hashlib.sha256(), "", 0

    def add(self, name: str, content: bytes) -> None:
        self.begin(name, len(content))
        self.write(content)
        self.end()

    def begin(self, name: str, size: int) -> None:
        self._hash, self._name, self._left = hashlib.sha256(), name, size
        self._head(name, size)

    def write(self, piece: bytes) -> None:
        self._hash.update(piece)
        self._left -= len(piece)
        self._file.write(piece)

    def end(self) -> None:
        """Raises Refused when the member has not the size that was told: something wrote to it meanwhile."""
        if self._left:
            raise Refused(f"{self._name} changed while it was copied: try again")
        self._sums.write(f"{self._hash.hexdigest()}  {self._name}\n".encode())
        self._file.write(b"\0" * (-self._file.tell() % BLOCK))

    def finish(self) -> None:
        """Whole and durable under its name from now on."""
        size = self._sums.tell()
        self._sums.seek(0)
        self._head(SUMS, size)
        while piece := self._sums.read(PIECE):
            self._file.write(piece)
        self._file.write(b"\0" * (-self._file.tell() % BLOCK + 2 * BLOCK))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._draft.replace(self._path)
        sync_folder(self._path.parent)
        self._close()

    def abort(self) -> None:
        self._draft.unlink(missing_ok=True)
        self._close()

    def _head(self, name: str, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self._file.write(member.tobuf(tarfile.USTAR_FORMAT))

    def _close(self) -> None:
        for file in (self._file, self._sums):
            with suppress(OSError):  # on a full disk what is still to be written cannot be, and need not
                file.close()


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    size: int
    start: int


class ArchiveReader:
    """Looks at each member where it lies; nothing is ever unpacked by its name."""

    def __init__(self, path: Path) -> None:
        """Raises Refused."""
        try:
            self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            raise Refused(f"{path} cannot be read ({error.strerror})") from None
        seen = os.fstat(self._file)
        if not stat.S_ISREG(seen.st_mode):
            os.close(self._file)
            raise Refused(f"{path} is no file, so it is no copy of waia")
        self._size = seen.st_size

    def close(self) -> None:
        os.close(self._file)

    def members(self) -> Iterator[Member]:
        """In their order, the sums last. Raises Refused at what no copy of ours holds."""
        place, name = 0, ""
        while name != SUMS:
            member = self._member(place)
            yield member
            end = member.start + member.size
            place, name = end + -end % BLOCK, member.name
            self._require_nothing(end, place)
        self._require_nothing(place, place + 2 * BLOCK)
        if self._size != place + 2 * BLOCK:
            raise Refused(CUT_SHORT)

    def pieces(self, member: Member) -> Iterator[bytes]:
        for place in range(member.start, member.start + member.size, PIECE):
            yield self._read(place, min(PIECE, member.start + member.size - place))

    def content(self, member: Member, limit: int) -> bytes:
        """Of a small member. Raises Refused."""
        if member.size > limit:
            raise Refused(f"{member.name} in this copy is larger than waia ever writes it")
        return b"".join(self.pieces(member))

    def lines(self, member: Member) -> Iterator[bytes]:
        rest = b""
        for piece in self.pieces(member):
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
            if len(rest) > PIECE:
                break
        if rest:
            raise Refused(CUT_SHORT)

    def _member(self, place: int) -> Member:
        try:
            told = tarfile.TarInfo.frombuf(self._read(place, BLOCK), "ascii", "strict")
        except (tarfile.HeaderError, UnicodeDecodeError):
            raise Refused(CUT_SHORT if place else "This is no copy of waia") from None
        if told.type != tarfile.REGTYPE or not _is_known(told.name):
            raise Refused(f"This is no copy of waia: it holds {told.name[:100]!r}")
        if not 0 <= told.size <= self._size - place - BLOCK:
            raise Refused(CUT_SHORT)
        return Member(told.name, told.size, place + BLOCK)

    def _require_nothing(self, start: int, end: int) -> None:
        if self._read(start, end - start).strip(b"\0"):
            raise Refused(CUT_SHORT)

    def _read(self, place: int, length: int) -> bytes:
        found = os.pread(self._file, length, place)
        if len(found) != length:
            raise Refused(CUT_SHORT if place else "This is no copy of waia")
        return found


class Sums:
    """The sums of what was read, to be compared with those that the copy tells at its end."""

    def __init__(self) -> None:
        self._lines = tempfile.TemporaryFile()  # noqa: SIM115  # until `close`

    def add(self, name: str, digest: str) -> None:
        self._lines.write(f"{digest}  {name}\n".encode())

    def compare(self, told: Iterator[bytes]) -> None:
        """Raises Refused with the first member that is not as it was written."""
        self._lines.seek(0)
        for line in self._lines:
            if next(told, b"") != line[:-1]:
                name = line[:-1].decode().partition("  ")[2]
                raise Refused(f"{name} in this copy is not what was written, nothing was changed: take another one")
        if next(told, None) is not None:
            raise Refused(CUT_SHORT)

    def close(self) -> None:
        self._lines.close()


def remove_drafts(folder: Path) -> None:
    """Those that nobody writes any more."""
    for draft in folder.glob(f".*{UNFINISHED}"):
        with draft.open("rb") as file:
            if _is_free(file):
                draft.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _draft_of(path: Path) -> Path:
    return path.with_name(f".{path.name}{UNFINISHED}")


def _opened_draft(draft: Path) -> BinaryIO:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.fdopen(os.open(draft, flags, 0o600), "r+b", buffering=io.DEFAULT_BUFFER_SIZE * 8)
    if not _is_free(file):
        file.close()
        raise Refused(f"Another copy is being written to {draft.parent}: wait for it")
    file.truncate()
    return file


def _is_free(file: BinaryIO) -> bool:
    try:
        flock(file, LOCK_EX | LOCK_NB)
    except OSError:
        return False
    return True


def _is_known(name: str) -> bool:
    return name in {MANIFEST, SETTINGS, GONE, SUMS} or bool(ROWS.fullmatch(name) or FILE.fullmatch(name))
