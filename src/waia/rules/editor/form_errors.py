"""What is wrong with the form of a rule, field by field, in words that say what to do."""

import re
from collections.abc import Collection

from waia.bot.formulas import FormulaError, compile_formula
from waia.bot.measures import read_number
from waia.kit.i18n import N_
from waia.rules.editor.form import Form

LONGEST = {"text": 60_000, "step": 200, "capture_name": 40, "handler": 50, "role_keyword": 20}
ADDRESS = re.compile(r"https?://[^\s\"<>\\^`{|}]+|/(?!/)[^\s\"<>\\^`{|}]*", re.IGNORECASE)

NO_STEP = N_("Escribe el nombre del paso.")
NO_TRIGGERS = N_("Escribe al menos una palabra, * o @entrada.")
TOO_LONG = N_("Es demasiado largo.")
NO_NUMBER = N_("Escribe un número, por ejemplo 0,2.")
UPSIDE_DOWN = N_("El mínimo es mayor que el máximo.")
BAD_FORMULA = N_("No se puede leer. Usa p1 y p2, o medida, con + - * / y paréntesis.")
NO_ROLE = N_("Ese rol no existe. Elige uno de la lista.")
NO_HANDLER = N_("Esa función no está instalada. Elige una de la lista.")
NO_TITLE = N_("Cada opción necesita un título.")
BAD_ADDRESS = N_("La dirección debe empezar con https:// y no tener espacios.")


def errors_of(form: Form, roles: Collection[str], handlers: Collection[str]) -> dict[str, str]:
    """What keeps the rule from being kept at all; what keeps it from being published is the flow check's."""
    texts = form.texts
    found = {name: TOO_LONG for name, most in LONGEST.items() if len(getattr(texts, name)) > most}
    if not texts.step.strip():
        found["step"] = NO_STEP
    if not texts.triggers.replace(",", "").strip():
        found["triggers"] = NO_TRIGGERS
    if texts.role_keyword and texts.role_keyword not in roles:
        found["role_keyword"] = NO_ROLE
    if texts.handler and texts.handler not in handlers:
        found["handler"] = NO_HANDLER
    if form.has_menu and any(not option.title.strip() for option in form.options):
        found["options"] = NO_TITLE
    if any(not ADDRESS.fullmatch(media.url) for media in form.medias):
        found["media"] = BAD_ADDRESS
    return found | _wrong_numbers(form)


def _wrong_numbers(form: Form) -> dict[str, str]:
    typed = {"minimum": form.typed.minimum.strip(), "maximum": form.typed.maximum.strip()}
    numbers = {name: read_number(text) for name, text in typed.items() if text}
    found = {name: NO_NUMBER for name, number in numbers.items() if number is None}
    low, high = numbers.get("minimum"), numbers.get("maximum")
    if low is not None and high is not None and low > high:
        found["minimum"] = UPSIDE_DOWN
    if formula := form.texts.formula.strip():
        try:
            compile_formula(formula)
        except FormulaError:
            found["formula"] = BAD_FORMULA
    return found
