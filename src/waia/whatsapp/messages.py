"""Reads one element of `messages[]`, `message_echoes[]` or of a history thread."""

from collections.abc import Callable
from datetime import datetime
from typing import TypedDict

import msgspec

from waia.whatsapp import read_attachments
from waia.whatsapp.bodies import body, type_of
from waia.whatsapp.envelope import Envelope
from waia.whatsapp.fields import flag, identifier, integer, moment, node, phone, text
from waia.whatsapp.lenient_json import Node
from waia.whatsapp.people import Sender, person
from waia.whatsapp.received import (
    Echo,
    Edit,
    HistoryMessage,
    InboundMessage,
    MessageKind,
    Reaction,
    Revoke,
    Said,
    SystemChange,
    SystemEvent,
)

# What the bot may answer (product rule R16b).
BOT_KINDS = frozenset(MessageKind) - {
    MessageKind.CALL_PERMISSION_REPLY,
    MessageKind.PAYMENT_METHOD,
    MessageKind.WELCOME,
    MessageKind.MEDIA_PLACEHOLDER,
    MessageKind.UNSUPPORTED,
    MessageKind.UNKNOWN,
}
# Types of which Meta does not say that they open the window: counted as not.
SILENT_TYPES = frozenset({"unsupported", "unknown", "request_welcome", "media_placeholder"})


class _Heading(TypedDict):
    id: str | None
    phone_number_id: str | None
    sender: Sender
    timestamp: datetime | None
    group_id: str | None


def read_message(envelope: Envelope) -> Said:
    item = envelope.item
    sender = person(envelope.contact, item.get("from_user_id"), item.get("from"), item.get("from_parent_user_id"))
    return _said(envelope, item, sender)


def read_echo(envelope: Envelope) -> Echo:
    item = envelope.item
    to = person(envelope.contact, item.get("to_user_id"), item.get("to"), item.get("to_parent_user_id"))
    business = Sender(wa_id=phone(item.get("from")))
    return Echo(message=_silent(_said(envelope, item, business)), to=to)


def read_history(envelope: Envelope) -> HistoryMessage:
    """Its direction is told only by whose number stands in `from`."""
    item, thread = envelope.item, envelope.thread
    sender = person({}, item.get("from_user_id"), item.get("from"))
    outbound = sender.wa_id is not None and sender.wa_id == envelope.own_number
    customer = person(
        envelope.contact or {"profile": thread, **thread},
        thread.get("user_id") or item.get("to_user_id" if outbound else "from_user_id"),
        thread.get("wa_id") or thread.get("id") or item.get("to" if outbound else "from"),
    )
    return HistoryMessage(
        message=_silent(_said(envelope, item, sender if outbound else customer)),
        customer=customer,
        outbound=outbound,
        status=identifier(node(item.get("history_context")).get("status")),
        phase=integer(envelope.chunk.get("phase")),
    )


def _silent(said: Said) -> Said:
    return _silenced(said) if isinstance(said, InboundMessage) else said


def _silenced(message: InboundMessage) -> InboundMessage:
    return msgspec.structs.replace(message, opens_window=False, runs_bot=False)


def _said(envelope: Envelope, item: Node, sender: Sender) -> Said:
    kind = type_of(item)
    act = _ACTS.get(kind)
    found = act(envelope, item, _heading(envelope, item, sender)) if act else None
    return found or _message(envelope, item, sender, kind)


def _heading(envelope: Envelope, item: Node, sender: Sender) -> _Heading:
    return {
        "id": identifier(item.get("id")),
        "phone_number_id": envelope.phone_number_id,
        "sender": sender,
        "timestamp": moment(item.get("timestamp")),
        "group_id": identifier(item.get("group_id")),
    }


def _message(envelope: Envelope, item: Node, sender: Sender, kind: str) -> InboundMessage:
    context, found = node(item.get("context")), body(item, kind)
    often = flag(context.get("frequently_forwarded"))
    heading = _heading(envelope, item, sender)
    to_one = heading["group_id"] is None
    return InboundMessage(
        **heading,
        **found,
        quoted_id=identifier(context.get("id")),
        product=read_attachments.product(context),
        referral=read_attachments.referral(item.get("referral")),
        forwarded=often or flag(context.get("forwarded")),
        forwarded_often=often,
        errors=read_attachments.errors(item.get("errors")),
        opens_window=to_one and kind not in SILENT_TYPES and not _is_automatic(item),
        runs_bot=to_one and found["kind"] in BOT_KINDS and not envelope.standby,
        standby=envelope.standby,
    )


def _is_automatic(item: Node) -> bool:
    """A call permission can come from Meta's own rules: no act of the person."""
    reply = node(node(item.get("interactive")).get("call_permission_reply"))
    return text(reply.get("response_source")) == "automatic"


def _reaction(envelope: Envelope, item: Node, heading: _Heading) -> Reaction | None:
    told = node(item.get("reaction"))
    target, emoji = identifier(told.get("message_id")), identifier(told.get("emoji"))
    return Reaction(**heading, target_id=target, emoji=emoji) if target else None


def _edit(envelope: Envelope, item: Node, heading: _Heading) -> Edit | None:
    told = node(item.get("edit"))
    target = identifier(told.get("original_message_id"))
    if not target:
        return None
    content = {**node(told.get("message")), "id": target, "timestamp": item.get("timestamp")}
    message = _silenced(_message(envelope, content, heading["sender"], type_of(content)))
    return Edit(**heading, target_id=target, message=message)


def _revoke(envelope: Envelope, item: Node, heading: _Heading) -> Revoke | None:
    target = identifier(node(item.get("revoke")).get("original_message_id"))
    return Revoke(**heading, target_id=target) if target else None


def _system(envelope: Envelope, item: Node, heading: _Heading) -> SystemChange:
    told = node(item.get("system"))
    event = _SYSTEM_EVENTS.get(text(told.get("type")), SystemEvent.OTHER)
    old = person(
        envelope.contact,
        told.get("previous_user_id") or item.get("from_user_id"),
        item.get("from") or told.get("customer"),
        told.get("previous_parent_user_id") or item.get("from_parent_user_id"),
    )
    return SystemChange(
        id=heading["id"],
        event=event,
        phone_number_id=heading["phone_number_id"],
        timestamp=heading["timestamp"],
        old=old,
        new=person({}, told.get("user_id"), told.get("wa_id") or told.get("new_wa_id"), told.get("parent_user_id")),
        text=text(told.get("body")),
        identity_hash=identifier(node(item.get("identity")).get("hash")),
    )


_ACTS: dict[str, Callable[[Envelope, Node, _Heading], Said | None]] = {
    "reaction": _reaction,
    "edit": _edit,
    "revoke": _revoke,
    "system": _system,
}
_SYSTEM_EVENTS = {
    "user_changed_number": SystemEvent.NUMBER_CHANGED,
    "customer_changed_number": SystemEvent.NUMBER_CHANGED,
    "user_changed_user_id": SystemEvent.USER_ID_CHANGED,
    "customer_identity_changed": SystemEvent.IDENTITY_CHANGED,
}
