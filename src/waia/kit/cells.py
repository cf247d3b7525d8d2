"""Cells of sheets that no spreadsheet takes for a formula, whatever strangers wrote into them.

What writes workbooks is heavy, so it is loaded when the first is written.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

LONGEST_CELL = 32_767
CUT = "… [cortado]"
BOM = "\ufeff"
QUOTE = "'"
_SIGNS = re.compile("[=+\\-@＝＋－＠﹢﹣﹦﹫−]")
_SEPARATORS = frozenset(";\t\r\n")  # where Excel may begin a cell anew: Spanish ones split at semicolons
_AT_START = frozenset("\t\r\n\0")
_UNSEEN = {"Cc", "Cf", "Zl", "Zp"}


def inert(text: str) -> str:
    """The text for a CSV: an apostrophe goes before whatever a spreadsheet could begin to compute with.

    Also after spaces, quotes and invisible signs, and inside, where a spreadsheet that splits at semicolons would begin
    a cell.
    """
    begins_unseen = text[:1] in _AT_START
    if not begins_unseen and _SIGNS.search(text) is None:
        return text
    pieces, done = [QUOTE] if begins_unseen else [], 0
    for sign in _SIGNS.finditer(text):
        place = _beginning(text, sign.start())
        if place is not None and place >= done and not (place == 0 and pieces):
            pieces += (text[done:place], QUOTE)
            done = place
    return "".join((*pieces, text[done:]))


def csv_line(cells: Iterable[str]) -> str:
    """One line as RFC 4180 has it; every cell is quoted, and inert."""
    return ",".join(f'"{inert(cell).replace(chr(34), chr(34) * 2)}"' for cell in cells) + "\r\n"


def text_cell(sheet: Any, text: str) -> Any:
    """A cell of a sheet that is only written: always text, so that "=1+1" stays what somebody wrote."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    clean = ILLEGAL_CHARACTERS_RE.sub("", text)
    if len(clean) > LONGEST_CELL:
        clean = clean[: LONGEST_CELL - len(CUT)] + CUT
    cell = WriteOnlyCell(sheet, clean)
    cell.data_type = "s"
    return cell


def _beginning(text: str, place: int) -> int | None:
    """Where the cell begins that this sign would be the first visible one of; None when something stands before it."""
    while place > 0 and text[place - 1] not in _SEPARATORS:
        if not _is_unseen(text[place - 1]):
            return None
        place -= 1
    return place


def _is_unseen(sign: str) -> bool:
    return sign == '"' or sign.isspace() or unicodedata.category(sign) in _UNSEEN
