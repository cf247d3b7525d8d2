"""Turns a received message into the columns of `mensajes`, with the original's values where it had any."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec

from waia.chats.record import ChatRecord
from waia.media.kinds import kind_of
from waia.whatsapp.media_address import hex_digest
from waia.whatsapp.received import InboundMessage, MessageKind

AT_META, LAST_CHANCE = timedelta(days=7), timedelta(hours=1)
FILE_KINDS = {
    MessageKind.IMAGE: "image",
    MessageKind.VIDEO: "video",
    MessageKind.AUDIO: "audio",
    MessageKind.VOICE: "audio",
    MessageKind.DOCUMENT: "document",
    MessageKind.STICKER: "sticker",
}

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
        "public_id": uuid4().hex,
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
        "media_url": None,
        "mime_type": None,
        "link_url": None,
        "link_title": None,
        "link_body": None,
        "link_thumb": None,
        "status": 0,
        "bot_may_run": False,
        "owner_then": chat.owner_id,
        "held_by": chat.holder,
    }


def media_of(message: InboundMessage, chat: ChatRecord, at: datetime, now: datetime) -> dict[str, Any] | None:
    """The row of `media` for the file that hangs on a message. Meta keeps it for a week: so long it is tried."""
    told = message.media
    if told is None or told.id is None:
        return None
    kind = FILE_KINDS.get(message.kind) or kind_of((told.mime or "").partition(";")[0].strip().lower()).kind
    return {
        "public_id": uuid4().hex,
        "chat_id": chat.id,
        "kind": kind,
        "filename": (told.filename or "")[:255],
        "mime": (told.mime or "")[:127],
        "sha256": hex_digest(told.sha256),
        "graph_id": told.id[:255],
        "phone_number_id": (message.phone_number_id or "")[:40],
        "voice": told.voice or message.kind == MessageKind.VOICE,
        "give_up_at": max(at + AT_META, now + LAST_CHANCE),
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
