"""Reads delivery statuses, calls and people's wishes, and says which of two statuses stands."""

from waia.whatsapp import read_attachments
from waia.whatsapp.envelope import Envelope
from waia.whatsapp.fields import identifier, integer, moment, node, phone, text
from waia.whatsapp.people import participant, person
from waia.whatsapp.received import Call, ContactSync, Preference, Status

RANKS = {"accepted": 0, "sent": 1, "delivered": 2, "read": 3, "played": 4}
FAILED = "failed"


def settled(known: str | None, told: str) -> str:
    """The status that stands after `told`: never downwards, `failed` only of what was not delivered."""
    if known == FAILED:
        return FAILED if RANKS.get(told, 0) < RANKS["delivered"] else told
    if known is None:
        return told
    if told == FAILED:
        return FAILED if RANKS.get(known, 0) < RANKS["delivered"] else known
    return told if RANKS.get(told, -1) > RANKS.get(known, -1) else known


def read_status(envelope: Envelope) -> Status:
    item, pricing = envelope.item, node(envelope.item.get("pricing"))
    state = text(item.get("status")).strip().lower()
    billable = pricing.get("billable")
    return Status(
        id=identifier(item.get("id")),
        status=state,
        rank=RANKS.get(state, 0),
        phone_number_id=envelope.phone_number_id,
        timestamp=moment(item.get("timestamp")),
        recipient_id=phone(item.get("recipient_id")),
        recipient_user_id=identifier(item.get("recipient_user_id")),
        recipient_parent_user_id=identifier(item.get("recipient_parent_user_id")),
        participant=participant(item),
        opaque=identifier(item.get("biz_opaque_callback_data")),
        errors=read_attachments.errors(item.get("errors")),
        pricing_category=identifier(pricing.get("category")),
        pricing_type=identifier(pricing.get("type")),
        billable=billable if isinstance(billable, bool) else None,
    )


def read_call_status(envelope: Envelope) -> Status:
    item = envelope.item
    return Status(
        id=identifier(item.get("id")),
        status=text(item.get("status")),
        rank=0,
        phone_number_id=envelope.phone_number_id,
        timestamp=moment(item.get("timestamp")),
        recipient_id=phone(item.get("recipient_id")),
        recipient_user_id=identifier(item.get("recipient_user_id")),
        opaque=identifier(item.get("biz_opaque_callback_data")),
        errors=read_attachments.errors(item.get("errors")),
        is_call=True,
    )


def read_call(envelope: Envelope) -> Call:
    item = envelope.item
    event, direction = text(item.get("event")), text(item.get("direction"))
    side = "to" if direction == "BUSINESS_INITIATED" else "from"
    return Call(
        id=identifier(item.get("id")),
        event=event,
        direction=direction,
        phone_number_id=envelope.phone_number_id,
        customer=person(envelope.contact, item.get(f"{side}_user_id"), item.get(side)),
        timestamp=moment(item.get("timestamp")),
        status=identifier(item.get("status")),
        duration_s=integer(item.get("duration")),
        opaque=identifier(item.get("biz_opaque_callback_data")),
        opens_window=event == "connect" and direction == "USER_INITIATED",
    )


def read_preference(envelope: Envelope) -> Preference:
    item = envelope.item
    return Preference(
        phone_number_id=envelope.phone_number_id,
        customer=person(envelope.contact, item.get("user_id"), item.get("wa_id"), item.get("parent_user_id")),
        value=text(item.get("value")),
        category=text(item.get("category")),
        text=text(item.get("detail")),
        timestamp=moment(item.get("timestamp")),
    )


def read_contact_sync(envelope: Envelope) -> ContactSync:
    card = node(envelope.item.get("contact"))
    name = identifier(card.get("full_name")) or identifier(card.get("first_name"))
    profile = {"name": name, "username": card.get("username")}
    customer = person({"profile": profile}, card.get("user_id"), card.get("phone_number"))
    return ContactSync(
        phone_number_id=envelope.phone_number_id,
        customer=customer,
        removed=text(envelope.item.get("action")) == "remove",
        timestamp=moment(node(envelope.item.get("metadata")).get("timestamp")),
    )
