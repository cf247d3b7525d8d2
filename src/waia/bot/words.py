"""What the customer said in one go: the messages of a burst, joined and one by one."""

from collections.abc import Sequence
from dataclasses import dataclass

from waia.bot.kinds import UtteranceKind
from waia.bot.normalise import normalise
from waia.bot.talk import Utterance

_SPOKEN = frozenset({UtteranceKind.TEXT, UtteranceKind.TAP})
_CAPTIONED = frozenset({UtteranceKind.IMAGE, UtteranceKind.VIDEO, UtteranceKind.DOCUMENT})
EVENT_NAMES = {
    UtteranceKind.IMAGE: "imagen",
    UtteranceKind.VIDEO: "video",
    UtteranceKind.AUDIO: "audio",
    UtteranceKind.DOCUMENT: "documento",
    UtteranceKind.LOCATION: "ubicacion",
    UtteranceKind.CONTACT: "contacto",
    UtteranceKind.STICKER: "sticker",
    UtteranceKind.ORDER: "pedido",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A text as written and normalised; `normal` is empty for emoji only."""

    raw: str
    normal: str


@dataclass(frozen=True, slots=True)
class Words:
    """`whole` joins the texts, `each` has them newest first (empty for a single one), `events` are the `@`
    names of the rest. `typed` is False when the only texts are captions: those never meet the fallback.
    """

    whole: Said
    each: tuple[Said, ...]
    events: tuple[str, ...]
    typed: bool

    @property
    def readings(self) -> tuple[Said, ...]:
        return (self.whole, *self.each)

    @property
    def any_text(self) -> bool:
        return self.typed or bool(self.whole.raw)


def words_of(utterances: Sequence[Utterance]) -> Words:
    texts = [u.text.strip() for u in utterances if _has_words(u)]
    each = tuple(said(text) for text in reversed(texts)) if len(texts) > 1 else ()
    events = dict.fromkeys(EVENT_NAMES[u.kind] for u in utterances if u.kind in EVENT_NAMES and not _is_voice(u))
    typed = any(u.kind in _SPOKEN or _is_voice(u) for u in utterances)
    return Words(said(" ".join(texts)), each, tuple(events), typed)


def said(text: str) -> Said:
    return Said(text, normalise(text))


def _has_words(utterance: Utterance) -> bool:
    if utterance.kind in _SPOKEN:
        return True
    return bool(utterance.text.strip()) and (utterance.kind in _CAPTIONED or _is_voice(utterance))


def _is_voice(utterance: Utterance) -> bool:
    """A voice note with its transcript is typed text."""
    return utterance.kind is UtteranceKind.AUDIO and bool(utterance.text.strip())
