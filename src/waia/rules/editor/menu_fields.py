"""The options of a menu as fields of a form, and the JSON that they become."""

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec

from waia.bot.menus import parse_menu
from waia.bot.models import Menu, RuleKind
from waia.rules.content import RuleContent

MENU_KINDS = {"lista": RuleKind.LIST, "boton": RuleKind.BUTTONS}
LONGEST_ID = 60


class OptionField(msgspec.Struct, frozen=True):
    """`section` is written at the first option of a section; empty is the one above. `id` stays through edits."""

    id: str = ""
    title: str = ""
    description: str = ""
    target: str = ""
    section: str = ""


def menu_of(content: RuleContent) -> Menu:
    kind = MENU_KINDS.get(content.kind)
    return (parse_menu(content.options, kind) if kind else None) or Menu(())


def option_fields(menu: Menu) -> tuple[OptionField, ...]:
    titles = {section.options[0]: section.title for section in menu.sections if section.options}
    return tuple(
        OptionField(one.id, one.title, one.description, one.target, titles.get(one, "")) for one in menu.options
    )


def packed_menu(kind: str, fields: Sequence[OptionField], frame: Mapping[str, str]) -> str:
    """The JSON that the original's engine reads too; `frame` is header, footer and button, where they are set."""
    options = [_with_id(field, place) for place, field in enumerate(fields, start=1)]
    if not options or kind not in MENU_KINDS:
        return ""
    if kind == "lista":
        return json.dumps({**frame, "sections": _sections(options)}, ensure_ascii=False)
    buttons = [{"type": "reply", "reply": {"id": one.id, "title": one.title}, "step": one.target} for one in options]
    around = {name: text for name, text in frame.items() if name != "button"}
    return json.dumps({**around, "buttons": buttons} if around else buttons, ensure_ascii=False)


def _with_id(field: OptionField, place: int) -> OptionField:
    """A new option gets an id of its own; those of old menus stay, so that their taps are understood."""
    told = {name: getattr(field, name).strip() for name in OptionField.__struct_fields__ if name != "id"}
    return OptionField(id=field.id or f"{place}_{told['title']}"[:LONGEST_ID].strip(), **told)


def _sections(options: Sequence[OptionField]) -> list[dict[str, Any]]:
    titled: list[tuple[str, OptionField]] = []
    for option in options:
        above = titled[-1][0] if titled else ""
        titled.append((option.section or above, option))
    return [
        {"title": title, "rows": [_row(option) for _, option in rows]}
        for title, rows in groupby(titled, key=lambda pair: pair[0])
    ]


def _row(option: OptionField) -> dict[str, str]:
    return {"id": option.id, "title": option.title, "description": option.description, "step": option.target}
