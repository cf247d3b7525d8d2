"""Why the bot would answer an old text otherwise than the original did; docs/es/cambios.md tells each to owners."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from waia.kit.i18n import N_
from waia.moving.original_choice import RESTARTED, Choice


class Cause(StrEnum):
    SYNONYMS = "synonyms"
    CONTAINED = "contained"
    OPTION = "option"
    MEASURE = "measure"
    COMMAND = "command"
    FALLBACK = "fallback"
    NOT_SENT = "not_sent"
    RULE_GONE = "rule_gone"
    RULES_CHANGED = "rules_changed"
    NO_RULE = "no_rule"
    BURST = "burst"
    OTHER = "other"


CAUSE_WORDS: Mapping[Cause, str] = {
    Cause.SYNONYMS: N_("varias frases en una regla: ahora vale cada una por separado (B2)"),
    Cause.CONTAINED: N_("una palabra suelta dentro de otra frase ya no activa la regla (B14)"),
    Cause.OPTION: N_("el número o el título de una opción del menú la elige"),
    Cause.MEASURE: N_("la regla calcula: una medida que no se entiende se pide de nuevo (B4)"),
    Cause.COMMAND: N_("«menú», «ayuda» y las demás órdenes dentro de otra frase ya no empiezan de nuevo (B5)"),
    Cause.FALLBACK: N_("donde antes se callaba, ahora dice que no entendió (B25)"),
    Cause.NOT_SENT: N_("la respuesta de antes no está en la historia: no se envió o se perdió (A1, A6, A8)"),
    Cause.RULE_GONE: N_("la regla que respondió ya no existe"),
    Cause.RULES_CHANGED: N_("las reglas cambiaron después: hoy tampoco el original respondería así"),
    Cause.NO_RULE: N_("respondió algo que no es una regla (catálogo con IA, aviso de audio)"),
    Cause.BURST: N_("varios mensajes seguidos: ahora también se mira cada uno"),
    Cause.OTHER: N_("otra razón"),
}
SILENT, FALLBACK, REFUSED, OTHER_TEXT = "silent", "fallback", "refused", "text"
Outcome = int | str
"""The rule that answered, or RESTARTED, FALLBACK, REFUSED, OTHER_TEXT, SILENT."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`before` and `now` are what was done; `first` and `last` what the releases of the original would do today.

    `stage` is how ours was found: exact, option, measure, contains, wildcard, or empty. `is_burst`: of several
    messages in a row; `by_one`: ours was found by one of them alone.
    """

    before: Outcome
    now: Outcome
    first: Choice
    last: Choice
    stage: str
    is_burst: bool
    by_one: bool
    rule_exists: bool


def cause_of(told: Difference) -> Cause:
    """The original has done what one of its releases does, or its rules were others then."""
    if told.before == OTHER_TEXT:
        return Cause.NO_RULE
    if isinstance(told.before, int) and not told.rule_exists:
        return Cause.RULE_GONE
    if told.before == SILENT:
        return _after_silence(told)
    if told.before == RESTARTED:
        return Cause.COMMAND
    if told.before not in {told.first, told.last} and not (told.before == FALLBACK and told.first is None):
        return Cause.BURST if told.is_burst else Cause.RULES_CHANGED
    return _by_stage(told)


def _after_silence(told: Difference) -> Cause:
    if told.last is None and told.now == FALLBACK:
        return Cause.FALLBACK
    if told.first is not None or told.last is not None:
        return Cause.NOT_SENT
    return _by_stage(told)


def _by_stage(told: Difference) -> Cause:
    if told.now == REFUSED or told.stage == "measure":
        return Cause.MEASURE
    if told.by_one:
        return Cause.BURST
    if told.stage == "option":
        return Cause.OPTION
    if told.stage == "exact":
        return Cause.SYNONYMS
    if told.before == told.last != told.first:
        return Cause.CONTAINED
    if told.stage == "contains":
        return Cause.CONTAINED
    return Cause.BURST if told.is_burst else Cause.OTHER
