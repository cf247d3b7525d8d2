"""What a form of a rule asks while it is filled in: another option, the preview, the result of a formula. No writes."""

import re
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency as Given

from waia.bot.captures import within_bounds
from waia.bot.formulas import Formula, FormulaError, Uncomputable, compile_formula
from waia.bot.measures import Measure, read_measure, write_number
from waia.bot.models import RuleBook
from waia.bot.placeholders import fill
from waia.kit.errors import Invalid
from waia.kit.i18n import N_
from waia.rules.content import rule_of
from waia.rules.editor.bubbles import preview_of
from waia.rules.editor.desk import LARGEST_FORM, RuleDesk
from waia.rules.editor.form import MOST_OPTIONS, Form, content_of, read_form
from waia.rules.editor.form_errors import BAD_FORMULA
from waia.rules.editor.menu_fields import OptionField
from waia.rules.editor.pages import shared

AnyRequest = Request[Any, Any, Any]
ACTION = re.compile(r"(quitar|subir)_([0-9]{1,3})")
NO_MEASURE = N_("No se lee como medida.")
OUTSIDE = N_("Está fuera de los límites: el bot pediría la medida otra vez.")
NO_RESULT = N_("Con ese valor no hay resultado.")
WRITE_SAMPLE = N_("Escribe un ejemplo, como 2,40 x 0,60.")


@dataclass(frozen=True, slots=True)
class Tried:
    """`values` are name and number as written; `problem` says why there is no `total`, `text` is the reply."""

    values: tuple[tuple[str, str], ...] = ()
    total: str = ""
    problem: str = ""
    text: str = ""


@post("/reglas/formulario", status_code=200, request_max_body_size=LARGEST_FORM)
async def change_form(request: AnyRequest, rule_desk: Given[RuleDesk]) -> Response[Any]:
    """The form again with what was typed, after an option came, went or moved, or the kind changed."""
    form = _acted(await _asked(request), request.query_params.get("accion", ""))
    state = await rule_desk.state()
    return rule_desk.html("rules/_row_form.html", form=form, **shared(rule_desk, state))


@post("/reglas/vista", status_code=200, request_max_body_size=LARGEST_FORM)
async def preview(request: AnyRequest, rule_desk: Given[RuleDesk]) -> Response[Any]:
    """The customer's phone with this rule, and the result of its formula for the sample."""
    form = await _asked(request)
    shown: dict[str, Any] = {"bubbles": shown_bubbles(rule_desk, form), "tried": tried_formula(rule_desk, form)}
    return rule_desk.html("rules/_preview.html", form=form, **shown)


async def _asked(request: AnyRequest) -> Form:
    """Which row it is stands in the address."""
    number, token = request.query_params.get("regla", ""), request.query_params.get("nueva", "")
    rule_id = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None
    if not re.fullmatch(r"[0-9a-f]{0,8}", token):
        raise Invalid
    return await read_form(request, rule_id, token)


def shown_bubbles(desk: RuleDesk, form: Form) -> list[Any]:
    try:
        rule = rule_of(form.rule_id or 0, content_of(form))
        return preview_of(rule, desk.flow.settings, desk.settings.own_address)
    except (ValueError, TypeError, ArithmeticError):
        return []


def _acted(form: Form, action: str) -> Form:
    form = replace(form, typed=msgspec.structs.replace(form.typed, new_media=""))
    if action == "opcion" and len(form.options) < MOST_OPTIONS:
        return replace(form, options=(*form.options, OptionField()))
    if form.has_menu and not form.options:
        return replace(form, options=(OptionField(),))
    found = ACTION.fullmatch(action)
    if found is None:
        return form
    return replace(form, options=_rearranged(form.options, found[1], int(found[2])))


def _rearranged(options: tuple[OptionField, ...], action: str, place: int) -> tuple[OptionField, ...]:
    rest = [*options]
    if not 0 <= place < len(rest):
        return options
    option = rest.pop(place)
    if action != "quitar":
        rest.insert(max(0, place - 1), option)
    return tuple(rest)


def tried_formula(desk: RuleDesk, form: Form) -> Tried | None:
    """What the bot would make of the sample; None where the rule computes nothing."""
    content = content_of(form)
    if not content.formula:
        return None
    try:
        formula = compile_formula(content.formula)
    except FormulaError:
        return Tried(problem=BAD_FORMULA)
    if not form.typed.sample.strip() and formula.sides:
        return Tried(problem=WRITE_SAMPLE)
    return _computed(desk, form, formula)


def _computed(desk: RuleDesk, form: Form, formula: Formula) -> Tried:
    locale, rule = desk.flow.settings.locale, rule_of(0, content_of(form))
    sides = read_measure(form.typed.sample, formula.sides, rule.unit, locale) if formula.sides else Measure(())
    if sides is None:
        return Tried(problem=NO_MEASURE)
    names = ("p1", "p2") if len(sides.sides) == 2 else ("medida",)
    values: dict[str, float] = dict(zip(names, sides.sides, strict=False))
    unit = f" {rule.unit}" if rule.unit else ""
    shown = tuple((name, f"{write_number(value, None, locale)}{unit}") for name, value in values.items())
    if not within_bounds(rule, sides.sides):
        return Tried(shown, problem=OUTSIDE)
    try:
        total = formula.compute(values)
    except Uncomputable:
        return Tried(shown, problem=NO_RESULT)
    known = RuleBook([rule], desk.flow.settings).answer_names
    text = fill(rule.text, {}, {**values, "total": total}, known, locale)
    return Tried(shown, write_number(total, None, locale), text=text)
