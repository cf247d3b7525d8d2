"""The difference between two states of the flow in sentences for people: one for each thing that a rule changes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from waia.bot.menus import parse_menu
from waia.bot.models import Menu, Option, RuleKind, split_steps, split_triggers
from waia.kit.i18n import N_
from waia.rules.content import RuleContent
from waia.rules.differences import Change, Changed

LONGEST_QUOTE, LONGEST_NAME = 80, 40
Values = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is a key of the catalogues, `values` fill its places. `kind` says how it is drawn."""

    rule_id: int
    kind: Changed
    text: str
    values: Values

    def said(self, gettext: Callable[[str], str]) -> str:
        return gettext(self.text) % {name: _worded(value, gettext) for name, value in self.values.items()}


class _Word(str):
    """A value that is itself a word of the catalogues."""

    __slots__ = ()


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


def rule_name(content: RuleContent) -> str:
    """How people call a rule: its first trigger."""
    triggers = split_triggers(content.triggers)
    return _short(triggers[0], LONGEST_NAME) if triggers else "—"


def _told(change: Change) -> Iterator[tuple[str, Values]]:
    old, new = change.before, change.after
    if change.kind is Changed.MOVED:
        yield N_("En «%(step)s», la regla «%(rule)s» pasa al lugar %(place)s."), {"place": change.place}
    elif old is not None and new is not None:
        for aspect in _ASPECTS:
            yield from aspect(old, new)
    elif new is not None and new.text.strip():
        yield N_("En «%(step)s», regla nueva «%(rule)s»: responde «%(text)s»."), {"text": _short(new.text)}
    elif new is not None:
        yield N_("En «%(step)s», regla nueva «%(rule)s»."), {}
    else:
        yield N_("En «%(step)s», se quita la regla «%(rule)s»."), {}


def _place(change: Change) -> Values:
    shown = change.before or change.after
    assert shown is not None
    return {"step": shown.step, "rule": rule_name(shown)}


def _step(old: RuleContent, new: RuleContent) -> Iterator[tuple[str, Values]]:
    if old.step != new.step:
        yield N_("La regla «%(rule)s» pasa del paso «%(step)s» al paso «%(after)s»."), {"after": new.step}


def _triggers(old: RuleContent, new: RuleContent) -> Iterator[tuple[str, Values]]:
    before, after = split_triggers(old.triggers), split_triggers(new.triggers)
    added = [word for word in after if word not in before]
    gone = [word for word in before if word not in after]
    if added:
        yield N_("En «%(step)s», la regla «%(rule)s» también responde a «%(words)s»."), {"words": _several(added)}
    if gone:
        yield N_("En «%(step)s», la regla «%(rule)s» ya no responde a «%(words)s»."), {"words": _several(gone)}


def _text(old: RuleContent, new: RuleContent) -> Iterator[tuple[str, Values]]:
    if old.text == new.text:
        return
    before, after = _apart(old.text, new.text)
    if not new.text.strip():
        yield N_("En «%(step)s», la regla «%(rule)s» ya no envía texto."), {}
    elif not old.text.strip():
        yield N_("En «%(step)s», la regla «%(rule)s» ahora responde «%(after)s»."), {"after": after}
    else:
        told = {"before": before, "after": after}
        yield N_("En «%(step)s», la respuesta de «%(rule)s» cambia de «%(before)s» a «%(after)s»."), told


def _kind(old: RuleContent, new: RuleContent) -> Iterator[tuple[str, Values]]:
    if old.kind != new.kind:
        told = {"before": kind_word(old.kind), "after": kind_word(new.kind)}
        yield N_("En «%(step)s», «%(rule)s» se envía como %(after)s y no como %(before)s."), told


def _next(old: RuleContent, new: RuleContent) -> Iterator[tuple[str, Values]]:
    before, after = _way(old.next_steps), _way(new.next_steps)
    if before == after:
        return
    told = {"before": before, "after": after}
    if not after:
        yield N_("En «%(step)s», después de «%(rule)s» el chat se queda en el paso; ya no sigue en «%(before)s»."), told
    elif before:
        yield N_("En «%(step)s», después de «%(rule)s» sigue en «%(after)s» y no en «%(before)s»."), told
    else:
        yield N_("En «%(step)s», después de «%(rule)s» sigue en «%(after)s»."), told


def _options(old: RuleContent, new: RuleContent) -> Iterator[tuple[str, Values]]:
    before, after = _menu(old), _menu(new)
    known = {option.id: option for option in before.options}
    kept = {option.id for option in after.options}
    for option in after.options:
        yield from _option(known.get(option.id), option)
    for option in before.options:
        if option.id not in kept:
            yield N_("En «%(step)s», «%(rule)s» pierde la opción «%(option)s»."), {"option": option.title}
    frames = [(menu.header, menu.footer, menu.button) for menu in (before, after)]
    if frames[0] != frames[1] and old.kind == new.kind and known and kept:
        yield N_("En «%(step)s», cambia el encabezado, el pie o el botón del menú de «%(rule)s»."), {}
    if [one for one in before.options if one.id in kept] != sorted(
        (one for one in before.options if one.id in kept), key=lambda one: _index(after, one)
    ):
        yield N_("En «%(step)s», las opciones de «%(rule)s» cambian de orden."), {}


def _option(old: Option | None, new: Option) -> Iterator[tuple[str, Values]]:
    told: dict[str, str | int] = {"option": new.title, "target": _way(new.target)}
    if old is None:
        lead = N_("En «%(step)s», «%(rule)s» gana la opción «%(option)s», que lleva a «%(target)s».")
        yield (lead if new.target else N_("En «%(step)s», «%(rule)s» gana la opción «%(option)s».")), told
        return
    told |= {"name": old.title, "before": _way(old.target)}
    if old.title != new.title:
        yield N_("En «%(step)s», la opción «%(name)s» de «%(rule)s» se llama ahora «%(option)s»."), told
    if _way(old.target) == _way(new.target):
        if old.description != new.description:
            yield N_("En «%(step)s», cambia la descripción de la opción «%(option)s» de «%(rule)s»."), told
    elif not new.target:
        yield N_("En «%(step)s», la opción «%(option)s» de «%(rule)s» ya no lleva a «%(before)s»."), told
    elif not old.target:
        yield N_("En «%(step)s», la opción «%(option)s» de «%(rule)s» lleva a «%(target)s»."), told
    else:
        yield (
            N_("En «%(step)s», la opción «%(option)s» de «%(rule)s» lleva a «%(target)s» y no a «%(before)s»."),
            told,
        )


def _medias(old: RuleContent, new: RuleContent) -> Iterator[tuple[str, Values]]:
    if [one.url for one in old.medias] != [one.url for one in new.medias]:
        told = {"before": len(old.medias), "after": len(new.medias)}
        yield N_("En «%(step)s», cambian los archivos de «%(rule)s»: antes %(before)s, ahora %(after)s."), told


def _people(old: RuleContent, new: RuleContent) -> Iterator[tuple[str, Values]]:
    if old.role_keyword != new.role_keyword:
        told = {"role": new.role_keyword or old.role_keyword}
        if new.role_keyword:
            yield N_("En «%(step)s», «%(rule)s» agrega el chat al rol «%(role)s»."), told
        else:
            yield N_("En «%(step)s», «%(rule)s» ya no agrega el chat al rol «%(role)s»."), told
    if old.at_end != new.at_end and new.at_end == "persona":
        yield N_("En «%(step)s», después de «%(rule)s» atiende una persona."), {}
    elif old.at_end != new.at_end:
        yield N_("En «%(step)s», después de «%(rule)s» sigue el bot y no una persona."), {}


def _when(old: RuleContent, new: RuleContent) -> Iterator[tuple[str, Values]]:
    if old.match != new.match:
        inside = N_("En «%(step)s», a «%(rule)s» le basta con que el mensaje contenga las palabras.")
        equal = N_("En «%(step)s», para «%(rule)s» el mensaje entero tiene que ser igual.")
        yield (inside if new.match == "contiene" else equal), {}
    if old.condition != new.condition:
        yield _CONDITIONS.get(new.condition, _CONDITIONS["siempre"]), {}
    if old.enabled != new.enabled:
        on = N_("En «%(step)s», la regla «%(rule)s» vuelve a estar activa.")
        yield (on if new.enabled else N_("En «%(step)s», la regla «%(rule)s» queda desactivada.")), {}


def _answers(old: RuleContent, new: RuleContent) -> Iterator[tuple[str, Values]]:
    if old.capture_name != new.capture_name and new.capture_name:
        yield N_("En «%(step)s», «%(rule)s» guarda la respuesta como «%(name)s»."), {"name": new.capture_name}
    elif old.capture_name != new.capture_name:
        yield N_("En «%(step)s», «%(rule)s» ya no guarda la respuesta como «%(name)s»."), {"name": old.capture_name}
    if old.capture_kind != new.capture_kind and new.capture_name:
        told = {"kind": capture_word(new.capture_kind)}
        yield N_("En «%(step)s», la respuesta que guarda «%(rule)s» tiene que ser: %(kind)s."), told
    if old.capture_retry != new.capture_retry:
        yield N_("En «%(step)s», cambia cómo «%(rule)s» pide de nuevo la respuesta."), {}


def _computing(old: RuleContent, new: RuleContent) -> Iterator[tuple[str, Values]]:
    if old.formula != new.formula and new.formula:
        yield N_("En «%(step)s», «%(rule)s» calcula «%(formula)s»."), {"formula": new.formula}
    elif old.formula != new.formula:
        yield N_("En «%(step)s», «%(rule)s» ya no calcula."), {}
    if (old.unit, old.minimum, old.maximum) != (new.unit, new.minimum, new.maximum):
        told = {"least": _number(new.minimum), "most": _number(new.maximum), "unit": new.unit or "—"}
        yield N_("En «%(step)s», «%(rule)s» admite de %(least)s a %(most)s, unidad %(unit)s."), told
    if old.handler != new.handler and new.handler:
        yield N_("En «%(step)s», «%(rule)s» usa la función «%(handler)s»."), {"handler": new.handler}
    elif old.handler != new.handler:
        yield N_("En «%(step)s», «%(rule)s» ya no usa la función «%(handler)s»."), {"handler": old.handler}


_CONDITIONS = {
    "siempre": N_("En «%(step)s», «%(rule)s» vale a cualquier hora."),
    "abierto": N_("En «%(step)s», «%(rule)s» vale solo en horario de atención."),
    "cerrado": N_("En «%(step)s», «%(rule)s» vale solo fuera del horario de atención."),
}
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
_KINDS = {
    "texto": N_("texto"), "lista": N_("lista"), "boton": N_("botones"), "image": N_("imagen"),
    "video": N_("video"), "audio": N_("audio"), "document": N_("documento"),
}  # fmt: skip
_CAPTURES = {
    "texto": N_("un texto"), "numero": N_("un número"), "medida": N_("una medida"), "fecha": N_("una fecha"),
    "correo": N_("un correo"), "telefono": N_("un teléfono"), "opcion": N_("una opción del menú"),
}  # fmt: skip
_ASPECTS = (
    _step, _triggers, _text, _kind, _next, _options, _medias, _people, _when, _answers, _computing,
)  # fmt: skip


def kind_word(kind: str) -> str:
    return _Word(_KINDS.get(kind, kind))


def capture_word(kind: str) -> str:
    return _Word(_CAPTURES.get(kind, kind))


def _worded(value: str | int, gettext: Callable[[str], str]) -> str | int:
    return gettext(value) if isinstance(value, _Word) else value


def _menu(content: RuleContent) -> Menu:
    kind = RuleKind.BUTTONS if content.kind == "boton" else RuleKind.LIST
    wanted = content.options if content.kind in {"boton", "lista"} else ""
    return parse_menu(wanted, kind) or Menu(())


def _index(menu: Menu, option: Option) -> int:
    return next((place for place, one in enumerate(menu.options) if one.id == option.id), 0)


def _way(steps: str) -> str:
    return " → ".join(split_steps(steps))


def _several(words: list[str]) -> str:
    return _short("», «".join(words))


def _number(value: float | None) -> str:
    return "…" if value is None else f"{value:g}"


def _short(text: str, longest: int = LONGEST_QUOTE) -> str:
    words = " ".join(text.split())
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…"


def _apart(before: str, after: str) -> tuple[str, str]:
    """Both texts, cut so that the place where they part can be seen."""
    before, after = " ".join(before.split()), " ".join(after.split())
    if len(before) <= LONGEST_QUOTE and len(after) <= LONGEST_QUOTE:
        return before, after
    pairs = enumerate(zip(before, after, strict=False))
    same = next((n for n, (a, b) in pairs if a != b), min(len(before), len(after)))
    start = max(0, same - LONGEST_QUOTE // 3)
    lead = "…" if start else ""
    return lead + _short(before[start:]), lead + _short(after[start:])
