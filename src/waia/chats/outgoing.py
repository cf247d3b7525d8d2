"""Puts messages on their way: for each a row in the history and a row in the outbox, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec

from waia.chats.contact_repository import ContactRecord
from waia.chats.delivery_state import DeliveryState
from waia.chats.outbox_repository import add_items
from waia.chats.record import ChatRecord
from waia.chats.repository import add_messages
from waia.kit.db import Transaction
from waia.kit.errors import Conflict, Invalid
from waia.kit.i18n import N_
from waia.media.drafts_repository import add_carried, attach_all
from waia.media.old_addresses import files_at
from waia.media.values import Attachment, address_of
from waia.whatsapp.content import (
    Audio,
    Buttons,
    Card,
    Contacts,
    Content,
    Document,
    Image,
    ListMenu,
    Location,
    Shown,
    Sticker,
    Template,
    Video,
    content_to_json,
)
from waia.whatsapp.limits import breaches, describe
from waia.whatsapp.outbound import preview_text, tipo_suffix

INTERACTIVE_KINDS = {"buttons", "list"}
HIDDEN_DETAILS = {"type", "body", "caption", "file_id"}


class WindowClosed(Conflict):
    """More than 24 hours since the customer wrote: Meta takes nothing but an approved template."""

    code = "window_closed"
    message = N_(
        "Pasaron más de 24 horas desde el último mensaje del cliente: WhatsApp solo admite una plantilla aprobada."
    )


class NoAddress(Conflict):
    code = "no_address"
    message = N_("No se conoce ni el número ni el identificador de WhatsApp de este contacto.")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one chat. `author` is bot, user or system; `idem_key` makes a repeat harmless.

    `draft` is what an agent attached; a file without one belongs to a rule or a quick reply.
    """

    chat: ChatRecord
    contact: ContactRecord
    content: Content
    author: str
    idem_key: str
    user_id: int | None = None
    client_id: str | None = None
    quoted_wamid: str | None = None
    step: str | None = None
    rule_id: int | None = None
    draft: Attachment | None = None


def check(content: Content) -> None:
    """Raises Invalid with a sentence for each limit of Meta's that the content breaks."""
    found = breaches(content)
    if found:
        raise Invalid({breach.field: describe(breach, str) for breach in found})


async def enqueue(tx: Transaction, batch: Sequence[Outgoing], now: datetime, real_now: datetime) -> list[int]:
    """Write history and outbox rows in order and wake the sender; the messages' ids."""
    if not batch:
        return []
    batch = await _with_own_files(tx, batch)
    messages = [_message(outgoing, now, real_now) for outgoing in batch]
    ids = await add_messages(tx, messages)
    fresh = [(outgoing, row) for outgoing, row in zip(batch, messages, strict=True) if row["public_id"] in ids]
    await add_items(tx, [_item(outgoing, row["public_id"], real_now) for outgoing, row in fresh], real_now)
    await carry_files(tx, [Carried(each, ids[row["public_id"]], row["media_url"]) for each, row in fresh], real_now)
    for outgoing, row in fresh:
        outgoing.chat.last_message_id = ids[row["public_id"]]
        outgoing.chat.show(
            at=now, text=row["text"] or "", kind=row["kind"], author=outgoing.author, user_id=outgoing.user_id
        )
    return [ids[row["public_id"]] for _, row in fresh]


async def _with_own_files(tx: Transaction, batch: Sequence[Outgoing]) -> list[Outgoing]:
    """What is named by an upload address of the former application goes out as the file that it means."""
    linked = [link for outgoing in batch if (link := getattr(outgoing.content, "link", None))]
    files = await files_at(tx, linked)
    return [_with_own_file(outgoing, files) for outgoing in batch]


def _with_own_file(outgoing: Outgoing, files: Mapping[str, int]) -> Outgoing:
    content = outgoing.content
    if not isinstance(content, Image | Video | Audio | Document | Sticker):
        return outgoing
    file_id = files.get(content.link or "")
    return (
        replace(outgoing, content=msgspec.structs.replace(content, link=None, file_id=file_id)) if file_id else outgoing
    )


@dataclass(frozen=True, slots=True)
class Carried:
    """A message that was just written, and the address at which its file can be opened."""

    outgoing: Outgoing
    message_id: int
    media_url: str | None


async def carry_files(tx: Transaction, carried: Sequence[Carried], real_now: datetime) -> None:
    """Whoever may see the chat may open the files of its messages."""
    drafts = [
        {"media": each.outgoing.draft.id, "chat": each.outgoing.chat.id, "message": each.message_id}
        for each in carried
        if each.outgoing.draft is not None
    ]
    others = [each for each in carried if each.outgoing.draft is None]
    named = [each for each in others if getattr(each.outgoing.content, "file_id", None) is not None]
    await attach_all(tx, drafts)
    await add_carried(tx, [_media(each) for each in named], real_now)


def _media(carried: Carried) -> dict[str, Any]:
    content = carried.outgoing.content
    return {
        "public_id": (carried.media_url or "").rpartition("/")[2],
        "file_id": getattr(content, "file_id", None),
        "chat_id": carried.outgoing.chat.id,
        "message_id": carried.message_id,
        "kind": kind_of(content),
        "filename": getattr(content, "filename", ""),
        "voice": getattr(content, "voice", False),
    }


def kind_of(content: Content) -> str:
    return str(content.__struct_config__.tag)


def _message(outgoing: Outgoing, now: datetime, real_now: datetime) -> dict[str, Any]:
    content = outgoing.content
    details = details_of(content) | _measures(outgoing.draft)
    return {
        "public_id": uuid4().hex,
        "chat_id": outgoing.chat.id,
        "numero": outgoing.chat.numero,
        "quoted_wamid": outgoing.quoted_wamid,
        "text": preview_text(content),
        "tipo": _tipo(outgoing),
        "media_url": _media_url(outgoing, details),
        "step": outgoing.step,
        "rule_id": outgoing.rule_id,
        "timestamp": now,
        "received_at": real_now,
        "direction": "out",
        "author": outgoing.author,
        "user_id": outgoing.user_id,
        "client_id": outgoing.client_id,
        "kind": kind_of(content),
        "details": details,
        "status": int(DeliveryState.QUEUED),
        "owner_then": outgoing.user_id or outgoing.chat.owner_id,
        "held_by": "person" if outgoing.author == "user" else outgoing.chat.holder,
    }


def _item(outgoing: Outgoing, public_id: str, real_now: datetime) -> dict[str, Any]:
    contact = outgoing.contact
    if not (contact.phone or contact.user_id):
        raise NoAddress
    return {
        "public_id": public_id,
        "idem_key": outgoing.idem_key,
        "chat_id": outgoing.chat.id,
        "phone_number_id": outgoing.chat.phone_number_id,
        "origin": "agent" if outgoing.author == "user" else "bot",
        "payload": content_to_json(outgoing.content).decode(),
        "address_to": contact.phone,
        "address_recipient": contact.user_id,
        "quoted_wamid": outgoing.quoted_wamid,
        "available_at": real_now,
        "created_at": real_now,
    }


def _tipo(outgoing: Outgoing) -> str:
    base = "asesor" if outgoing.author == "user" else "bot"
    suffix = tipo_suffix(outgoing.content)
    return f"{base}_{suffix}" if suffix else base


def _media_url(outgoing: Outgoing, details: dict[str, Any]) -> str | None:
    """As in the original: the address of a media message's file, the raw options of a menu."""
    content = outgoing.content
    if isinstance(content, ListMenu | Buttons):
        return msgspec.json.encode(details.get("options", [])).decode()
    if outgoing.draft:
        return outgoing.draft.address
    if getattr(content, "file_id", None) is not None:
        return address_of(uuid4().hex)
    return getattr(content, "link", None)


def details_of(content: Content) -> dict[str, Any]:
    """What a bubble draws of it besides its text, in the shape of what customers send."""
    if isinstance(content, Location):
        return {"location": {name: value for name, value in msgspec.to_builtins(content).items() if name != "type"}}
    if isinstance(content, Contacts):
        return {"contacts": [_card(card) for card in content.cards]}
    if isinstance(content, ListMenu):
        rows = [{"id": row.id, "title": row.title, "description": row.description} for row in content.rows]
        sections = [{"title": section.title, "rows": len(section.rows)} for section in content.sections]
        told = {"header": content.header, "footer": content.footer, "button": content.button, "options": rows}
        return told | ({"sections": sections} if any(section.title for section in content.sections) else {})
    if isinstance(content, Buttons):
        rows = [{"id": button.id, "title": button.title} for button in content.buttons]
        return {"header": content.header.text, "footer": content.footer, "options": rows}
    if isinstance(content, Template):
        return {"template": content.name, "language": content.language, **_shown(content.shown)}
    plain: dict[str, Any] = msgspec.to_builtins(content)
    return {name: value for name, value in plain.items() if name not in HIDDEN_DETAILS and value}


def _card(card: Card) -> dict[str, Any]:
    told = {"name": card.formatted_name, "organization": card.company, "birthday": card.birthday}
    listed = {"phones": msgspec.to_builtins(card.phones), "emails": card.emails, "urls": card.urls}
    return {name: value for name, value in (told | listed).items() if value}


def _measures(draft: Attachment | None) -> dict[str, Any]:
    """What a bubble needs to keep the place of its file."""
    names = ("mime", "size", "width", "height", "duration_ms")
    return {name: value for name in names if draft and (value := getattr(draft, name)) is not None}


def _shown(shown: Shown | None) -> dict[str, Any]:
    if shown is None:
        return {}
    rows = [{"id": "", "title": title} for title in shown.buttons]
    cards = [_shown(card) | {"body": card.body} for card in shown.cards]
    told = {"header": shown.header, "footer": shown.footer, "options": rows, "cards": cards}
    media = {"header_media": {"kind": shown.media, "link": shown.link}} if shown.media else {}
    return {name: value for name, value in told.items() if value} | media
