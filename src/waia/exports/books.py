"""Writes rows into a file while they come: CSV, or a workbook that is only written."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from waia.exports.selection import Form
from waia.kit.cells import BOM, csv_line, text_cell

MOST_ROWS = 1_000_000  # a sheet ends at 1,048,576
WIDEST = 60


class Book(Protocol):
    """Not for the event loop: each call takes as long as its rows."""

    def add(self, rows: Sequence[Sequence[str]]) -> None: ...
    def close(self) -> None:
        """The file is whole from now on."""


class CsvBook:
    """UTF-8 with the mark by which Excel knows it."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8", errors="replace", newline="")
        self._file.write(BOM + csv_line(columns))

    def add(self, rows: Sequence[Sequence[str]]) -> None:
        self._file.writelines(csv_line(row) for row in rows)

    def close(self) -> None:
        self._file.close()


class XlsxBook:
    """Rows go to a file at once; a full sheet is followed by another with the same columns."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        from openpyxl import Workbook

        self._path, self._columns = path, columns
        self._book = Workbook(write_only=True)
        self._begin()

    def add(self, rows: Sequence[Sequence[str]]) -> None:
        for row in rows:
            if self._rows == MOST_ROWS:
                self._begin()
            self._sheet.append([text_cell(self._sheet, text) for text in row])
            self._rows += 1

    def close(self) -> None:
        self._book.save(self._path)

    def _begin(self) -> None:
        self._sheet, self._rows = self._book.create_sheet(), 0
        self._sheet.freeze_panes = "A2"
        self._sheet.append([text_cell(self._sheet, name) for name in self._columns])


def open_book(form: Form, path: Path, columns: Sequence[str]) -> Book:
    return CsvBook(path, columns) if form is Form.CSV else XlsxBook(path, columns)
