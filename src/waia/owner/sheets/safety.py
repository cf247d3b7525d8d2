"""Looks at an .xlsx before anybody unpacks it: a small file can be a very large one inside, or lie about its size."""

import zipfile
import zlib
from pathlib import Path

from waia.kit.i18n import N_
from waia.owner.sheets.values import Refused

MB = 1024 * 1024
MOST_BYTES, MOST_ENTRIES, MOST_UNPACKED, MOST_RATIO = 10 * MB, 200, 100 * MB, 100
SMALL = 1 * MB
PIECE = 256 * 1024
MARKS = tuple(
    mark.encode(coding) for mark in ("<!DOCTYPE", "<!ENTITY") for coding in ("utf-8", "utf-16-le", "utf-16-be")
)
OLE = b"\xd0\xcf\x11\xe0"
TOO_BIG = N_("El archivo pesa más de 10 MB.")
NOT_XLSX = N_("No es un archivo .xlsx. Guárdalo desde Excel o LibreOffice como «Libro de Excel (.xlsx)».")
LOCKED = N_("El archivo tiene contraseña o es un .xls antiguo. Guárdalo como .xlsx sin contraseña.")
BROKEN = N_("El archivo está dañado. Ábrelo, guárdalo de nuevo y vuelve a subirlo.")
SWOLLEN = N_("El archivo se infla demasiado al abrirlo. Copia los datos a un libro nuevo y guárdalo.")


def check_package(path: Path) -> None:
    """Raises Refused. Counts what really comes out, whatever the package says of itself."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise Refused(TOO_BIG)
    with path.open("rb") as file:
        if file.read(4) == OLE:
            raise Refused(LOCKED)
    try:
        with zipfile.ZipFile(path) as package:
            _check_entries(package, size)
    except zipfile.BadZipFile:
        raise Refused(BROKEN if zipfile.is_zipfile(path) else NOT_XLSX) from None
    except (OSError, EOFError, RuntimeError, NotImplementedError, ValueError, zlib.error):
        raise Refused(BROKEN) from None


def _check_entries(package: zipfile.ZipFile, size: int) -> None:
    entries = package.infolist()
    if len(entries) > MOST_ENTRIES:
        raise Refused(SWOLLEN)
    if not any(entry.filename == "xl/workbook.xml" for entry in entries):
        raise Refused(NOT_XLSX)
    unpacked = 0
    for entry in entries:
        unpacked = _unpack(package, entry, unpacked, max(size, SMALL) * MOST_RATIO)


def _unpack(package: zipfile.ZipFile, entry: zipfile.ZipInfo, unpacked: int, most: int) -> int:
    tail = b""
    with package.open(entry) as stream:
        while piece := stream.read(PIECE):
            unpacked += len(piece)
            if unpacked > min(MOST_UNPACKED, most):
                raise Refused(SWOLLEN)
            if any(mark in tail + piece for mark in MARKS):
                raise Refused(BROKEN)
            tail = piece[-32:]
    return unpacked
