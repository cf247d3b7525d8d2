"""Words out of sound: Vosk with one model for the process and one recogniser for each pass over a note.

Where the answers are known, a short note is first heard among them; what is none of them, or unsure, is heard freely.
"""

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from pathlib import Path
from typing import Any

from waia.transcription.audio import BYTES_A_MS
from waia.transcription.values import Word

RATE = 16_000
SHORT_MS = 8_000  # an answer; who speaks longer tells something
SURE = 0.6
MOST_PHRASES, MOST_SPELLINGS = 400, 4
UNKNOWN = ("[unk]", "<UNK>", "<unk>")
ACCENTS = {"a": "á", "e": "é", "i": "í", "o": "ó", "u": "ú", "n": "ñ"}


class NoVosk(Exception):
    """The package that recognises speech is not installed."""


class BrokenModel(Exception):
    """What lies in the folder is no model that this Vosk can read."""


@dataclass(frozen=True, slots=True)
class Found:
    """`closed`: heard among the answers of the step."""

    words: tuple[Word, ...] = ()
    closed: bool = False

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        return min((word.confidence for word in self.words), default=0.0)


class VoiceModel:
    """A model in memory; several threads may use it at once."""

    def __init__(self, path: Path) -> None:
        """Takes seconds. Raises NoVosk and BrokenModel."""
        try:
            import vosk
        except (ImportError, OSError) as error:
            raise NoVosk from error
        vosk.SetLogLevel(-2)
        try:
            self._model = vosk.Model(str(path))
        except Exception as error:  # vosk knows no other
            raise BrokenModel(str(error)) from error
        self._vosk: Any = vosk
        self._takes_answers = (path / "graph/HCLr.fst").is_file() or (path / "HCLr.fst").is_file()
        self._unknown = next((word for word in UNKNOWN if self.knows(word)), None)

    def knows(self, word: str) -> bool:
        return int(self._model.vosk_model_find_word(word)) >= 0

    def phrases(self, answers: Iterable[str]) -> dict[str, None]:
        """Those answers of which the model knows every word, in all spellings; a large model takes none."""
        if not self._takes_answers:
            return {}
        found = (spelling for answer in answers for spelling in spellings(answer, self.knows))
        return dict.fromkeys(phrase for phrase, _ in zip(found, range(MOST_PHRASES), strict=False))

    def hear(self, pieces: Iterable[bytes], phrases: Iterable[str] = ()) -> tuple[Word, ...]:
        """What is said, or which of the phrases; what is none of them leaves no words."""
        recogniser = self._recogniser(list(phrases))
        recogniser.SetWords(True)
        heard: list[Word] = []
        for piece in pieces:
            if recogniser.AcceptWaveform(piece):
                heard += _words(recogniser.Result())
        heard += _words(recogniser.FinalResult())
        return () if any(word.text == self._unknown for word in heard) and phrases else tuple(heard)

    def _recogniser(self, phrases: list[str]) -> Any:
        if not phrases:
            return self._vosk.KaldiRecognizer(self._model, RATE)
        unknown = [self._unknown] if self._unknown else []
        return self._vosk.KaldiRecognizer(self._model, RATE, json.dumps(phrases + unknown, ensure_ascii=False))


def spellings(answer: str, knows: Callable[[str], bool]) -> Iterator[str]:
    """An answer as the model writes it, whose words have their accents; nothing where it lacks a word."""
    words = [[each for each in _accented(word) if knows(each)] for word in _plain(answer).split()]
    if words and all(words):
        for spelling, _ in zip(product(*words), range(MOST_SPELLINGS), strict=False):
            yield " ".join(spelling)


def recognize(
    model: VoiceModel,
    pieces: Iterator[bytes],
    vocabulary: Sequence[str] = (),
    check: Callable[[], None] = lambda: None,
) -> Found:
    """The words of a note; for a thread, as it takes a fraction of the note's time. `check` may raise to end it."""
    phrases = model.phrases(vocabulary)
    if not phrases:
        return Found(model.hear(pieces))
    beginning, is_all = _beginning(pieces)
    if not is_all:
        return Found(model.hear(chain(beginning, pieces)))
    answer = Found(model.hear(_checked(beginning, check), phrases), closed=True)
    is_answer = answer.text in phrases
    if is_answer and answer.confidence >= SURE:
        return answer
    free = Found(model.hear(_checked(beginning, check)))
    return answer if is_answer and answer.confidence > free.confidence else free


def _accented(word: str) -> Iterator[str]:
    """As it is, then with one accent more."""
    yield word
    for at, sign in enumerate(word):
        if sign in ACCENTS:
            yield word[:at] + ACCENTS[sign] + word[at + 1 :]


def _beginning(pieces: Iterator[bytes]) -> tuple[list[bytes], bool]:
    """The first seconds, and whether there is no more."""
    kept: list[bytes] = []
    left = SHORT_MS * BYTES_A_MS
    for piece in pieces:
        kept.append(piece)
        left -= len(piece)
        if left < 0:
            return kept, False
    return kept, True


def _checked(pieces: Iterable[bytes], check: Callable[[], None]) -> Iterator[bytes]:
    for piece in pieces:
        check()
        yield piece


def _words(result: str) -> list[Word]:
    return [
        Word(each["word"], round(each["start"] * 1000), round(each["end"] * 1000), float(each["conf"]))
        for each in json.loads(result).get("result", ())
    ]


def _plain(phrase: str) -> str:
    """Lower-case words without punctuation, composed as models write them."""
    kept = (sign if sign.isalnum() or sign == "'" or unicodedata.combining(sign) else " " for sign in phrase.lower())
    return unicodedata.normalize("NFC", "".join(kept))
