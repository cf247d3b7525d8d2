"""What all parts of the work share: where from, where to, and what the owner said."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from waia.dashboard.counting import Basis
from waia.kit.db import Database
from waia.moving.original_repository import Original
from waia.moving.progress import Progress
from waia.moving.texts import Texts
from waia.moving.uploads import Shelf, Uploads


@dataclass(frozen=True, slots=True)
class Place:
    """A chat of ours; `numero` is its column in every table."""

    chat_id: int
    contact_id: int
    numero: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """The original and how its rows are to be understood."""

    original: Original
    uploads: Uploads
    texts: Texts
    zone: tzinfo
    now: Callable[[], datetime]


@dataclass(frozen=True)
class Move:
    """`chats` are those that are committed, by the number as the original wrote it."""

    reading: Reading
    database: Database
    progress: Progress
    shelf: Shelf
    phone_number_id: str
    session_timeout_s: float
    resume_hours: float
    basis: Basis
    chats: dict[str | None, Place] = field(default_factory=dict)

    @property
    def original(self) -> Original:
        return self.reading.original

    @property
    def uploads(self) -> Uploads:
        return self.reading.uploads

    @property
    def texts(self) -> Texts:
        return self.reading.texts

    def now(self) -> datetime:
        return self.reading.now()

    def mark(self, old_id: int) -> str:
        """The name of a message that was brought over: with it the original's number is found again."""
        return f"{self.marks}{old_id}"

    @property
    def marks(self) -> str:
        return f"{self.progress.source}:"
