"""Fills `{total}` and `{{nombre}}` by looking names up: never a template language, never `str.format`."""

import re
from collections.abc import Mapping, Set

from waia.bot.measures import write_number
from waia.bot.normalise import step_key

_PLACEHOLDER = re.compile(
    r"\{\{(?P<answer>[^{}\n]{1,100})\}\}"
    r"|\{(?P<value>[A-Za-z_][A-Za-z_0-9]{0,39})(?P<format>:,?\.?[0-9]?f?)?\}"
)
_DECIMALS = re.compile(r"[0-6]")

Values = Mapping[str, str | float]
NO_VALUES: Values = {}


def fill(
    text: str,
    captured: Mapping[str, str],
    values: Values = NO_VALUES,
    known: Set[str] = frozenset(),
    locale: str = "es",
) -> str:
    """`{{name}}` becomes the captured answer, nothing if `known` but not given yet, else stays as it is.

    `{name}`, `{name:0}`, `{name:2}` become the computed value; the original's `{total:,.2f}` is read too.
    What is filled in is not looked at again.
    """
    if "{" not in text:
        return text
    answers = {answer_key(name): answer for name, answer in captured.items()}

    def replace(found: re.Match[str]) -> str:
        if found["answer"] is not None:
            key = answer_key(found["answer"])
            return answers.get(key, "" if key in known else found.group())
        return _written(found, values, locale)

    return _PLACEHOLDER.sub(replace, text)


def answer_key(name: str) -> str:
    """Captured answers are named without regard to case, accents or surrounding blanks."""
    return step_key(name)


def _written(found: re.Match[str], values: Values, locale: str) -> str:
    value = values.get(found["value"])
    if value is None:
        return found.group()
    if isinstance(value, str):
        return value
    decimals = _DECIMALS.search(found["format"] or "")
    return write_number(value, int(decimals.group()) if decimals else None, locale)
