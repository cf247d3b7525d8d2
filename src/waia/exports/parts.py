"""Where finished exports lie: apart from all other files, in the folder that all machines share."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from waia.media.folder import FolderStorage
from waia.media.storage import Storage

FOLDER = "exportaciones"


@dataclass(frozen=True, slots=True)
class ExportFiles:
    storage: Storage


def open_export_files(media_dir: Path, has_room: Callable[[], bool]) -> ExportFiles:
    return ExportFiles(FolderStorage(media_dir / FOLDER, has_room))
