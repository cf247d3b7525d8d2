"""Reads the first sheet of an .xlsx cell by cell, as text: numbers as they are written, formulas not at all."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from waia.kit.cells import LONGEST_CELL
from waia.kit.i18n import N_
from waia.owner.sheets.columns import BY_KIND
from waia.owner.sheets.safety import BROKEN, check_package
from waia.owner.sheets.values import Cell, Grid, Problem, Refused, Row

MOST_ROWS, MOST_COLUMNS = 20_000, 60
TOLD_EVERY = 250
LETTERS = [get_column_letter(place) for place in range(1, MOST_COLUMNS + 1)]
MANY_ROWS = N_("La hoja tiene más de 20 000 filas. Divídela en varias.")
NO_ROWS = N_("La hoja no tiene filas con datos debajo de los títulos.")
FORMULA = N_("La celda es una fórmula. Cópiala y pégala como valor.")
ERROR_VALUE = N_("La celda tiene un error de Excel.")
BLANK_ROW = N_("La fila está vacía. Bórrala o complétala.")


def read_grid(path: Path, kind: str, tell: Callable[[int], None]) -> Grid:
    """`tell` gets rows read so far. Raises Refused."""
    check_package(path)
    try:
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
        sheet = book.active if book.active is not None else book.worksheets[0]
        sheet.reset_dimensions()  # what the sheet says of its size may be a lie
        rows = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS)
        return _grid(rows, kind, tell)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, IndexError, AttributeError, OSError):
        raise Refused(BROKEN) from None
    except SyntaxError:  # how the parser of XML says that something is no XML
        raise Refused(BROKEN) from None


def _grid(cells: Iterator[Sequence[Any]], kind: str, tell: Callable[[int], None]) -> Grid:
    """The first row names the columns, or is skipped, as the original did."""
    headers = [_text(cell) for cell in next(cells, ())]
    titles = BY_KIND[kind].named(headers)
    names = titles if any(titles) else list(BY_KIND[kind].original)
    rows: list[Row] = []
    problems: list[Problem] = []
    blank: list[int] = []
    for number, found in enumerate(cells, start=2):
        if number > MOST_ROWS + 1:
            raise Refused(MANY_ROWS)
        row = _row(number, found, names, problems)
        if not any(cell.text for cell in row.cells.values()):
            blank.append(number)
            continue
        problems += [Problem(f"A{each}", BLANK_ROW) for each in blank]  # those at the end are no rows at all
        blank.clear()
        rows.append(row)
        if len(rows) % TOLD_EVERY == 0:
            tell(len(rows))
    if not rows:
        raise Refused(NO_ROWS)
    return Grid(rows, problems, any(titles))


def _row(number: int, found: Sequence[Any], names: Sequence[str | None], problems: list[Problem]) -> Row:
    cells = {}
    for place, name in enumerate(names):
        if name is None:
            continue
        ref = f"{LETTERS[place]}{number}"
        cell = found[place] if place < len(found) else None
        if cell is not None and cell.data_type in {"f", "e"}:
            problems.append(Problem(ref, FORMULA if cell.data_type == "f" else ERROR_VALUE))
        cells[name] = Cell(ref, _text(cell) if cell is not None else "")
    return Row(number, cells)


def _text(cell: Any) -> str:
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
        case datetime() if value.time() == datetime.min.time():
            return value.strftime("%d/%m/%Y")
        case datetime():
            return value.strftime("%d/%m/%Y %H:%M")
        case date():
            return value.strftime("%d/%m/%Y")
        case _:
            return str(value).replace("\r\n", "\n").replace("_x000D_", "").strip()[:LONGEST_CELL]
