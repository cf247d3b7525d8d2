"""The door for everything that comes in: `split` on the way in, `read` in the worker."""

from collections.abc import Callable

from waia.whatsapp.account import read_account_event, read_error
from waia.whatsapp.deliveries import (
    read_call,
    read_call_status,
    read_contact_sync,
    read_preference,
    read_status,
    settled,
)
from waia.whatsapp.envelope import Envelope, opened
from waia.whatsapp.items import Item, ItemKind, Split
from waia.whatsapp.lenient_json import Unreadable
from waia.whatsapp.messages import read_echo, read_history, read_message
from waia.whatsapp.people import Sender
from waia.whatsapp.received import Ignored, Inbound, InboundMessage, MessageKind
from waia.whatsapp.split import split

__all__ = [
    "Inbound",
    "InboundMessage",
    "Item",
    "ItemKind",
    "MessageKind",
    "Sender",
    "Split",
    "read",
    "settled",
    "split",
]

_READERS: dict[ItemKind, Callable[[Envelope], Inbound]] = {
    ItemKind.MESSAGE: read_message,
    ItemKind.STATUS: read_status,
    ItemKind.CALL: read_call,
    ItemKind.CALL_STATUS: read_call_status,
    ItemKind.ECHO: read_echo,
    ItemKind.HISTORY: read_history,
    ItemKind.PREFERENCE: read_preference,
    ItemKind.CONTACT_SYNC: read_contact_sync,
    ItemKind.ERROR: read_error,
    ItemKind.ACCOUNT: read_account_event,
}


def read(kind: ItemKind, payload: bytes) -> Inbound:
    """The value of one item that `split` made; never raises. Odd content becomes an `unknown` message."""
    reader = _READERS.get(kind)
    if reader is None:
        return Ignored(reason="not an object", raw=payload.decode("utf-8", errors="replace"))
    try:
        return reader(opened(payload))
    except Unreadable:
        return Ignored(reason="unreadable", raw=payload.decode("utf-8", errors="replace"))
