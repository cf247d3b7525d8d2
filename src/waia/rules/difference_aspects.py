"""What changes in a rule, aspect by aspect: each a message of the catalogues and what fills its places."""

from collections.abc import Callable, Iterator, Mapping

from waia.bot.models import split_triggers
from waia.kit.i18n import N_
from waia.rules.content import RuleContent
from waia.rules.option_differences import option_changes
from waia.rules.phrases import cut_apart, number_in_words, quoted, way_in_words

Values = Mapping[str, str | int]
Aspect = Callable[[RuleContent, RuleContent], Iterator[tuple[str, Values]]]


class Word(str):
    """A value that is itself a word of the catalogues."""

    __slots__ = ()


def _step(old: RuleContent, new: RuleContent) -> Iterator[tuple[str, Values]]:
    if old.step != new.step:
        yield N_("La regla «%(rule)s» pasa del paso «%(step)s» al paso «%(after)s»."), {"after": new.step}


def _triggers(old: RuleContent, new: RuleContent) -> Iterator[tuple[str, Values]]:
    before, after = split_triggers(old.triggers), split_triggers(new.triggers)
    added = [word for word in after if word not in before]
    gone = [word for word in before if word not in after]
    if added:
        yield N_("En «%(step)s», la regla «%(rule)s» también responde a «%(words)s»."), {"words": quoted(added)}
    if gone:
        yield N_("En «%(step)s», la regla «%(rule)s» ya no responde a «%(words)s»."), {"words": quoted(gone)}


def _text(old: RuleContent, new: RuleContent) -> Iterator[tuple[str, Values]]:
    if old.text == new.text:
        return
    before, after = cut_apart(old.text, new.text)
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
    before, after = way_in_words(old.next_steps), way_in_words(new.next_steps)
    if before == after:
        return
    told = {"before": before, "after": after}
    if not after:
        yield N_("En «%(step)s», después de «%(rule)s» el chat se queda en el paso; ya no sigue en «%(before)s»."), told
    elif before:
        yield N_("En «%(step)s», después de «%(rule)s» sigue en «%(after)s» y no en «%(before)s»."), told
    else:
        yield N_("En «%(step)s», después de «%(rule)s» sigue en «%(after)s»."), told


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
        told = {"least": number_in_words(new.minimum), "most": number_in_words(new.maximum), "unit": new.unit or "—"}
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
_KINDS = {
    "texto": N_("texto"), "lista": N_("lista"), "boton": N_("botones"), "image": N_("imagen"),
    "video": N_("video"), "audio": N_("audio"), "document": N_("documento"),
}  # fmt: skip
_CAPTURES = {
    "texto": N_("un texto"), "numero": N_("un número"), "medida": N_("una medida"), "fecha": N_("una fecha"),
    "correo": N_("un correo"), "telefono": N_("un teléfono"), "opcion": N_("una opción del menú"),
}  # fmt: skip
ASPECTS: tuple[Aspect, ...] = (
    _step, _triggers, _text, _kind, _next, option_changes, _medias, _people, _when, _answers, _computing,
)  # fmt: skip


def kind_word(kind: str) -> str:
    return Word(_KINDS.get(kind, kind))


def capture_word(kind: str) -> str:
    return Word(_CAPTURES.get(kind, kind))
