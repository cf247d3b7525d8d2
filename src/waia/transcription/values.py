"""Values of a transcript: how far it is, and what was heard word by word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TranscriptState(StrEnum):
    """`PARTIAL`: the file is damaged, what could be heard is there. `SKIPPED`: too slow now, or switched off."""

    WAITING = "waiting"
    HEARD = "heard"
    PARTIAL = "partial"
    SILENT = "silent"
    TOO_LONG = "too_long"
    NO_MODEL = "no_model"
    SKIPPED = "skipped"
    FAILED = "failed"

    @property
    def has_text(self) -> bool:
        return self in {TranscriptState.HEARD, TranscriptState.PARTIAL}


@dataclass(frozen=True, slots=True)
class Word:
    """Times in milliseconds from the start of the audio; `confidence` from 0 to 1."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Heard:
    """How hearing a voice note ended. `closed`: it was heard among the answers of the chat's step.

    `reason` is one word for logs and figures, where there is no text; `took_ms` is the time of decoder and
    recogniser, without loading the model.
    """

    state: TranscriptState
    words: Sequence[Word] = ()
    closed: bool = False
    duration_ms: int | None = None
    took_ms: int = 0
    reason: str = ""

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """Of the least sure word: one wrong word turns an answer into another."""
        return min((word.confidence for word in self.words), default=0.0)


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a page shows under a voice note. `heard_text` is the machine's, `corrected_text` a person's.

    `corrector` is the name on screen of whoever corrected it, empty when that person is not here any more.
    """

    message_id: int
    chat_id: int
    state: TranscriptState
    reason: str
    heard_text: str
    words: Sequence[Word]
    confidence: float
    closed: bool
    corrected_text: str | None
    corrected_by: int | None
    corrected_at: datetime | None
    duration_ms: int | None
    corrector: str = ""

    @property
    def is_corrected(self) -> bool:
        return self.corrected_text is not None

    @property
    def text(self) -> str:
        return self.heard_text if self.corrected_text is None else self.corrected_text
