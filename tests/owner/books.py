"""Workbooks for tests: rows of values become the bytes of an .xlsx, good ones and hostile ones."""

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook


def book(*rows: Sequence[Any]) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(list(row))  # type: ignore[union-attr]
    written = BytesIO()
    made.save(written)
    return written.getvalue()


def with_entries(content: bytes, entries: Mapping[str, bytes]) -> bytes:
    """The same package with some of its parts replaced, or more of them."""
    written = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in entries:
                new.writestr(name, old.read(name))
        for name, part in entries.items():
            new.writestr(name, part)
    return written.getvalue()
