"""Reads the menu of a rule from its `opciones` JSON, in every shape that people have stored."""

import json
from collections.abc import Iterable, Iterator

from waia.bot.flow import Menu, Option, Section
from waia.bot.kinds import MENU_KINDS, RuleKind

DEFAULT_HEADER = "Menú"
DEFAULT_FOOTER = "Selecciona una opción"
DEFAULT_BUTTON = "Ver opciones"


def parse_menu(opciones: object, kind: RuleKind) -> Menu | None:
    """None when the kind has no menu or nothing in `opciones` (JSON text or its value) is readable.

    Read as buttons: a list of `{"type":"reply","reply":{"id","title"},"step"}`, of flat `{"id","title"}`,
    of plain strings, or one object where a list was meant. Read as a list:
    `{"header","button","footer","sections"}`, the sections alone, or the rows alone.
    """
    if kind not in MENU_KINDS:
        return None
    content = _loaded(opciones)
    sections = tuple(s for s in _sections(content) if s.options)
    if not sections:
        return None
    return _menu(content if isinstance(content, dict) else {}, sections, kind)


def plain_text(value: object) -> str:
    """A cell or JSON value as trimmed text; whole floats lose their `.0`, containers are no text."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and abs(value) < 1e300 else ""


def _loaded(opciones: object) -> object:
    if not isinstance(opciones, str):
        return opciones
    try:
        return json.loads(opciones)
    except (ValueError, RecursionError):
        return None


def _menu(content: dict[object, object], sections: tuple[Section, ...], kind: RuleKind) -> Menu:
    options = tuple(option for section in sections for option in section.options)
    header, footer = _label(content.get("header")), _label(content.get("footer"))
    if kind is RuleKind.BUTTONS:
        return Menu(options, header, footer)
    return Menu(options, header or DEFAULT_HEADER, footer or DEFAULT_FOOTER, _button(content), sections)


def _button(content: dict[object, object]) -> str:
    action = content.get("action")
    inner = action.get("button") if isinstance(action, dict) else None
    return _label(content.get("button")) or _label(inner) or DEFAULT_BUTTON


def _label(value: object) -> str:
    return plain_text(value.get("text") if isinstance(value, dict) else value)


def _sections(content: object) -> Iterator[Section]:
    """Sections as they stand; rows or buttons without a section form one without a title."""
    loose: list[Option] = []
    for item in _items(content):
        if isinstance(item, dict) and "rows" in item:
            yield Section(plain_text(item.get("title")), tuple(_options(_items(item["rows"]))))
        else:
            loose.extend(_options([item]))
    if loose:
        yield Section("", tuple(loose))


def _items(content: object) -> list[object]:
    """What was meant as a list: an object holds it under a known name, is one item, or maps to items."""
    if isinstance(content, list):
        return content
    if not isinstance(content, dict):
        return []
    for name in ("sections", "buttons", "rows", "action"):
        if isinstance(content.get(name), list | dict) and not (name == "rows" and "title" in content):
            return _items(content[name])
    if content.keys() & {"rows", "reply", "id", "title"}:
        return [content]
    return [item for item in content.values() if isinstance(item, dict)]


def _options(items: Iterable[object]) -> Iterator[Option]:
    for item in items:
        option = _option(item)
        if option is not None:
            yield option


def _option(item: object) -> Option | None:
    if isinstance(item, str | int | float):
        item = {"title": item}
    if not isinstance(item, dict):
        return None
    inner = item.get("reply")
    face = inner if isinstance(inner, dict) else item
    title, option_id = plain_text(face.get("title")), plain_text(face.get("id"))
    if not (title or option_id):
        return None
    return Option(
        option_id or title,
        title or option_id,
        plain_text(face.get("description")),
        _target(item) or _target(face),
    )


def _target(item: dict[str, object]) -> str:
    value = item.get("step") or item.get("next_step")
    if isinstance(value, list):
        return ",".join(filter(None, map(plain_text, value)))
    return plain_text(value)
