"""Whose chat a row of the original belongs to."""

import re
from dataclasses import dataclass

_SIGNS = re.compile(r"[\s().+\-/\u00a0\u200e\u202a\u202c]+")


@dataclass(frozen=True, slots=True)
class Who:
    """A phone in digits, or else only what the original called it (empty: nothing)."""

    phone: str = ""
    called: str = ""


def who_is(numero: str | None) -> Who:
    written = (numero or "").strip()
    digits = _SIGNS.sub("", written)
    if digits.isascii() and digits.isdecimal():
        return Who(phone=digits)
    return Who(called=written)


def is_tidy(numero: str | None) -> bool:
    return numero == who_is(numero).phone
