"""Where a place is, as people write it down: coordinates, or the address of a map that names them."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

_NUMBER = r"([+-]?\d{1,3}(?:\.\d{1,15})?)"
_PLAIN = re.compile(rf"{_NUMBER}\s*[,;\s]\s*{_NUMBER}")
_COMMAS = re.compile(r"([+-]?\d{1,3},\d{1,15})\s*[,;\s]\s*([+-]?\d{1,3},\d{1,15})")
# What was marked goes before what the map merely shows.
_IN_ADDRESSES = tuple(
    re.compile(pattern.replace("#", _NUMBER))
    for pattern in (
        r"!3d#!4d#",
        r"[?&](?:q|query|ll|destination|daddr)=(?:loc:)?#,\s*#",
        r"[?&]mlat=#&mlon=#",
        r"^geo:#,#",
        r"@#,#",
        r"[#]map=\d+/#/#".replace("[#]", "[\\x23]"),
    )
)


class NotAPlace(ValueError):
    """What was typed names no coordinates."""


def read_place(typed: str) -> tuple[float, float]:
    """Latitude and longitude in degrees, whatever they are. Raises NotAPlace."""
    for first, second in _pairs(unquote(typed.strip())):
        return float(first.replace(",", ".")), float(second.replace(",", "."))
    raise NotAPlace(typed)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for pattern in (_PLAIN, _COMMAS):
        if found := pattern.fullmatch(text):
            yield found[1], found[2]
    if text.startswith(("http://", "https://", "geo:")):
        yield from ((found[1], found[2]) for pattern in _IN_ADDRESSES if (found := pattern.search(text)))
