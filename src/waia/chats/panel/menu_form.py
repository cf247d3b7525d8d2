"""A list or a button message as a form: what was typed, the message that it is, and what Meta would refuse of it.

Fields: `b.0`… are buttons, `s.0` the title of a section, `r.0.2.t` and `r.0.2.d` title and
description of its third row.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from waia.whatsapp.breaches import Breach, BreachCode, describe
from waia.whatsapp.content import Button, Buttons, Header, ListMenu, Row, Section
from waia.whatsapp.limits import BUTTONS, ROWS, SECTIONS, breaches

BUTTON_KIND, LIST_KIND = "botones", "lista"
KNOWN = re.compile(r"clase|encabezado|texto|pie|etiqueta|b\.[0-2]|s\.\d|r\.\d\.\d\.[td]")
ROW = re.compile(r"r\.(\d)\.(\d)\.[td]")
FIRST_ROWS, LONGEST_ANSWER = 3, 8_000
OWN_ID = "asesor"
FIELDS = {"body": "texto", "header": "encabezado", "footer": "pie", "list_button": "etiqueta"}
Menu = Buttons | ListMenu


@dataclass(frozen=True, slots=True)
class MenuForm:
    """`answers` by field. `shape`: how many rows the form shows in each section."""

    kind: str
    answers: Mapping[str, str]
    shape: tuple[int, ...]

    def told(self, name: str) -> str:
        return self.answers.get(name, "")

    @property
    def row_count(self) -> int:
        return sum(self.shape)


def read_menu(answers: Mapping[str, str]) -> MenuForm:
    """Raises ValueError for fields that the form does not have, and for what no menu is that long."""
    if not all(KNOWN.fullmatch(name) and len(value) <= LONGEST_ANSWER for name, value in answers.items()):
        raise ValueError
    clean = {name: value.replace("\r\n", "\n").strip() for name, value in answers.items()}
    rows = [ROW.fullmatch(name) for name in answers]
    counts: dict[int, int] = {}
    for section, row in ((int(found[1]), int(found[2])) for found in rows if found):
        counts[section] = max(counts.get(section, 0), row + 1)
    shape = tuple(counts.get(place, 1) for place in range(max(counts, default=0) + 1)) if counts else (FIRST_ROWS,)
    return MenuForm(LIST_KIND if clean.get("clase") == LIST_KIND else BUTTON_KIND, clean, shape)


def with_row(form: MenuForm, section: int) -> MenuForm:
    """One more, empty, where Meta takes one more."""
    if not 0 <= section < len(form.shape) or form.row_count >= ROWS:
        return form
    return replace(form, shape=tuple(n + (place == section) for place, n in enumerate(form.shape)))


def with_section(form: MenuForm) -> MenuForm:
    if len(form.shape) >= SECTIONS or form.row_count >= ROWS:
        return form
    return replace(form, shape=(*form.shape, 1))


def without_row(form: MenuForm, section: int, row: int) -> MenuForm:
    """The rows below move up; a section that loses its last row goes too, unless it is the only one."""
    if not (0 <= section < len(form.shape) and 0 <= row < form.shape[section]):
        return form
    kept = [[_pair(form, s, r) for r in range(n) if (s, r) != (section, row)] for s, n in enumerate(form.shape)]
    titles = [form.told(f"s.{place}") for place in range(len(form.shape))]
    left = [(title, rows) for title, rows in zip(titles, kept, strict=True) if rows] or [(titles[0], [("", "")])]
    answers = {name: value for name, value in form.answers.items() if name[:2] not in {"s.", "r."}}
    for place, (title, rows) in enumerate(left):
        answers[f"s.{place}"] = title
        for number, (name, description) in enumerate(rows):
            answers |= {f"r.{place}.{number}.t": name, f"r.{place}.{number}.d": description}
    return MenuForm(form.kind, answers, tuple(len(rows) for _, rows in left))


def menu_of(form: MenuForm, act: str = "", sign: Callable[[str], str] = str) -> Menu:
    """The message; what was left empty is not part of it. `act` makes the options' ids unlike those of any rule."""
    text, head, foot = sign(form.told("texto")), form.told("encabezado"), form.told("pie")
    key = f"{OWN_ID}-{act.replace('-', '')[:12]}"
    if form.kind == BUTTON_KIND:
        buttons = tuple(Button(f"{key}-{name[2:]}", form.told(name)) for name in _buttons(form))
        return Buttons(body=text, buttons=buttons, header=Header(text=head), footer=foot)
    sections = tuple(
        Section(title=form.told(f"s.{place}"), rows=tuple(_row(form, name, f"{key}-{name[2:]}") for name in rows))
        for place, rows in _sections(form)
    )
    return ListMenu(body=text, button=form.told("etiqueta"), sections=sections, header=head, footer=foot)


def errors_in(form: MenuForm, menu: Menu, gettext: Callable[[str], str]) -> dict[str, str]:
    """A sentence for each field that Meta would refuse; what concerns no single field stands under the empty name."""
    found: dict[str, str] = {}
    for breach in breaches(menu):
        if (breach.field, breach.code) != ("sections", BreachCode.TOO_FEW):  # the same is said of the rows
            found.setdefault(_field(form, breach), describe(breach, gettext))
    return found


def is_empty(breach: Breach) -> bool:
    return breach.code in {BreachCode.EMPTY, BreachCode.TOO_FEW}


def troubles(menu: Menu, gettext: Callable[[str], str]) -> tuple[str, ...]:
    """What is wrong with what is there already, for who still types."""
    return tuple(dict.fromkeys(describe(breach, gettext) for breach in breaches(menu) if not is_empty(breach)))


def _field(form: MenuForm, breach: Breach) -> str:
    place = (breach.position or 0) - 1
    rows = [name for _, names in _sections(form) for name in names]
    match breach.field:
        case "buttons":
            return "b.0"
        case "button_title" if place >= 0:
            return _buttons(form)[place]
        case "row_title" if place >= 0:
            return f"{rows[place]}.t"
        case "row_description" if place >= 0:
            return f"{rows[place]}.d"
        case "section_title" if place >= 0:
            return f"s.{_sections(form)[place][0]}"
        case "rows" if breach.code is BreachCode.TOO_FEW:
            return "r.0.0.t"
        case field:
            return FIELDS.get(field, "")


def _buttons(form: MenuForm) -> list[str]:
    return [name for name in (f"b.{place}" for place in range(BUTTONS)) if form.told(name)]


def _sections(form: MenuForm) -> list[tuple[int, list[str]]]:
    """The sections with rows in which something is written, and the names of these rows."""
    rows = ((s, [f"r.{s}.{r}" for r in range(n) if any(_pair(form, s, r))]) for s, n in enumerate(form.shape))
    return [(section, names) for section, names in rows if names]


def _pair(form: MenuForm, section: int, row: int) -> tuple[str, str]:
    return form.told(f"r.{section}.{row}.t"), form.told(f"r.{section}.{row}.d")


def _row(form: MenuForm, name: str, own_id: str) -> Row:
    return Row(id=own_id, title=form.told(f"{name}.t"), description=form.told(f"{name}.d"))
