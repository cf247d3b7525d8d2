"""The folders that a process cannot do without: it says so at its start, and not with the first file of a customer."""

import os
from pathlib import Path

from waia.settings import SettingError, Settings


def require_folders(settings: Settings) -> None:
    """Makes them where they are missing. Raises SettingError."""
    _require("WAIA_DATA", settings.data_dir)
    _require("MEDIA_ROOT" if settings.media_root else "WAIA_DATA", settings.media_dir)


def _require(variable: str, folder: Path) -> None:
    cure = "choose another folder, or give it to the user that runs waia"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(f"{variable}: {folder} cannot be used ({error.strerror}): {cure}") from None
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise SettingError(f"{variable}: {folder} cannot be written: {cure}")
