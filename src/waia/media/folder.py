"""The storage in a folder: written aside, synced, renamed; opened below the root's descriptor, never through a link."""

import asyncio
import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

from waia.kit.failpoints import reach
from waia.media.storage import NoSuchFile, StorageFull, StoredKey, Writer, checked_key

BLOCK = 256 * 1024
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
UNFINISHED = "tmp"
JUST_MADE = timedelta(seconds=5)  # between the making of a file and its lock
P = ParamSpec("P")
T = TypeVar("T")


class FolderStorage:
    """Files under `root` in 256 folders. What is unfinished lies in `tmp`, locked by the process that writes it."""

    def __init__(self, root: Path, has_room: Callable[[], bool] = lambda: True) -> None:
        """`has_room` False: the rest of the disk is for the database and for people."""
        self._root, self._has_room = root, has_room

    async def create(self) -> Writer:
        if not self._has_room():
            raise StorageFull
        return await _in_thread(FolderWriter, self._root)

    async def open(self, key: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        file = await _in_thread(self._open, key)
        try:
            left = length
            position = start
            while left is None or left > 0:
                wanted = BLOCK if left is None else min(BLOCK, left)
                piece = await _in_thread(os.pread, file, wanted, position)
                if not piece:
                    return
                position += len(piece)
                left = None if left is None else left - len(piece)
                yield piece
        finally:
            os.close(file)

    async def size(self, key: str) -> int:
        file = await _in_thread(self._open, key)
        try:
            return os.fstat(file).st_size
        finally:
            os.close(file)

    async def remove(self, key: str) -> None:
        await _in_thread(self._remove, key)

    async def stored(self) -> AsyncIterator[StoredKey]:
        for folder in await _in_thread(self._folders):
            for found in await _in_thread(self._listed, folder):
                yield found

    @asynccontextmanager
    async def local_path(self, key: str) -> AsyncIterator[Path]:
        os.close(await _in_thread(self._open, key))
        yield self._root.joinpath(*checked_key(key)).absolute()

    @asynccontextmanager
    async def workspace(self) -> AsyncIterator[Path]:
        folder, lock = await _in_thread(self._new_workspace)
        try:
            yield folder
        finally:
            await asyncio.shield(_in_thread(_clear, folder, lock))

    async def put(self, path: Path, key: str) -> None:
        await _in_thread(self._put, path, key)

    async def sweep_unfinished(self, young: timedelta = JUST_MADE) -> int:
        return await _in_thread(self._sweep, min(young, JUST_MADE).total_seconds())

    def _open(self, key: str) -> int:
        folder, name = checked_key(key)
        with _directory(self._root, folder) as below:
            try:
                return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=below)
            except OSError as error:
                raise NoSuchFile(key) from error

    def _remove(self, key: str) -> None:
        folder, name = checked_key(key)
        with suppress(NoSuchFile, FileNotFoundError), _directory(self._root, folder) as below:
            os.unlink(name, dir_fd=below)

    def _folders(self) -> list[str]:
        if not self._root.is_dir():
            return []
        return sorted(name for name in os.listdir(self._root) if len(name) == 2)

    def _listed(self, folder: str) -> list[StoredKey]:
        with _directory(self._root, folder) as below, os.scandir(below) as entries:
            return [_stored(folder, entry) for entry in entries if entry.is_file(follow_symlinks=False)]

    def _new_workspace(self) -> tuple[Path, int]:
        folder = _unfinished(self._root) / secrets.token_hex(16)
        folder.mkdir(mode=0o700)
        return folder.absolute(), _locked(os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))

    def _put(self, path: Path, key: str) -> None:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            os.fsync(file)
        finally:
            os.close(file)
        _move(self._root, path, key)

    def _sweep(self, young_s: float) -> int:
        unfinished = self._root / UNFINISHED
        if not unfinished.is_dir():
            return 0
        return sum(_swept(unfinished / name, young_s) for name in os.listdir(unfinished))


class FolderWriter:
    """Collects pieces to blocks; a block is written by a thread, so that a slow disk holds up nobody."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._path = _unfinished(root) / secrets.token_hex(16)
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = _locked(os.open(self._path, flags, 0o600))
        self._waiting = bytearray()

    async def write(self, piece: bytes) -> None:
        self._waiting += piece
        if len(self._waiting) >= BLOCK:
            block, self._waiting = bytes(self._waiting), bytearray()
            await _in_thread(_write_all, self._file, block)

    async def commit(self, key: str) -> None:
        await _in_thread(self._commit, key)

    async def abort(self) -> None:
        self._close()
        self._path.unlink(missing_ok=True)

    def _commit(self, key: str) -> None:
        _write_all(self._file, bytes(self._waiting))
        os.fsync(self._file)
        reach("media.before_rename")
        _move(self._root, self._path, key)
        self._close()
        reach("media.after_rename")

    def _close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


async def _in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """In a thread; what means "no space" becomes StorageFull. Who is cancelled waits: the thread uses their file."""
    task = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull from error
        raise


@contextmanager
def _directory(root: Path, folder: str) -> Iterator[int]:
    """A descriptor of a folder directly below the root. Raises NoSuchFile."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    try:
        top = os.open(root, flags)
        try:
            below = os.open(folder, flags | os.O_NOFOLLOW, dir_fd=top)
        finally:
            os.close(top)
    except OSError as error:
        raise NoSuchFile(folder) from error
    try:
        yield below
    finally:
        os.close(below)


def _move(root: Path, path: Path, key: str) -> None:
    folder, name = checked_key(key)
    (root / folder).mkdir(mode=0o700, exist_ok=True)
    with _directory(root, folder) as below:
        os.rename(path, name, dst_dir_fd=below)
        os.fsync(below)


def _write_all(file: int, block: bytes) -> None:
    left = memoryview(block)
    while left:
        left = left[os.write(file, left) :]


def _unfinished(root: Path) -> Path:
    folder = root / UNFINISHED
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _locked(file: int) -> int:
    """The kernel takes the lock back when this process ends, however it ends."""
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def _swept(path: Path, young_s: float) -> bool:
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        if datetime.now(UTC).timestamp() - os.fstat(file).st_mtime < young_s:
            return False
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    return True


def _clear(folder: Path, lock: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)


def _stored(folder: str, entry: "os.DirEntry[str]") -> StoredKey:
    seen = entry.stat(follow_symlinks=False)
    return StoredKey(f"{folder}/{entry.name}", seen.st_size, datetime.fromtimestamp(seen.st_mtime, UTC))
