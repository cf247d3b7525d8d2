"""Reads a rule from the columns of the database or a spreadsheet, whatever stands in them."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Required, TypedDict, TypeVar, Unpack

from waia.bot.flow import Media, Rule
from waia.bot.kinds import AtEnd, CaptureKind, Condition, MatchMode, RuleKind
from waia.bot.measures import read_number, unit_named
from waia.bot.menus import parse_menu, plain_text
from waia.bot.normalise import normalise

__all__ = ["parse_menu", "read_kind", "rule_from_columns", "split_steps", "split_triggers"]

_BETWEEN_TRIGGERS = re.compile(r"[\r\n]+|(?<!\d),|,(?!\d)")
_BETWEEN_STEPS = re.compile(r"[\r\n,]+")
_KIND_NAMES = {
    "list": RuleKind.LIST,
    "listas": RuleKind.LIST,
    "botones": RuleKind.BUTTONS,
    "button": RuleKind.BUTTONS,
    "buttons": RuleKind.BUTTONS,
    "imagen": RuleKind.IMAGE,
    "documento": RuleKind.DOCUMENT,
}
_FALSE_WORDS = frozenset({"0", "no", "false", "falso", "f", "n"})

Choice = TypeVar("Choice", bound=StrEnum)


class RuleColumns(TypedDict, total=False):
    """The columns by name: the original's, then ours. Cells hold text, numbers or None."""

    id: Required[int]
    step: Required[object]
    input_text: Required[object]
    respuesta: Required[object]
    siguiente_step: object
    tipo: object
    opciones: object
    rol_keyword: object
    calculo: object
    handler: object
    media: Iterable[Media]
    match: object
    unit: object
    minimum: object
    maximum: object
    guardar_como: object
    guardar_tipo: object
    guardar_reintento: object
    al_terminar: object
    condition: object
    priority: object
    enabled: object


def rule_from_columns(**columns: Unpack[RuleColumns]) -> Rule:
    """Unknown kinds read as `texto`, unreadable options as no menu, blank cells as absent."""
    cell = columns.get
    kind = read_kind(cell("tipo"))
    return Rule(
        id=columns["id"],
        step=plain_text(cell("step")),
        triggers=split_triggers(cell("input_text")),
        text=_body(cell("respuesta")),
        match=_choice(MatchMode, cell("match"), MatchMode.EXACTA),
        kind=kind,
        menu=parse_menu(cell("opciones"), kind),
        media=tuple(item for item in columns.get("media", ()) if item.url.strip()),
        next_steps=split_steps(cell("siguiente_step")),
        role_keyword=plain_text(cell("rol_keyword")) or None,
        formula=plain_text(cell("calculo")) or None,
        unit=unit_named(plain_text(cell("unit"))),
        minimum=_number(cell("minimum")),
        maximum=_number(cell("maximum")),
        handler=plain_text(cell("handler")) or None,
        capture_name=plain_text(cell("guardar_como")) or None,
        capture_kind=_choice(CaptureKind, cell("guardar_tipo"), CaptureKind.TEXT),
        capture_retry=plain_text(cell("guardar_reintento")) or None,
        at_end=_choice(AtEnd, cell("al_terminar"), AtEnd.CONTINUE),
        condition=_choice(Condition, cell("condition"), Condition.ALWAYS),
        priority=int(_number(cell("priority")) or 0),
        enabled=plain_text(cell("enabled")).lower() not in _FALSE_WORDS,
    )


def split_triggers(text: object) -> tuple[str, ...]:
    """Separated by newline or comma, except a comma between digits: `si, claro` is two, `1,20` is one."""
    return tuple(dict.fromkeys(_pieces(_BETWEEN_TRIGGERS, text)))


def split_steps(text: object) -> tuple[str, ...]:
    return tuple(_pieces(_BETWEEN_STEPS, text))


def read_kind(tipo: object) -> RuleKind:
    name = normalise(plain_text(tipo))
    return _KIND_NAMES.get(name) or _choice(RuleKind, name, RuleKind.TEXT)


def _pieces(separator: re.Pattern[str], text: object) -> list[str]:
    return [piece for part in separator.split(plain_text(text)) if (piece := part.strip())]


def _body(respuesta: object) -> str:
    """The reply as written; inner blank lines count, a cell of blanks is empty."""
    text = respuesta if isinstance(respuesta, str) else plain_text(respuesta)
    return text if text.strip() else ""


def _choice(kind: type[Choice], value: object, default: Choice) -> Choice:
    name = plain_text(value).lower()
    return next((member for member in kind if member.value == name), default)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value) if abs(value) < 1e15 else None
    return read_number(plain_text(value))
