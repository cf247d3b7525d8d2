"""Values of media: states, reasons, and one attachment as a page, a sender or the bot needs to know it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Scope(StrEnum):
    """Who may open it: who may see the chat, admins, who may use the quick reply, or its uploader."""

    CHAT = "chat"
    RULE = "rule"
    REPLY = "reply"
    DRAFT = "draft"


class MediaState(StrEnum):
    PENDING = "pending"
    READY = "ready"
    UNAVAILABLE = "unavailable"


class Reason(StrEnum):
    """Why a file is not here yet, or will never be."""

    NONE = ""
    EXPIRED = "expired"
    GONE = "gone"
    REFUSED = "refused"
    TOO_BIG = "too_big"
    WRONG_HASH = "wrong_hash"
    WRONG_LENGTH = "wrong_length"
    WRONG_TYPE = "wrong_type"
    NETWORK = "network"
    DISK_FULL = "disk_full"
    BROKEN = "broken"
    RETENTION = "retention"
    LEFT_BEHIND = "left_behind"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One row of `media` with what is stored of it. `size` and what follows are known once the file is here."""

    id: int
    public_id: str
    state: MediaState
    reason: Reason
    scope: Scope
    kind: str
    filename: str
    declared_mime: str
    voice: bool
    chat_id: int | None
    message_id: int | None
    user_id: int | None
    file_id: int | None
    created_at: datetime
    mime: str | None = None
    size: int | None = None
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    animated: bool = False
    sha256: str | None = None
    storage_key: str | None = None
    thumb_key: str | None = None
    playable_key: str | None = None

    @property
    def is_ready(self) -> bool:
        return self.state is MediaState.READY and self.storage_key is not None

    @property
    def address(self) -> str:
        return address_of(self.public_id)

    @property
    def thumb_address(self) -> str | None:
        return f"{self.address}?v=thumb" if self.thumb_key else None

    @property
    def play_address(self) -> str | None:
        """A rendition for players that cannot do the original."""
        return f"{self.address}?v=play" if self.playable_key else None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was just written to the storage, with what its content says of itself."""

    storage_key: str
    sha256: str
    size: int
    mime: str
    kind: str
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    animated: bool = False
    thumb_key: str | None = None
    playable_key: str | None = None


def address_of(public_id: str) -> str:
    return f"/media/{public_id}"
