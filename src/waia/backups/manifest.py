"""The first thing in a copy: what it is a copy of, and how much of it there is."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from waia.settings import SettingError

FORMAT = 1


class Refused(SettingError):
    """The copy cannot be taken, read or put back; the text is one line that says why and what to do."""


class TableCopied(msgspec.Struct, frozen=True):
    columns: tuple[str, ...]
    rows: int


class Manifest(msgspec.Struct, frozen=True):
    """`taken_at`: all that was committed before it is in here. `revision` is that of the schema, `database_bytes`
    what the rows took where they come from, `files` and `file_bytes` what rows know of; without media both are 0."""

    format: int
    version: str
    revision: str
    database: str
    taken_at: datetime
    tables: Mapping[str, TableCopied]
    database_bytes: int
    with_media: bool
    files: int
    file_bytes: int

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


def read_manifest(content: bytes) -> Manifest:
    """Raises Refused."""
    try:
        told = msgspec.json.decode(content)
        found = told.get("format") if isinstance(told, dict) else None
        if found != FORMAT:
            raise Refused(f"This copy has format {found!r}, which this version of waia does not know: use a newer one")
        return msgspec.convert(told, Manifest)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise Refused("This is no copy of waia: its manifest cannot be read") from None
