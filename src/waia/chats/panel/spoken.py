"""What a bubble draws of a transcript: words that can be heard one by one, also where a person wrote others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from waia.chats.panel.whatsapp_text import unturned
from waia.chats.search.words import fold
from waia.transcription.values import Transcript, Word

UNSURE_BELOW = 0.6
MOST_WORDS, MOST_ALIGNED = 1_500, 400
REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """`at_ms` is where it is heard, None where nobody knows; `is_unsure`: the machine may have misheard."""

    text: str
    at_ms: int | None = None
    is_unsure: bool = False


@dataclass(frozen=True, slots=True)
class Spoken:
    """`words` are what counts; `heard` what the machine heard, where a person corrected it (`corrector`, maybe empty).

    `rest` is what stands after the last word that can be clicked, in texts that are very long.
    """

    state: str
    words: tuple[SpokenWord, ...] = ()
    rest: str = ""
    heard: tuple[SpokenWord, ...] = ()
    is_corrected: bool = False
    corrector: str = ""


def read_spoken(transcript: Transcript) -> Spoken:
    state = str(transcript.state)
    if not transcript.state.has_text:
        return Spoken(state)
    heard = tuple(_spoken(word) for word in transcript.words[:MOST_WORDS])
    if transcript.corrected_text is None:
        rest = " ".join(word.text for word in transcript.words[MOST_WORDS:])
        return Spoken(state, heard or _unheard(transcript.heard_text), rest)
    told = aligned(tuple(transcript.words), transcript.corrected_text)
    return Spoken(state, told, "", heard, is_corrected=True, corrector=transcript.corrector)


def _spoken(word: Word) -> SpokenWord:
    return SpokenWord(unturned(word.text), word.start_ms, word.confidence < UNSURE_BELOW)


def _unheard(text: str) -> tuple[SpokenWord, ...]:
    return (SpokenWord(unturned(text)),) if text else ()


@lru_cache(maxsize=REMEMBERED)
def aligned(heard: tuple[Word, ...], text: str) -> tuple[SpokenWord, ...]:
    """The words that a person wrote, each at the place where it, or what stood there before, is heard."""
    written = _pieces(unturned(text))
    if not heard or len(heard) > MOST_ALIGNED or len(written) > MOST_ALIGNED:
        return _unheard(text)
    times = _times([_bare(word.text) for word in heard], [_bare(piece) for piece in written], heard)
    return tuple(SpokenWord(piece, at_ms) for piece, at_ms in zip(written, times, strict=True))


def _times(before: Sequence[str], after: Sequence[str], heard: Sequence[Word]) -> Iterator[int]:
    """For each written word the milliseconds at which it begins."""
    for _, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for place in range(new_end - new_start):
            known = start + min(place, max(end - start - 1, 0))
            yield heard[min(known, len(heard) - 1)].start_ms


def _pieces(text: str) -> list[str]:
    """Words, each with the line break that follows it."""
    pieces: list[str] = []
    for line in text.splitlines(keepends=True):
        words = line.split()
        pieces += words
        if pieces and line.endswith("\n"):
            pieces[-1] += "\n"
    return pieces


def _bare(piece: str) -> str:
    return "".join(sign for sign in fold(piece) if sign.isalnum())
