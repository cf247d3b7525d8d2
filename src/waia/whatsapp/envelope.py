"""Opens an item's payload again: the thing that happened and its surroundings."""

from dataclasses import dataclass
from datetime import datetime

from waia.whatsapp.fields import LONGEST_NUMBER_ID, flag, identifier, moment, node, phone
from waia.whatsapp.lenient_json import Node, decode


@dataclass(frozen=True, slots=True)
class Envelope:
    item: Node
    field: str | None
    waba_id: str | None
    phone_number_id: str | None
    own_number: str | None
    contact: Node
    thread: Node
    chunk: Node
    standby: bool
    time: datetime | None


def opened(payload: bytes) -> Envelope:
    """Raises `Unreadable` for bytes that `split` did not write."""
    told = node(decode(payload))
    metadata = node(told.get("metadata"))
    return Envelope(
        item=node(told.get("item")),
        field=identifier(told.get("field")),
        waba_id=identifier(told.get("waba_id")),
        phone_number_id=identifier(metadata.get("phone_number_id"), LONGEST_NUMBER_ID),
        own_number=phone(metadata.get("display_phone_number")),
        contact=node(told.get("contact")),
        thread=node(told.get("thread")),
        chunk=node(told.get("chunk")),
        standby=flag(told.get("standby")),
        time=moment(told.get("time")),
    )
