"""Phone numbers as people type them, and the other spellings under which Meta may know the same phone."""

import re

SHORTEST, LONGEST = 7, 15
_SIGNS = re.compile(r"[\s().\-–/\u00a0\u200e\u202a\u202c]+")


class NotANumber(ValueError):
    """What was typed is no phone number with its country code."""


def read_number(typed: str) -> str:
    """The digits with country code, from `+57 300 555 0101`, `0057…` or digits alone. Raises NotANumber."""
    bare = _SIGNS.sub("", typed.strip())
    digits = bare.removeprefix("+") if bare.startswith("+") else bare.removeprefix("00")
    is_number = digits.isascii() and digits.isdecimal() and not digits.startswith("0")
    if not is_number or not SHORTEST <= len(digits) <= LONGEST:
        raise NotANumber(typed)
    return digits


def same_phone(digits: str) -> tuple[str, ...]:
    """The other spellings of a mobile number: Brazil's ninth digit, Argentina's 9, Mexico's old 1."""
    if digits.startswith("55"):
        return _brazil(digits)
    if digits.startswith("54") and len(digits) in (12, 13):
        return ("54" + digits[3:],) if digits.startswith("549") else ("549" + digits[2:],)
    if digits.startswith("52") and len(digits) in (12, 13):
        return ("52" + digits[3:],) if digits.startswith("521") and len(digits) == 13 else ("521" + digits[2:],)
    return ()


def _brazil(digits: str) -> tuple[str, ...]:
    """55, two digits of the region, then eight digits, or nine where the first is a 9."""
    region, local = digits[:4], digits[4:]
    if len(local) == 9 and local[0] == "9":
        return (region + local[1:],)
    return (region + "9" + local,) if len(local) == 8 and local[0] in "6789" else ()
