"""Reads the part of a message that its type names: one small reader per type."""

from collections.abc import Callable
from typing import Required, TypedDict

from waia.whatsapp import read_attachments
from waia.whatsapp.attachments import ContactCard, Location, MediaRef, Order
from waia.whatsapp.fields import identifier, node, text
from waia.whatsapp.lenient_json import Node, Unreadable, decode, encode
from waia.whatsapp.received import MessageKind

IDS = frozenset({"id", "timestamp", "from", "from_user_id", "from_parent_user_id", "group_id", "errors"})


class Body(TypedDict, total=False):
    """The fields of an `InboundMessage` that depend on its type."""

    kind: Required[MessageKind]
    text: str
    option_id: str | None
    media: MediaRef | None
    location: Location | None
    contacts: tuple[ContactCard, ...]
    order: Order
    details: str


def type_of(message: Node) -> str:
    """As told, or by the shape of the message where it is missing."""
    told = identifier(message.get("type"))
    return told or next((kind for kind in _SHAPES if kind in message), "unknown")


def body(message: Node, kind: str) -> Body:
    """Never fails: what cannot be read is `unknown`, with everything it had in `details`."""
    read = _READERS.get(kind)
    found = read(message) if read else None
    return found or {"kind": MessageKind.UNKNOWN, "details": _json(_without_ids(message))}


def _without_ids(message: Node) -> Node:
    return {key: value for key, value in message.items() if key not in IDS}


def _text(message: Node) -> Body | None:
    told = message.get("text")
    said = text(told if isinstance(told, str) else node(told).get("body"))
    return {"kind": MessageKind.TEXT, "text": said} if said else None


def _media(kind: MessageKind) -> Callable[[Node], Body]:
    def read(message: Node) -> Body:
        told = node(message.get(kind.value))
        return {"kind": kind, "text": text(told.get("caption")), "media": read_attachments.media(told)}

    return read


def _audio(message: Node) -> Body:
    file = read_attachments.media(node(message.get("audio")))
    return {"kind": MessageKind.VOICE if file and file.voice else MessageKind.AUDIO, "media": file}


def _location(message: Node) -> Body:
    return {
        "kind": MessageKind.LOCATION,
        "location": read_attachments.location(node(message.get("location"))),
    }


def _contacts(message: Node) -> Body:
    return {"kind": MessageKind.CONTACTS, "contacts": read_attachments.cards(message.get("contacts"))}


def _order(message: Node) -> Body:
    told = node(message.get("order"))
    return {"kind": MessageKind.ORDER, "text": text(told.get("text")), "order": read_attachments.order(told)}


def _button(message: Node) -> Body | None:
    """A tap on a template's quick reply; what it means is in `payload`, `text` is only its label."""
    told = node(message.get("button"))
    label, payload = text(told.get("text")), identifier(told.get("payload"))
    if not label and not payload:
        return None
    return {"kind": MessageKind.BUTTON, "text": label or payload or "", "option_id": payload or label}


def _interactive(message: Node) -> Body | None:
    told = node(message.get("interactive"))
    kind = identifier(told.get("type")) or next((name for name in _REPLIES if name in told), "")
    read = _REPLIES.get(kind)
    reply = node(told.get(kind))
    return read(reply) if read and reply else None


def _option(kind: MessageKind) -> Callable[[Node], Body]:
    def read(reply: Node) -> Body:
        title, option_id = text(reply.get("title")), identifier(reply.get("id"))
        description = reply.get("description")
        return {
            "kind": kind,
            "text": title or option_id or "",
            "option_id": option_id or title or None,
            "details": _json({"description": description}) if description else "",
        }

    return read


def _flow(reply: Node) -> Body:
    said = text(reply.get("body"))
    answers = _answers(reply.get("response_json"))
    details = _json({"name": reply.get("name"), "body": said, "response": answers})
    return {"kind": MessageKind.FLOW_REPLY, "text": said, "details": details}


def _answers(told: object) -> object:
    """`response_json` is JSON inside a string; it can be missing or broken."""
    if not isinstance(told, str):
        return told
    try:
        return decode(told.encode("utf-8", errors="replace"))
    except Unreadable:
        return told


def _only_details(kind: MessageKind) -> Callable[[Node], Body]:
    return lambda reply: {"kind": kind, "details": _json(reply)}


def _unsupported(message: Node) -> Body:
    return {"kind": MessageKind.UNSUPPORTED, "details": _json(node(message.get("unsupported")))}


def _bare(kind: MessageKind) -> Callable[[Node], Body]:
    return lambda message: {"kind": kind}


def _json(told: Node) -> str:
    return encode(told).decode() if told else ""


_READERS: dict[str, Callable[[Node], Body | None]] = {
    "text": _text,
    "image": _media(MessageKind.IMAGE),
    "video": _media(MessageKind.VIDEO),
    "audio": _audio,
    "document": _media(MessageKind.DOCUMENT),
    "sticker": _media(MessageKind.STICKER),
    "location": _location,
    "contacts": _contacts,
    "button": _button,
    "interactive": _interactive,
    "order": _order,
    "unsupported": _unsupported,
    "request_welcome": _bare(MessageKind.WELCOME),
    "media_placeholder": _bare(MessageKind.MEDIA_PLACEHOLDER),
}
_REPLIES: dict[str, Callable[[Node], Body]] = {
    "button_reply": _option(MessageKind.BUTTON_REPLY),
    "list_reply": _option(MessageKind.LIST_REPLY),
    "nfm_reply": _flow,
    "call_permission_reply": _only_details(MessageKind.CALL_PERMISSION_REPLY),
    "payment_method": _only_details(MessageKind.PAYMENT_METHOD),
}
_SHAPES = (*_READERS, "reaction", "edit", "revoke", "system")
