"""Readers of single JSON values that accept the spellings seen in the wild and answer None to nonsense."""

import math
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from hashlib import blake2s

from waia.whatsapp.lenient_json import LONGEST_INTEGER, Node

EARLIEST_S, LATEST_S = 946_684_800, 4_102_444_800  # the years 2000 and 2100
DIGITS = "0123456789"
LONGEST_ID, LONGEST_NUMBER_ID = 255, 40
BIGGEST_STORED = 2**53
_PHONE = re.compile(r"\+?[0-9\s().-]*")
_BIGGEST_INTEGER = 10**LONGEST_INTEGER


def node(value: object) -> Node:
    return value if isinstance(value, dict) else {}


def elements(value: object) -> list[object]:
    """A list as it is; one object where Meta's samples forget the list becomes a list of one."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def text(value: object) -> str:
    """Text to show or decide on; NUL, which databases refuse or cut at, becomes U+FFFD."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    return _number_as_text(value) or ""


def identifier(value: object, longest: int = LONGEST_ID) -> str | None:
    """An id, where an empty one means that it is missing (seen in payloads of 2025).

    One that is longer than a column, which none of Meta's is, ends in a digest of the whole, so that two stay two.
    """
    found = None if value is None else text(value).strip()
    if not found or len(found) <= longest:
        return found or None
    return found[: longest - 32] + blake2s(found.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def username(value: object) -> str | None:
    """A user name, which comes with or without its @."""
    return identifier(text(value).strip().removeprefix("@"))


def phone(value: object) -> str | None:
    """Digits of a phone number in any notation; what is no number (a group id) stays as it is."""
    found = identifier(value)
    if found is None or (found.isascii() and found.isdigit()) or not _PHONE.fullmatch(found):
        return found
    return "".join(char for char in found if char in DIGITS) or None


def flag(value: object) -> bool:
    return value is True or value == "true"


def integer(value: object) -> int | None:
    """A whole number that fits a database's integer."""
    found = number(value)
    return None if found is None or abs(found) > BIGGEST_STORED else int(found)


def number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def decimal(value: object) -> Decimal | None:
    try:
        found = Decimal(text(value).strip().replace(",", "."))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) < LONGEST_INTEGER else None


def moment(value: object) -> datetime | None:
    """Epoch seconds (or milliseconds) as text or number; None for anything else, 0 included."""
    seconds = number(value)
    if seconds is None:
        return None
    if seconds > LATEST_S:
        seconds /= 1000
    return datetime.fromtimestamp(seconds, UTC) if EARLIEST_S <= seconds < LATEST_S else None


def _number_as_text(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return str(value) if abs(value) < _BIGGEST_INTEGER else None
