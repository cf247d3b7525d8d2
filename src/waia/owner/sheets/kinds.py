"""What a row of each kind of sheet is about, what it looks like when it is blank, and what can be wrong with it."""

import json
from collections.abc import Hashable, Iterator, Mapping
from urllib.parse import urlsplit

from waia.bot.formulas import compile_formula
from waia.bot.kinds import AtEnd, CaptureKind, Condition, MatchMode, RuleKind
from waia.bot.measures import read_number, unit_named
from waia.bot.models import parse_menu, split_triggers
from waia.bot.normalise import step_key
from waia.kit.i18n import N_
from waia.owner.sheets.columns import BY_KIND, REPLIES, RULES
from waia.owner.sheets.values import Context, Problem, Row, Values

EVERYBODY = "todos"
LONGEST = {"step": 200, "nombre": 100, "mensaje": 4096, "respuesta": 16_000, "rol_keyword": 20, "guardar_como": 40}
DEFAULTS: Mapping[str, Values] = {
    RULES: {
        "tipo": "texto", "match": "exacta", "condition": "siempre", "al_terminar": "seguir", "guardar_tipo": "texto",
        "prioridad": "0", "activa": "1",
    },
    REPLIES: {"para": EVERYBODY, "tipo": "texto"},
}  # fmt: skip
CHOICES: Mapping[str, frozenset[str]] = {
    "tipo": frozenset(RuleKind),
    "match": frozenset(MatchMode),
    "condition": frozenset(Condition),
    "al_terminar": frozenset(AtEnd),
    "guardar_tipo": frozenset(CaptureKind),
    "activa": frozenset({"0", "1"}),
}
NEEDED = {"step": N_("Falta el paso."), "input_text": N_("Faltan las palabras que activan la regla.")}
NO_KIND = N_("Falta el tipo. Escribe uno: %(choices)s.")
UNKNOWN = N_("«%(text)s» no es una opción. Escribe una: %(choices)s.")
NOT_A_NUMBER = N_("«%(text)s» no es un número.")
NOT_A_UNIT = N_("«%(text)s» no es una unidad: m, cm o mm.")
NO_SUCH_ROLE = N_("Ningún rol tiene la palabra clave «%(text)s». Créalo antes, o corrige la celda.")
NO_SUCH_HANDLER = N_("No hay ninguna función «%(text)s».")
BAD_OPTIONS = N_("Las opciones no se entienden: deben ser JSON con títulos.")
BAD_FORMULA = N_("La fórmula no se entiende.")
BAD_ADDRESS = N_("«%(text)s» no es una dirección: empieza por https://.")
TOO_LONG = N_("Es demasiado largo: caben %(most)s caracteres.")


def blank(kind: str) -> Values:
    return {name: DEFAULTS[kind].get(name, "") for name in BY_KIND[kind].names if name != "id"}


def key_of(kind: str, values: Mapping[str, str]) -> Hashable:
    """By this a row without an id finds what it is about."""
    if kind == REPLIES:
        name = values.get("nombre", "").strip().casefold()
        return name or ("text", values.get("mensaje", "").strip())
    triggers = tuple(trigger.strip().casefold() for trigger in split_triggers(values.get("input_text", "")))
    return step_key(values.get("step", "")), triggers


def hours_of(values: Mapping[str, str]) -> str:
    """Two rules may answer the same words, one when the shop is open and one when it is closed."""
    return values.get("condition", "").lower() or DEFAULTS[RULES]["condition"]


def title_of(kind: str, values: Mapping[str, str]) -> str:
    if kind == REPLIES:
        return (values.get("nombre") or values.get("mensaje", ""))[:80]
    return f"{values.get('step', '')} · {values.get('input_text', '')}"[:80]


def problems_of(context: Context, row: Row, values: Values) -> Iterator[Problem]:
    """Only of what the sheet itself says: a cell that is not there is not wrong."""
    for name, most in LONGEST.items():
        if name in row.cells and len(values.get(name, "")) > most:
            yield _at(row, name, TOO_LONG, most=str(most))
    if "media_url" in row.cells and row.cells["media_url"].text != "-":
        for url in row.cells["media_url"].text.split():
            if not _is_address(url):
                yield _at(row, "media_url", BAD_ADDRESS, text=url[:60])
    yield from (_reply_problems if context.kind == REPLIES else _rule_problems)(context, row, values)


def _reply_problems(context: Context, row: Row, values: Values) -> Iterator[Problem]:
    for keyword in values["para"].replace(",", " ").split():
        if keyword.lower() != EVERYBODY and keyword.lower() not in context.roles:
            yield _at(row, "para", NO_SUCH_ROLE, text=keyword[:40])


def _rule_problems(context: Context, row: Row, values: Values) -> Iterator[Problem]:
    for name, message in NEEDED.items():
        if not values[name]:
            yield _at(row, name, message)
    if "tipo" in row.cells and not row.cells["tipo"].text:
        yield _at(row, "tipo", NO_KIND, choices=", ".join(sorted(CHOICES["tipo"])))
    for name, choices in CHOICES.items():
        if values[name].lower() not in choices:
            yield _at(row, name, UNKNOWN, text=values[name][:40], choices=", ".join(sorted(choices)))
    yield from _pointing(context, row, values)
    yield from _readable(row, values)


def _pointing(context: Context, row: Row, values: Values) -> Iterator[Problem]:
    """Numbers, units, and names of what has to be there."""
    for name in ("minimo", "maximo", "prioridad"):
        if values[name] and read_number(values[name]) is None:
            yield _at(row, name, NOT_A_NUMBER, text=values[name][:40])
    if values["unidad"] and unit_named(values["unidad"]) is None:
        yield _at(row, "unidad", NOT_A_UNIT, text=values["unidad"][:40])
    if values["rol_keyword"] and values["rol_keyword"].lower() not in context.roles:
        yield _at(row, "rol_keyword", NO_SUCH_ROLE, text=values["rol_keyword"][:40])
    if values["handler"] and values["handler"] not in context.handlers:
        yield _at(row, "handler", NO_SUCH_HANDLER, text=values["handler"][:40])


def _readable(row: Row, values: Values) -> Iterator[Problem]:
    kind = values["tipo"].lower()
    if values["opciones"] and kind in {RuleKind.LIST, RuleKind.BUTTONS} and not _is_menu(values["opciones"], kind):
        yield _at(row, "opciones", BAD_OPTIONS)
    if values["calculo"]:
        try:
            compile_formula(values["calculo"])
        except (ValueError, ArithmeticError):
            yield _at(row, "calculo", BAD_FORMULA)


def _is_menu(options: str, kind: str) -> bool:
    try:
        json.loads(options)
        menu = parse_menu(options, RuleKind(kind))
    except (ValueError, RecursionError):
        return False
    return menu is not None and bool(menu.options)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    own = url.startswith(("/media/", "/static/uploads/"))
    return own or (parts.scheme in {"http", "https"} and bool(parts.hostname))


def _at(row: Row, name: str, message: str, **values: str) -> Problem:
    cell = row.cells.get(name)
    return Problem(cell.ref if cell else f"A{row.number}", message, values)
