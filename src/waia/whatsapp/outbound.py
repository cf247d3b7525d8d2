"""The door for everything that goes out: a content and an address become Graph's JSON."""

import msgspec

from waia.whatsapp import graph_json
from waia.whatsapp.content import (
    Audio,
    Buttons,
    Contacts,
    Content,
    CtaUrl,
    Document,
    Flow,
    Image,
    ListMenu,
    Location,
    Reaction,
    Sticker,
    Template,
    Text,
    Video,
)
from waia.whatsapp.graph_json import Json


class Address(msgspec.Struct, frozen=True):
    """Where a message goes: a phone (`to`), a business-scoped user id (`recipient`), or a group.

    With both a phone and a user id the phone wins, as it does at Meta.
    """

    to: str | None = None
    recipient: str | None = None
    group_id: str | None = None


def build(content: Content, address: Address, quoted_wamid: str | None = None, opaque: str | None = None) -> Json:
    """The body for `POST /{phone number id}/messages`; every status of it repeats `opaque`."""
    told: Json = {"messaging_product": "whatsapp", **_address(address), **graph_json.content_json(content)}
    if quoted_wamid and not isinstance(content, Reaction):
        told["context"] = {"message_id": quoted_wamid}
    if opaque:
        told["biz_opaque_callback_data"] = opaque
    return told


def _address(address: Address) -> Json:
    """With its +, or Meta may put the business's own country code in front."""
    if address.group_id:
        return {"recipient_type": "group", "to": address.group_id}
    if address.to:
        digits = "".join(char for char in address.to if char in "0123456789")
        return {"recipient_type": "individual", "to": f"+{digits}"}
    return {"recipient_type": "individual", "recipient": address.recipient}


def preview_text(content: Content) -> str:
    """The words of a message, as the chat list and the bubble show them; empty where it has none."""
    match content:
        case Image() | Video() | Document():
            return content.caption
        case Audio() | Sticker():
            return ""
        case Location():
            return content.name or content.address
        case Contacts():
            return ", ".join(card.formatted_name for card in content.cards)
        case Reaction():
            return content.emoji
        case Template():
            return (content.shown.body if content.shown else "") or content.name
        case _:
            return content.body


def tipo_suffix(content: Content) -> str:
    """What follows `bot_` or `asesor_` in `mensajes.tipo`; empty for text and everything interactive.

    The first five are the original's; kinds that it could not send have their own names.
    """
    match content:
        case Image():
            return "image"
        case Audio():
            return "audio"
        case Video():
            return "video"
        case Document():
            return "document"
        case Flow():
            return "flow"
        case Sticker() | Location() | Contacts() | Template():
            return str(content.__struct_config__.tag)
        case Text() | Buttons() | ListMenu() | CtaUrl() | _:
            return ""
