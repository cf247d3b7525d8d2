"""Reads numbers and measures as customers write them, and writes numbers back in their language."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext

from waia.bot.normalise import without_accents

LONGEST_MEASURE = 200
LARGEST = 10**15

_MM_PER_UNIT = {"mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000)}
_UNIT_WORDS = {
    **dict.fromkeys(("mm", "mms", "milimetro", "milimetros"), "mm"),
    **dict.fromkeys(("cm", "cms", "centimetro", "centimetros"), "cm"),
    **dict.fromkeys(("m", "mt", "mts", "mtr", "mtrs", "metro", "metros"), "m"),
}
_UNIT = "|".join(sorted(_UNIT_WORDS, key=len, reverse=True))
_SIDE_NAMES = r"(?:\s*(?:de\s+)?(?:ancho|largo|alto|fondo|frente|profundo|profundidad)\b)?"
_ONE = rf"(?<![\d.,])([0-9]+(?:[.,][0-9]+)*)\s*(?:({_UNIT})(?![a-wyz]))?\.?{_SIDE_NAMES}"
_BY = r"\s*(?:[x×✕✖⨯*]|por)\s*(?:de\s+)?"
_SINGLE = re.compile(_ONE)
_PAIR = re.compile(_ONE + _BY + _ONE)
_NUMBER = re.compile(r"([+-]?)\s*\$?\s*([0-9]+(?:[.,][0-9]+)*)")
_THOUSANDS = {mark: re.compile(rf"[1-9][0-9]{{0,2}}(?:\{mark}[0-9]{{3}})+") for mark in ".,"}


@dataclass(frozen=True, slots=True)
class Measure:
    """One number, or two for "a by b", in the unit asked for."""

    sides: tuple[float, ...]


def unit_named(word: str) -> str | None:
    """`metros`, `Mts.` or `m` is `m`; None for an unknown unit."""
    return _UNIT_WORDS.get(_plain(word).strip(" ."))


def read_number(text: str, locale: str = "es") -> float | None:
    """A whole text that is one number: in Spanish locales `1.200` is 1200, `1,20` is 1.2 and `2.0` is 2."""
    found = _NUMBER.fullmatch(_plain(text).strip())
    if not found:
        return None
    value = _decimal(found[2], locale)
    if value is None:
        return None
    return tidy(float(-value if found[1] == "-" else value))


def read_measure(text: str, sides: int, unit: str | None = None, locale: str = "es") -> Measure | None:
    """The only measure of that many sides in the text, in `unit`; None if none or if more digits remain.

    A side without a unit takes the other's, else it is in `unit` already.
    """
    plain = _plain(text)
    if len(plain) > LONGEST_MEASURE:
        return None
    found = (_PAIR if sides == 2 else _SINGLE).search(plain)
    if not found or _has_digit(plain[: found.start()]) or _has_digit(plain[found.end() :]):
        return None
    read = _sides(found, sides, unit, locale)
    return Measure(read) if read else None


def write_number(value: float, decimals: int | None = None, locale: str = "es") -> str:
    """Grouped by thousands, without trailing zeros unless `decimals` is given; halves round away from 0."""
    if not abs(value) <= LARGEST:
        return str(value)
    rounded = _rounded(value, 6 if decimals is None else decimals)
    text = f"{rounded:,f}"
    if decimals is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    text = "0" if text == "-0" else text
    return text.translate(str.maketrans(",.", ".,")) if _decimal_comma(locale) else text


def tidy(value: float) -> float:
    """A whole number as int, as the original's formulas had it."""
    return int(value) if float(value).is_integer() else value


def _plain(text: str) -> str:
    return without_accents(unicodedata.normalize("NFKC", text[: LONGEST_MEASURE * 2])).lower()


def _has_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def _sides(found: re.Match[str], sides: int, unit: str | None, locale: str) -> tuple[float, ...] | None:
    numbers = [_decimal(found[1 + 2 * n], locale) for n in range(sides)]
    units = [_UNIT_WORDS.get(found[2 + 2 * n] or "") for n in range(sides)]
    shared = next((named for named in units if named), None)
    read = [_converted(n, own or shared, unit) for n, own in zip(numbers, units, strict=True) if n is not None]
    return tuple(read) if len(read) == sides else None


def _converted(value: Decimal, written: str | None, wanted: str | None) -> float:
    if written and wanted in _MM_PER_UNIT:
        value = value * _MM_PER_UNIT[written] / _MM_PER_UNIT[wanted]
    return tidy(float(value))


def _decimal(digits: str, locale: str) -> Decimal | None:
    """`digits` holds only digits, points and commas. None if they cannot be one number below the largest."""
    marks = {mark for mark in digits if mark in ".,"}
    if len(marks) == 2:
        plain = _two_marks(digits)
    else:
        plain = _one_mark(digits, marks.pop(), locale) if marks else digits
    try:
        value = Decimal(plain) if plain else None
    except InvalidOperation:
        return None
    return value if value is not None and value <= LARGEST else None


def _two_marks(digits: str) -> str | None:
    """The last mark is the decimal one: `1.200,50` and `1,200.50` are the same."""
    decimal = max(".,", key=digits.rfind)
    whole, _, rest = digits.rpartition(decimal)
    grouping = "," if decimal == "." else "."
    return f"{whole.replace(grouping, '')}.{rest}" if _THOUSANDS[grouping].fullmatch(whole) else None


def _one_mark(digits: str, mark: str, locale: str) -> str | None:
    grouped = bool(_THOUSANDS[mark].fullmatch(digits))
    if digits.count(mark) > 1:
        return digits.replace(mark, "") if grouped else None
    if grouped and mark == ("." if _decimal_comma(locale) else ","):
        return digits.replace(mark, "")
    return digits.replace(mark, ".")


def _decimal_comma(locale: str) -> bool:
    return not locale.lower().startswith("en")


def _rounded(value: float, decimals: int) -> Decimal:
    with localcontext() as context:
        context.prec = 60
        return Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
