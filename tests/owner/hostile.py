"""Twenty-eight files that are no good sheet, or lie about being one: broken, swollen, locked, pointing elsewhere."""

import re
import struct
import zipfile
from datetime import date
from io import BytesIO

from tests.owner.books import book, with_entries

PLAIN = book(["step", "input_text"], ["menu", "hola"])
SHEET, BOOK, STRINGS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
CELL = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
TITLES = f'<row r="1">{CELL.format("A1", "step")}{CELL.format("B1", "input_text")}</row>'
BOMB = b"<x>" + b"A" * 60_000_000
LOCAL, CENTRAL = b"PK\x03\x04", b"PK\x01\x02"
LINK = b'<externalLink><externalBook r:id="rId1"/></externalLink>'
POINTER = b'<Relationships><Relationship Id="rId1" Target="file:///etc/passwd" TargetMode="External"/></Relationships>'


def sheet(*cells: str) -> bytes:
    """A book whose second row holds these cells, as they stand in the file."""
    rows = f'{TITLES}<row r="2">{"".join(cells)}</row>'
    return with_entries(PLAIN, {SHEET: f"{HEAD}{rows}</sheetData></worksheet>".encode()})


def _patched(content: bytes, local_at: int, central_at: int, value: int, size: str = "<H") -> bytes:
    """A field of every header of the package says something else."""
    made = bytearray(content)
    for mark, offset in ((LOCAL, local_at), (CENTRAL, central_at)):
        place = made.find(mark)
        while place >= 0:
            struct.pack_into(size, made, place + offset, value)
            place = made.find(mark, place + 4)
    return bytes(made)


def _with_twins(content: bytes) -> bytes:
    """The sheet stands in the package twice."""
    written = BytesIO(content)
    with zipfile.ZipFile(written, "a") as package:
        twin = zipfile.ZipInfo(SHEET.replace("sheet1", "sheet2"))
        package.writestr(twin, package.read(SHEET))
    return written.getvalue().replace(b"sheet2.xml", b"sheet1.xml")


def _empty_zip() -> bytes:
    written = BytesIO()
    zipfile.ZipFile(written, "w").close()
    return written.getvalue()


def _day(number: float) -> bytes:
    """The sheet of `DATED` with another number in the cell of its date."""
    xml = zipfile.ZipFile(BytesIO(DATED)).read(SHEET)
    return re.sub(rb"<v>46023</v>", f"<v>{number:g}</v>".encode(), xml)


DATED = book(["step", "input_text"], ["menu", date(2026, 1, 1)])
A2, B2 = CELL.format("A2", "menu"), CELL.format("B2", "hola")
REFUSED = {
    "empty": b"",
    "random": bytes(range(256)) * 40,
    "text": b"step,input_text\nmenu,hola\n",
    "old xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "cut": PLAIN[: len(PLAIN) // 2],
    "empty package": _empty_zip(),
    "bad xml": with_entries(PLAIN, {SHEET: b"<worksheet><row"}),
    "no utf-8": with_entries(PLAIN, {SHEET: HEAD.encode() + b"\xff\xfe\x00<row/>"}),
    "very deep": with_entries(PLAIN, {SHEET: HEAD.encode() + b"<a>" * 50_000}),
    "billion laughs": with_entries(PLAIN, {STRINGS: b'<!DOCTYPE x [<!ENTITY a "aaaa">]><sst>&a;</sst>'}),
    "doctype in utf-16": with_entries(PLAIN, {BOOK: "<!DOCTYPE x><workbook/>".encode("utf-16")}),
    "many entries": with_entries(PLAIN, {f"xl/x{n}.xml": b"" for n in range(300)}),
    "missing sheet": with_entries(PLAIN, {BOOK: b"<workbook/>"}),
    "no types": with_entries(PLAIN, {"[Content_Types].xml": b"<Types/>"}),
    "no rows": book(["step", "input_text"]),
    "bomb": with_entries(PLAIN, {SHEET: BOMB, "xl/media/b.bin": BOMB}),
    "locked": _patched(PLAIN, 6, 8, 1),
    "unknown packing": _patched(PLAIN, 8, 10, 99),
    "sizes that lie": _patched(PLAIN, 22, 24, 10, "<I"),
    "a row far away": with_entries(
        PLAIN, {SHEET: f'{HEAD}{TITLES}<row r="9999999999"/></sheetData></worksheet>'.encode()}
    ),
    "a string that is not there": sheet(A2, '<c r="B2" t="s"><v>999999</v></c>'),
    "no number": sheet(A2, '<c r="B2"><v>dos</v></c>'),
}
READ = {
    "the sheet twice": (_with_twins(PLAIN), ["menu", "hola"]),
    "names that climb": (with_entries(PLAIN, {"../../../etc/passwd": b"x"}), ["menu", "hola"]),
    "columns without end": (sheet(A2, B2, '<c r="XFD2"><v>1</v></c>', '<c r="ZZZ2"><v>1</v></c>'), ["menu", "hola"]),
    "a number without end": (sheet(A2, '<c r="B2"><v>1e999</v></c>'), ["menu", "inf"]),
    "a day that never comes": (with_entries(DATED, {SHEET: _day(1e12)}), ["menu", "#VALUE!"]),
    "links elsewhere": (
        with_entries(PLAIN, {"xl/externalLinks/e.xml": LINK, "xl/externalLinks/_rels/e.xml.rels": POINTER}),
        ["menu", "hola"],
    ),
}
