"""An owner who takes copies and puts them back, and what is in a database, whichever it is."""

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.road_world import settings_for
from tests.roads.store import Store
from waia.app.backup_commands import BackupWishes, RestoreWishes, back_up, put_back
from waia.backups.repository import LEFT_OUT
from waia.kit.columns import Model
from waia.settings import SettingError, Settings, load_settings

NOWHERE = "http://127.0.0.1:9"
COPIED = sorted(set(Model.metadata.tables) - LEFT_OUT)
# What a restore itself adds: its entry in the trail, its count, and an epoch of its own.
SINCE = {"audit_log", "counters"}


@dataclass
class Owner:
    """Of an installation in a folder of its own; what differs from another's is in `more`."""

    folder: Path
    url: str
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        return settings_for(self.folder, NOWHERE, self.url, 5000, **self.more)

    @property
    def settings(self) -> Settings:
        return load_settings(self.environ, env_file=None)

    @property
    def store(self) -> Store:
        return Store(self.url)

    async def backs_up(self, path: Path, **wishes: Any) -> list[str]:
        return await back_up(self.settings, BackupWishes(path, **wishes), lambda _: None)

    async def restores(self, path: Path, **wishes: Any) -> list[str]:
        return await put_back(self.settings, RestoreWishes(path, **wishes), lambda _: None)

    async def is_refused(self, path: Path, **wishes: Any) -> str:
        """The one line that says why."""
        with pytest.raises(SettingError) as caught:
            await self.restores(path, **wishes)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    async def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that a copy holds, as plain values in an order of its own."""
        return {table: await self._rows_of(table) for table in COPIED if table not in SINCE}

    async def _rows_of(self, table: str) -> list[tuple[Any, ...]]:
        found = await self.store.rows(f"SELECT * FROM {table}")
        return sorted((tuple(_plain(value) for value in row) for row in found), key=repr)

    def files(self) -> dict[str, bytes]:
        root = self.settings.media_dir
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def elsewhere(folder: Path, url: str) -> Owner:
    """Another machine: its own folder for files, its own key."""
    folder.mkdir(parents=True, exist_ok=True)
    more = {"MEDIA_ROOT": str(folder / "archivos"), "SECRET_KEY": secrets.token_hex(20)}
    return Owner(folder, url, more)


def _plain(value: Any) -> Any:
    """Moments and days are texts on SQLite, and a number has more digits there."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "microseconds")
    return f"{value:.4g}" if isinstance(value, float) else value.isoformat() if isinstance(value, date) else value
