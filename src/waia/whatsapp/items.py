"""What a webhook body is split into: one item per thing that happened, with its dedupe key and lane."""

import hashlib
from enum import StrEnum

import msgspec

LONGEST_KEY = 255


class ItemKind(StrEnum):
    MESSAGE = "message"
    STATUS = "status"
    CALL = "call"
    CALL_STATUS = "call_status"
    ECHO = "echo"
    HISTORY = "history"
    PREFERENCE = "preference"
    CONTACT_SYNC = "contact_sync"
    ERROR = "error"
    ACCOUNT = "account"
    UNKNOWN = "unknown"


class Item(msgspec.Struct, frozen=True):
    """One thing that happened; `payload` is JSON that holds all a worker needs to act on it.

    `dedupe_key` is the same for every delivery of the same thing.
    Items of one `lane_key` are worked on in order.
    """

    kind: ItemKind
    dedupe_key: str
    lane_key: str
    phone_number_id: str | None
    waba_id: str | None
    payload: bytes


class Split(msgspec.Struct, frozen=True):
    """The items of a body. `unparsable`: no webhook by any reading; keep the raw bytes, raise an alarm."""

    items: tuple[Item, ...]
    unparsable: bool = False


def bounded(key: str) -> str:
    """The key itself, or its hash where it would not fit the column."""
    raw = key.encode()
    return key if len(raw) <= LONGEST_KEY else f"h:{hashlib.sha256(raw).hexdigest()}"


def content_key(payload: bytes) -> str:
    """The key of a thing without an id: repeated deliveries have equal bytes."""
    return f"e:{hashlib.sha256(payload).hexdigest()}"
