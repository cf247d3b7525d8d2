"""The form of one rule: what it sends, what is wrong with it, and the content that it stands for."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import msgspec
from litestar import Request

from waia.accounts.csrf import FIELD
from waia.bot.formulas import FormulaError, compile_formula
from waia.bot.measures import read_number
from waia.bot.menus import DEFAULT_BUTTON, DEFAULT_FOOTER, DEFAULT_HEADER, parse_menu
from waia.bot.models import Menu, RuleKind
from waia.kit.errors import Invalid
from waia.kit.i18n import N_
from waia.rules.content import MediaRef, RuleContent

MOST_OPTIONS, MOST_MEDIAS = 30, 30
LONGEST = {"text": 60_000, "step": 200, "capture_name": 40, "handler": 50, "role_keyword": 20}
MENU_KINDS, MEDIA_KINDS = ("lista", "boton"), ("image", "video", "audio", "document")
COMPUTES = ("formula", "handler")

NO_STEP = N_("Escribe el nombre del paso.")
NO_TRIGGERS = N_("Escribe al menos una palabra, * o @entrada.")
TOO_LONG = N_("Es demasiado largo.")
NO_NUMBER = N_("Escribe un número, por ejemplo 0,2.")
UPSIDE_DOWN = N_("El mínimo es mayor que el máximo.")
BAD_FORMULA = N_("No se puede leer. Usa p1 y p2, o medida, con + - * / y paréntesis.")
NO_ROLE = N_("Ese rol no existe. Elige uno de la lista.")
NO_HANDLER = N_("Esa función no está instalada. Elige una de la lista.")
NO_TITLE = N_("Cada opción necesita un título.")
NO_ADDRESS = N_("La dirección debe empezar con https:// y no tener espacios.")
TORN = N_("Este formulario es de otra versión de la página. Vuelve a cargarla.")


class OptionField(msgspec.Struct, frozen=True):
    """`section` is written at the first option of a section; empty is the one above. `id` stays through edits."""

    id: str = ""
    title: str = ""
    description: str = ""
    target: str = ""
    section: str = ""


class Sent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fields of the form by name; the lists have one entry for each option or file."""

    seen: str = ""
    publicar: str = ""
    step: str = ""
    triggers: str = ""
    text: str = ""
    next_steps: str = ""
    kind: str = "texto"
    role_keyword: str = ""
    formula: str = ""
    handler: str = ""
    match: str = "exacta"
    condition: str = "siempre"
    at_end: str = "seguir"
    capture_name: str = ""
    capture_kind: str = "texto"
    capture_retry: str = ""
    unit: str = ""
    minimum: str = ""
    maximum: str = ""
    header: str = ""
    footer: str = ""
    button: str = ""
    new_media: str = ""
    sample: str = ""
    option_id: tuple[str, ...] = ()
    option_title: tuple[str, ...] = ()
    option_description: tuple[str, ...] = ()
    option_target: tuple[str, ...] = ()
    option_section: tuple[str, ...] = ()
    media_url: tuple[str, ...] = ()
    media_mime: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """As it is shown: `rule_id` None is a new rule, `token` tells several new ones apart."""

    sent: Sent
    options: tuple[OptionField, ...] = ()
    medias: tuple[MediaRef, ...] = ()
    rule_id: int | None = None
    token: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    media_warning: str = ""

    @property
    def element(self) -> str:
        return f"rule-{self.rule_id}" if self.rule_id is not None else f"rule-new-{self.token}"

    @property
    def has_menu(self) -> bool:
        return self.sent.kind in MENU_KINDS

    @property
    def has_media(self) -> bool:
        return self.sent.kind in MEDIA_KINDS

    def with_errors(self, errors: Mapping[str, str]) -> "Form":
        return replace(self, errors=errors)


async def read_form(request: Request[Any, Any, Any], rule_id: int | None = None, token: str = "") -> Form:
    """Raises Invalid for fields that the form does not have."""
    single: dict[str, Any] = {}
    several: dict[str, list[Any]] = {name: [] for name in _several()}
    for name, value in (await request.form()).multi_items():
        if name in several:
            several[name].append(value)
        elif name != FIELD:
            single[name] = value
    try:
        sent = msgspec.convert({**single, **several}, Sent)
    except msgspec.ValidationError:
        raise Invalid(message=TORN) from None
    return Form(sent, _options(sent), _medias(sent), rule_id, token)


def form_of(content: RuleContent, rule_id: int | None = None, token: str = "", seen: str = "") -> Form:
    menu = _menu(content)
    names = [name for name in RuleContent.__struct_fields__ if name in Sent.__struct_fields__]
    texts: dict[str, Any] = {name: str(getattr(content, name)) for name in names if name not in {"minimum", "maximum"}}
    sent = Sent(
        **texts,
        minimum=_written(content.minimum),
        maximum=_written(content.maximum),
        header="" if menu.header == DEFAULT_HEADER else menu.header,
        footer="" if menu.footer == DEFAULT_FOOTER else menu.footer,
        button="" if menu.button == DEFAULT_BUTTON else menu.button,
        seen=seen,
    )
    return Form(sent, _option_fields(menu), content.medias, rule_id, token)


def content_of(form: Form) -> RuleContent:
    """What the form stands for, whatever is wrong with it."""
    sent = form.sent
    return RuleContent(
        step=" ".join(sent.step.split()),
        triggers=_clean(sent.triggers),
        text=_clean(sent.text),
        next_steps=sent.next_steps.strip(),
        kind=sent.kind,
        options=_packed(form) if form.has_menu else "",
        role_keyword=sent.role_keyword.strip(),
        formula=sent.formula.strip(),
        handler=sent.handler.strip(),
        match=sent.match,
        condition=sent.condition,
        at_end=sent.at_end,
        capture_name=sent.capture_name.strip(),
        capture_kind=sent.capture_kind,
        capture_retry=_clean(sent.capture_retry),
        unit=sent.unit,
        minimum=_number(sent.minimum),
        maximum=_number(sent.maximum),
        medias=form.medias if form.has_media else (),
    )


def errors_of(form: Form, roles: Collection[str], handlers: Collection[str]) -> dict[str, str]:
    """What keeps the rule from being kept at all; what keeps it from being published is the flow check's."""
    sent = form.sent
    found: dict[str, str] = {}
    if not sent.step.strip():
        found["step"] = NO_STEP
    if not sent.triggers.replace(",", "").strip():
        found["triggers"] = NO_TRIGGERS
    for name, most in LONGEST.items():
        if len(getattr(sent, name)) > most:
            found[name] = TOO_LONG
    if sent.role_keyword and sent.role_keyword not in roles:
        found["role_keyword"] = NO_ROLE
    if sent.handler and sent.handler not in handlers:
        found["handler"] = NO_HANDLER
    if form.has_menu and any(not option.title.strip() for option in form.options):
        found["options"] = NO_TITLE
    found |= _wrong_numbers(sent)
    return found


def _wrong_numbers(sent: Sent) -> dict[str, str]:
    found: dict[str, str] = {}
    numbers = {name: read_number(text) for name in ("minimum", "maximum") if (text := getattr(sent, name).strip())}
    found |= {name: NO_NUMBER for name, number in numbers.items() if number is None}
    low, high = numbers.get("minimum"), numbers.get("maximum")
    if low is not None and high is not None and low > high:
        found["minimum"] = UPSIDE_DOWN
    try:
        if sent.formula.strip():
            compile_formula(sent.formula.strip())
    except FormulaError:
        found["formula"] = BAD_FORMULA
    return found


def _several() -> list[str]:
    return [name for name in Sent.__struct_fields__ if name.startswith(("option_", "media_"))]


def _options(sent: Sent) -> tuple[OptionField, ...]:
    columns = (sent.option_id, sent.option_title, sent.option_description, sent.option_target, sent.option_section)
    if len({len(column) for column in columns}) != 1 or len(sent.option_id) > MOST_OPTIONS:
        raise Invalid(message=TORN)
    return tuple(OptionField(*each) for each in zip(*columns, strict=True))


def _medias(sent: Sent) -> tuple[MediaRef, ...]:
    """Which file of ours an address means is looked up when it is kept, not told by the form."""
    if len(sent.media_url) != len(sent.media_mime) or len(sent.media_url) > MOST_MEDIAS:
        raise Invalid(message=TORN)
    return tuple(MediaRef(url, mime) for url, mime in zip(sent.media_url, sent.media_mime, strict=True))


def _packed(form: Form) -> str:
    """The JSON that the original's engine reads too."""
    options = [replace_id(option, place) for place, option in enumerate(form.options, start=1)]
    if not options:
        return ""
    if form.sent.kind == "boton":
        buttons = [
            {"type": "reply", "reply": {"id": one.id, "title": one.title.strip()}, "step": one.target.strip()}
            for one in options
        ]
        frame = {name: text for name in ("header", "footer") if (text := getattr(form.sent, name).strip())}
        return json.dumps({**frame, "buttons": buttons} if frame else buttons, ensure_ascii=False)
    names = {name: text for name in ("header", "footer", "button") if (text := getattr(form.sent, name).strip())}
    return json.dumps({**names, "sections": _sections(options)}, ensure_ascii=False)


def replace_id(option: OptionField, place: int) -> OptionField:
    """A new option gets an id of its own; those of old menus stay, so that their taps are understood."""
    return option if option.id else msgspec.structs.replace(option, id=f"{place}_{option.title.strip()}"[:60].strip())


def _sections(options: list[OptionField]) -> list[dict[str, Any]]:
    titled: list[tuple[str, OptionField]] = []
    for option in options:
        above = titled[-1][0] if titled else ""
        titled.append((option.section.strip() or above, option))
    return [
        {"title": title, "rows": [_row(option) for _, option in rows]}
        for title, rows in groupby(titled, key=lambda pair: pair[0])
    ]


def _row(option: OptionField) -> dict[str, str]:
    return {
        "id": option.id,
        "title": option.title.strip(),
        "description": option.description.strip(),
        "step": option.target.strip(),
    }


def _menu(content: RuleContent) -> Menu:
    kind = {"boton": RuleKind.BUTTONS, "lista": RuleKind.LIST}.get(content.kind)
    return (parse_menu(content.options, kind) if kind else None) or Menu(())


def _option_fields(menu: Menu) -> tuple[OptionField, ...]:
    titles = {section.options[0]: section.title for section in menu.sections if section.options}
    return tuple(
        OptionField(one.id, one.title, one.description, one.target, titles.get(one, "")) for one in menu.options
    )


def _number(text: str) -> float | None:
    number = read_number(text) if text.strip() else None
    return None if number is None else float(number)


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _written(number: float | None) -> str:
    return "" if number is None else f"{number:g}".replace(".", ",")
