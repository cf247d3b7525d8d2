"""Texts whose accents were broken on their way into the original's database, and how they were meant."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from waia.moving.tally import Mend, Tally

# What UTF-8 looks like when its bytes are read as Latin-1: a lead byte, then bytes from 80 to BF.
_BROKEN = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
_UNDEFINED = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
T = TypeVar("T", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Texts:
    """`repair`: the owner said that the original wrote UTF-8 through a connection that took it for Latin-1."""

    repair: bool = False

    def rows(self, rows: Iterable[T], tally: Tally) -> list[T]:
        """The rows with their texts as they were meant, or at least counted."""
        return [self._row(row, tally) for row in rows]

    def _row(self, row: T, tally: Tally) -> T:
        meant = {
            name: text
            for name in row.__struct_fields__
            if isinstance(written := getattr(row, name), str)
            and _BROKEN.search(written)
            and (text := repaired(written)) is not None
        }
        for name, text in meant.items():
            if self.repair:
                tally.mend(Mend.REPAIRED, text)
            else:
                tally.mend(Mend.LOOKS_BROKEN, getattr(row, name))
        return msgspec.structs.replace(row, **meant) if meant and self.repair else row


def repaired(text: str) -> str | None:
    """What its bytes say as UTF-8; None when they are none."""
    try:
        return b"".join(map(_byte, text)).decode("utf-8")
    except UnicodeError:
        return None


def _byte(letter: str) -> bytes:
    """As MySQL's latin1 has it: Windows-1252, with the five holes of that filled."""
    return bytes([ord(letter)]) if ord(letter) in _UNDEFINED else letter.encode("cp1252")
