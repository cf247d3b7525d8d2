"""Unpacks an archive that came from outside: nothing leaves its folder, nothing grows beyond what was checked."""

import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from waia.transcription.model import find_model

MOST_FILES, MOST_BYTES, MOST_RATIO = 2_000, 12 << 30, 100
BLOCK = 1 << 20


class NotAModel(Exception):
    """An archive that is broken, too large, or holds something else."""


def unpack(archive: Path, target: Path, check_room: Callable[[int], None]) -> None:
    """The model in the archive becomes the folder `target`, whole or not at all; one that lies there goes. Takes
    seconds. `check_room` is asked before anything is written. Raises NotAModel."""
    try:
        with ZipFile(archive) as packed:
            members = _checked(packed, archive.stat().st_size)
            check_room(sum(member.file_size for member in members))
            _sweep(target)
            beside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
            try:
                for member in members:
                    _write(packed, member, beside)
                _take_place(beside, target)
            finally:
                shutil.rmtree(beside, ignore_errors=True)
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise NotAModel(f"not an archive: {error}") from error


def _checked(packed: ZipFile, size: int) -> list[ZipInfo]:
    members = [member for member in packed.infolist() if not member.is_dir()]
    if len(members) > MOST_FILES:
        raise NotAModel(f"{len(members)} files")
    whole = sum(member.file_size for member in members)
    if whole > min(MOST_BYTES, MOST_RATIO * size):
        raise NotAModel(f"{whole} bytes unpacked")
    for member in members:
        path = PurePosixPath(member.filename)
        kind = stat.S_IFMT(member.external_attr >> 16)
        is_strange = path.is_absolute() or ".." in path.parts or "\\" in member.filename or ":" in member.filename
        if is_strange or kind not in {0, stat.S_IFREG}:
            raise NotAModel(f"strange name or kind: {member.filename[:80]!r}")
    return members


def _write(packed: ZipFile, member: ZipInfo, folder: Path) -> None:
    """No more than the archive's directory says, whatever its data holds."""
    path = folder / member.filename
    path.parent.mkdir(parents=True, exist_ok=True)
    left = member.file_size
    with packed.open(member) as source, path.open("xb") as file:
        while piece := source.read(min(BLOCK, left + 1)):
            left -= len(piece)
            if left < 0:
                raise NotAModel("more than it says")
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def _sweep(target: Path) -> None:
    """What a process that was killed left."""
    for left in target.parent.glob(f".{target.name}.*"):
        shutil.rmtree(left, ignore_errors=True)


def _take_place(beside: Path, target: Path) -> None:
    model = find_model(beside)
    if model is None:
        raise NotAModel("no model inside")
    before = target.with_name(f".{target.name}.before")
    shutil.rmtree(before, ignore_errors=True)
    if target.exists():
        target.rename(before)
    model.rename(target)
    shutil.rmtree(before, ignore_errors=True)
