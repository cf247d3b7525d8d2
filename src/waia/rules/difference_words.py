"""The difference between two states of the flow in sentences for people: one for each thing that a rule changes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from waia.kit.i18n import N_
from waia.rules.difference_aspects import ASPECTS, Values, Word
from waia.rules.differences import Change, Changed
from waia.rules.phrases import rule_name, shortened


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is a key of the catalogues, `values` fill its places. `kind` says how it is drawn."""

    rule_id: int
    kind: Changed
    text: str
    values: Values

    def said(self, gettext: Callable[[str], str]) -> str:
        return gettext(self.text) % {name: _worded(value, gettext) for name, value in self.values.items()}


def sentences(changes: list[Change]) -> list[Sentence]:
    return [
        Sentence(change.rule_id, change.kind, text, {**_place(change), **values})
        for change in changes
        for text, values in _told(change)
    ]


def profile_sentences(before: str, after: str) -> list[Sentence]:
    """What another profile of the flow means for customers; nothing where it stays."""
    if before == after:
        return []
    return [Sentence(0, Changed.CHANGED, _PROFILES[after], {"before": before, "after": after})]


def _told(change: Change) -> Iterator[tuple[str, Values]]:
    old, new = change.before, change.after
    if change.kind is Changed.MOVED:
        yield N_("En «%(step)s», la regla «%(rule)s» pasa al lugar %(place)s."), {"place": change.place}
    elif old is not None and new is not None:
        for aspect in ASPECTS:
            yield from aspect(old, new)
    elif new is not None and new.text.strip():
        yield N_("En «%(step)s», regla nueva «%(rule)s»: responde «%(text)s»."), {"text": shortened(new.text)}
    elif new is not None:
        yield N_("En «%(step)s», regla nueva «%(rule)s»."), {}
    else:
        yield N_("En «%(step)s», se quita la regla «%(rule)s»."), {}


def _place(change: Change) -> Values:
    shown = change.before or change.after
    assert shown is not None
    return {"step": shown.step, "rule": rule_name(shown)}


def _worded(value: str | int, gettext: Callable[[str], str]) -> str | int:
    return gettext(value) if isinstance(value, Word) else value


_PROFILES = {
    "waia": N_(
        "El flujo pasa del perfil «%(before)s» al perfil «%(after)s»: cada regla dice si le basta con que el mensaje "
        "contenga las palabras, los comandos son el mensaje entero, y el primer mensaje se contesta después del saludo."
    ),
    "original": N_(
        "El flujo pasa del perfil «%(before)s» al perfil «%(after)s»: en todas las reglas el mensaje entero tiene que "
        "ser igual, los comandos valen en cualquier parte, y al primer mensaje solo se saluda."
    ),
}
