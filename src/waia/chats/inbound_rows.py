"""Turns a received message into the columns of `mensajes`, with the original's values where it had any."""

from datetime import datetime
from typing import Any

import msgspec

from waia.chats.record import ChatRecord
from waia.whatsapp.received import InboundMessage, MessageKind

ORIGINAL_TIPOS = {
    MessageKind.TEXT: "cliente",
    MessageKind.BUTTON: "cliente",
    MessageKind.BUTTON_REPLY: "cliente",
    MessageKind.LIST_REPLY: "cliente",
    MessageKind.FLOW_REPLY: "cliente",
    MessageKind.IMAGE: "cliente_image",
    MessageKind.AUDIO: "audio",
    MessageKind.VOICE: "audio",
    MessageKind.VIDEO: "video",
}


def tipo_of(message: InboundMessage) -> str:
    if message.referral is not None:
        return "referral"
    return ORIGINAL_TIPOS.get(message.kind, f"cliente_{message.kind}")


def row_of(chat: ChatRecord, *, wamid: str | None, at: datetime, received_at: datetime) -> dict[str, Any]:
    """The columns that every inbound row has; all rows have the same keys, so that many go in one statement."""
    return {
        "chat_id": chat.id,
        "wamid": wamid[:255] if wamid else None,
        "numero": chat.numero,
        "step": (chat.step or "").lower(),
        "timestamp": at,
        "received_at": received_at,
        "direction": "in",
        "author": "customer",
        "quoted_wamid": None,
        "media_id": None,
        "mime_type": None,
        "link_url": None,
        "link_title": None,
        "link_body": None,
        "link_thumb": None,
        "status": 0,
        "bot_may_run": False,
    }


def details_of(message: InboundMessage) -> dict[str, Any]:
    """What has no column: file, place, cards, order, the chosen option, the ad, errors."""
    found: dict[str, Any] = {
        "location": message.location,
        "contacts": message.contacts,
        "order": message.order,
        "product": message.product,
        "referral": message.referral,
        "errors": message.errors,
        "forwarded": message.forwarded,
        "forwarded_often": message.forwarded_often,
        "raw": message.details,
    }
    if message.option_id is not None:
        found["chosen"] = {"id": message.option_id, "title": message.text}
    if message.media is not None:
        found |= {
            "filename": message.media.filename,
            "sha256": message.media.sha256,
            "media_url": message.media.url,
            "voice": message.media.voice,
            "animated": message.media.animated,
        }
    if message.group_id:
        found["participant"] = message.sender.name or message.sender.wa_id or message.sender.user_id
    plain: dict[str, Any] = msgspec.to_builtins({name: value for name, value in found.items() if value})
    return plain
