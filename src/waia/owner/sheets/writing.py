"""Writes sheets: what is there, or a template with an example. Every cell is text, so no cell is ever a formula."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from waia.kit.cells import text_cell
from waia.owner.sheets.columns import BY_KIND, REPLIES, RULES
from waia.owner.sheets.values import Values

WIDE = {"respuesta": 50, "mensaje": 60, "opciones": 40, "media_url": 40, "input_text": 30}
EXAMPLES: Mapping[str, Values] = {
    RULES: {
        "step": "menu_principal", "input_text": "horario, horarios", "respuesta": "Abrimos de lunes a viernes.",
        "tipo": "texto", "match": "exacta", "condition": "siempre", "al_terminar": "seguir", "activa": "1",
    },
    REPLIES: {
        "nombre": "horario", "mensaje": "Hola, {{nombre}}. Abrimos de lunes a viernes.", "tipo": "texto",
        "para": "todos",
    },
}  # fmt: skip


def write_sheet(kind: str, rows: Mapping[int, Values]) -> bytes:
    """The sheet that comes back unchanged when it is imported again."""
    return _book(kind, ({"id": str(key), **values} for key, values in rows.items()))


def write_template(kind: str) -> bytes:
    return _book(kind, [EXAMPLES[kind]])


def _book(kind: str, rows: Iterable[Values]) -> bytes:
    names = BY_KIND[kind].names
    book = Workbook(write_only=True)
    sheet = book.create_sheet(kind)
    sheet.freeze_panes = "A2"
    for place, name in enumerate(names, 1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDE.get(name, 16)
    sheet.append([_cell(sheet, name, bold=True) for name in names])
    for values in rows:
        sheet.append([_cell(sheet, values.get(name, "")) for name in names])
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _cell(sheet: object, text: str, *, bold: bool = False) -> Any:
    cell = text_cell(sheet, text)
    cell.alignment = Alignment(vertical="top", wrap_text="\n" in text)
    if bold:
        cell.font = Font(bold=True)
    return cell
