"""Checks a customer's answer against the kind that a rule asks for, and writes it in one form per kind."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from waia.bot.flow import Menu, Rule
from waia.bot.kinds import CaptureKind
from waia.bot.measures import Measure, read_measure, read_number, write_number
from waia.bot.normalise import normalise
from waia.bot.options import find_option

LONGEST_ANSWER = 1000

_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}(?![\w@-])")
_PHONE = re.compile(r"\+?[0-9(][0-9 ().\-/]{4,30}[0-9]")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})(?:[-/. ]([0-9]{4}|[0-9]{2}))?")
_IN_WORDS = re.compile(r"([0-9]{1,2}) (?:de |of )?([a-z]+)(?: (?:de |del )?([0-9]{4}))?")
_MONTHS = {
    name[:3]: number
    for number, names in enumerate(
        (
            "enero january",
            "febrero february",
            "marzo march",
            "abril april",
            "mayo may",
            "junio june",
            "julio july",
            "agosto august",
            "septiembre september",
            "octubre october",
            "noviembre november",
            "diciembre december",
        ),
        start=1,
    )
    for name in names.split()
} | {"set": 9}


@dataclass(frozen=True, slots=True)
class Question:
    """The rule that asks, the step's last menu, today's date and the language of numbers and dates."""

    rule: Rule
    menu: Menu | None
    today: date
    locale: str


def accept_answer(text: str, question: Question) -> str | None:
    """The answer as it is kept, None if it is not of the kind asked for or outside the rule's bounds."""
    return _CHECKS[question.rule.capture_kind](text.strip(), question)


def within_bounds(rule: Rule, numbers: tuple[float, ...]) -> bool:
    return all(
        (rule.minimum is None or number >= rule.minimum) and (rule.maximum is None or number <= rule.maximum)
        for number in numbers
    )


def write_measure(measure: Measure, unit: str | None, locale: str) -> str:
    sides = " x ".join(write_number(side, None, locale) for side in measure.sides)
    return f"{sides} {unit}" if unit else sides


def _text(text: str, question: Question) -> str | None:
    """As written, except that the number of an option stands for its title."""
    option = find_option(question.menu, text) if question.menu else None
    answer = option.title if option else text
    return answer if 0 < len(answer) <= LONGEST_ANSWER else None


def _number(text: str, question: Question) -> str | None:
    number = read_number(text, question.locale)
    if number is None or not within_bounds(question.rule, (number,)):
        return None
    return write_number(number, None, question.locale)


def _measure(text: str, question: Question) -> str | None:
    rule = question.rule
    for sides in (2, 1):
        measure = read_measure(text, sides, rule.unit, question.locale)
        if measure and within_bounds(rule, measure.sides):
            return write_measure(measure, rule.unit, question.locale)
    return None


def _email(text: str, question: Question) -> str | None:
    found = _EMAIL.findall(text[:LONGEST_ANSWER])
    return found[0].rstrip(".") if len(found) == 1 and ".." not in found[0] else None


def _phone(text: str, question: Question) -> str | None:
    found = [number.group() for number in _PHONE.finditer(text[:LONGEST_ANSWER])]
    if len(found) != 1:
        return None
    digits = re.sub(r"[^0-9]", "", found[0])
    if not 7 <= len(digits) <= 15:
        return None
    return f"+{digits}" if found[0].startswith("+") else digits


def _option(text: str, question: Question) -> str | None:
    if question.menu and not find_option(question.menu, text):
        return None
    return _text(text, question)


def _date(text: str, question: Question) -> str | None:
    parts = _date_parts(text, question)
    if parts is None:
        return None
    day, month, year = parts
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found.isoformat() if question.locale.lower().startswith("en") else f"{found:%d/%m/%Y}"


def _date_parts(text: str, question: Question) -> tuple[int, int, int] | None:
    """Day, month, year; a year left out is this one, two digits are of this century."""
    text = text.strip(" .")
    if found := _YEAR_FIRST.fullmatch(text):
        return int(found[3]), int(found[2]), int(found[1])
    if found := _DAY_FIRST.fullmatch(text):
        year = int(found[3]) if found[3] else question.today.year
        return int(found[1]), int(found[2]), year + 2000 if year < 100 else year
    found = _IN_WORDS.fullmatch(normalise(text))
    month = _MONTHS.get(found[2][:3]) if found and len(found[2]) >= 3 else None
    if not found or month is None:
        return None
    return int(found[1]), month, int(found[3] or question.today.year)


_CHECKS: dict[CaptureKind, Callable[[str, Question], str | None]] = {
    CaptureKind.TEXT: _text,
    CaptureKind.NUMBER: _number,
    CaptureKind.MEASURE: _measure,
    CaptureKind.DATE: _date,
    CaptureKind.EMAIL: _email,
    CaptureKind.PHONE: _phone,
    CaptureKind.OPTION: _option,
}
