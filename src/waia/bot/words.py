"""What the customer said in one go: the messages of a burst, joined and one by one."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from waia.bot.kinds import UtteranceKind
from waia.bot.normalise import normalise
from waia.bot.spoken import with_digits
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
    """A text as written and normalised; `normal` is empty for emoji only. `confidence` is 1 for what was typed."""

    raw: str
    normal: str
    confidence: float = field(default=1.0, compare=False)


@dataclass(frozen=True, slots=True)
class Words:
    """`whole` joins the texts, `each` has them newest first (empty for a single one), `events` are the `@`
    names of the rest. `typed` is False when the only texts are captions: those never meet the fallback.
    `numbered` is the whole with digits for spoken numbers, where that makes a difference.
    """

    whole: Said
    each: tuple[Said, ...]
    events: tuple[str, ...]
    typed: bool
    numbered: tuple[Said, ...] = ()

    @property
    def wholes(self) -> tuple[Said, ...]:
        return (self.whole, *self.numbered)

    @property
    def readings(self) -> tuple[Said, ...]:
        return (*self.wholes, *self.each)

    @property
    def any_text(self) -> bool:
        return self.typed or bool(self.whole.raw)


def words_of(utterances: Sequence[Utterance], locale: str = "es") -> Words:
    """`locale` is the language of spoken numbers."""
    texts = [each for each in utterances if _has_words(each)]
    whole, *numbered = _wholes(texts, locale)
    each = tuple(text for one in reversed(texts) for text in _wholes([one], locale)) if len(texts) > 1 else ()
    events = dict.fromkeys(EVENT_NAMES[u.kind] for u in utterances if u.kind in EVENT_NAMES and not _is_voice(u))
    typed = any(u.kind in _SPOKEN or _is_voice(u) for u in utterances)
    return Words(whole, each, tuple(events), typed, tuple(numbered))


def said(text: str) -> Said:
    return Said(text, normalise(text))


def _wholes(utterances: Sequence[Utterance], locale: str) -> list[Said]:
    """The texts joined, and once more with digits where a spoken one has numbers."""
    confidence = min((each.confidence for each in utterances if _is_voice(each)), default=1.0)
    heard = [each.text.strip() for each in utterances]
    read = [with_digits(each.text, locale) if _is_voice(each) else each.text.strip() for each in utterances]
    joined = dict.fromkeys((" ".join(heard), " ".join(read)))
    found = [Said(text, normalise(text), confidence) for text in joined]
    return [found[0], *(one for one in found[1:] if one.normal != found[0].normal)]


def _has_words(utterance: Utterance) -> bool:
    if utterance.kind in _SPOKEN:
        return True
    return bool(utterance.text.strip()) and (utterance.kind in _CAPTIONED or _is_voice(utterance))


def _is_voice(utterance: Utterance) -> bool:
    """A voice note with its transcript is typed text."""
    return utterance.kind is UtteranceKind.AUDIO and bool(utterance.text.strip())
