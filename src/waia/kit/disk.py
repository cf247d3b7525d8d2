"""Room on the disk: webhooks stop before it is full, so that people can still sign in, read and answer."""

import shutil
from dataclasses import dataclass
from pathlib import Path

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Disk:
    """Where the database lies; None when that is another machine's business. The rest is for people."""

    folder: Path | None
    reserve_bytes: int

    def has_room(self) -> bool:
        return self.folder is None or self.free_bytes() >= self.reserve_bytes

    def free_bytes(self) -> int:
        """Raises OSError when the disk itself is gone."""
        return shutil.disk_usage(self.folder or ".").free

    def verdict(self) -> str:
        """`ok`, or what an operator should know."""
        return "ok" if self.has_room() else f"{self.free_bytes() // MB} MB free: webhooks are answered 503"
