"""Writes past conversations into the tables, as if webhook and sender had written them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from waia.chats.models import (
    Alias,
    BotSession,
    CapturedAnswer,
    Chat,
    ChatMove,
    ChatRole,
    Contact,
    ContactIdentity,
    Message,
    Reaction,
)
from waia.kit.db import Transaction
from waia.media.models import Media
from waia.media.values import MediaState, address_of
from waia.seeds.cast import Customer
from waia.seeds.talk import Conversation, Line
from waia.transcription.models import TranscriptRow
from waia.transcription.values import TranscriptState

WINDOW = timedelta(hours=24)
PREVIEW_LENGTH = 200
OUTGOING_TIPO = {"bot": "bot", "user": "asesor"}
ORIGINAL_TIPOS = {"text": "cliente", "list_reply": "cliente", "button_reply": "cliente", "voice": "audio"}
SUFFIXED = frozenset({"image", "video", "audio", "document"})


@dataclass(frozen=True, slots=True)
class World:
    """What the rows refer to: our number, the ids of users (by name), roles (by keyword) and rules."""

    phone_number_id: str
    users: Mapping[str, int]
    roles: Mapping[str, int]
    rules: Mapping[tuple[str, str], int]
    session_timeout: timedelta
    resume_after: timedelta
    now: datetime
    files: Mapping[str, int] = field(default_factory=dict)


async def write_conversations(tx: Transaction, talks: Iterable[Conversation], world: World) -> None:
    for talk in talks:
        contact = _contact(talk.customer, world.now - timedelta(days=30))
        tx.session.add(contact)
        await tx.session.flush()
        tx.session.add_all(_identities(contact, talk.customer))
        await _write_chat(tx, talk, contact.id, world)


async def _write_chat(tx: Transaction, talk: Conversation, contact_id: int, world: World) -> None:
    times = _times(talk, world.now)
    chat = _chat(talk, contact_id, times, world)
    tx.session.add(chat)
    await tx.session.flush()
    messages: list[Message] = []
    for line, at in zip(talk.lines, times, strict=True):
        messages.append(_message(chat, line, at, messages, world))
    tx.session.add_all(messages)
    await tx.session.flush()
    chat.last_message_id = messages[-1].id
    tx.session.add_all(_belongings(talk, chat, messages, times, world))
    for line, message in zip(talk.lines, messages, strict=True):
        if line.file in world.files:
            tx.session.add(_attachment(line, message, world))
        if line.heard:
            tx.session.add(_transcript(line, message))


def _times(talk: Conversation, now: datetime) -> list[datetime]:
    """Counted back from the end; to the second, as Meta's times are."""
    at = (now - talk.ended).replace(microsecond=0)
    times = [at]
    for line in reversed(talk.lines[1:]):
        at -= line.after
        times.append(at)
    return times[::-1]


def _contact(person: Customer, since: datetime) -> Contact:
    return Contact(
        name=person.name,
        username=person.username,
        phone=person.wa_id,
        user_id=person.user_id,
        created_at=since,
    )


def _identities(contact: Contact, person: Customer) -> list[ContactIdentity]:
    told = [("bsuid", person.user_id), *([("wa_id", person.wa_id)] if person.wa_id else [])]
    return [
        ContactIdentity(contact_id=contact.id, kind=kind, value=value, valid_from=contact.created_at)
        for kind, value in told
    ]


def _chat(talk: Conversation, contact_id: int, times: list[datetime], world: World) -> Chat:
    last, heard = talk.lines[-1], _last_heard(talk, times)
    held = talk.holder != "bot"
    session_open = not held and world.now - heard < world.session_timeout
    return Chat(
        phone_number_id=world.phone_number_id,
        contact_id=contact_id,
        numero=talk.customer.wa_id or None,
        step=talk.step if session_open or held else None,
        estado=talk.estado,
        last_activity=times[-1],
        holder=talk.holder,
        owner_id=world.users[talk.owner.username] if talk.owner else None,
        queue_role_id=world.roles[talk.queue] if talk.queue else None,
        resume_at=times[-1] + world.resume_after if held else None,
        session_open=session_open,
        last_customer_at=heard,
        idle_at=heard + world.session_timeout if session_open else None,
        bot_memory={"held_since": times[-1].isoformat()} if held else {},
        last_message_at=times[-1],
        preview=" ".join(last.text.split())[:PREVIEW_LENGTH],
        preview_kind=last.kind,
        preview_author=last.author,
        preview_user_id=world.users[last.agent.username] if last.agent else None,
        preview_status=last.status if last.author != "customer" else 0,
        unread=talk.unread,
        unanswered_since=_waiting_since(talk, times),
        needs_person=talk.needs_person,
        window_ends_at=heard + WINDOW,
    )


def _last_heard(talk: Conversation, times: list[datetime]) -> datetime:
    return max(at for line, at in zip(talk.lines, times, strict=True) if line.author == "customer")


def _waiting_since(talk: Conversation, times: list[datetime]) -> datetime | None:
    """The first of the customer's last words that nobody of us has answered."""
    if not talk.waits:
        return None
    spoken = [at for line, at in zip(talk.lines, times, strict=True) if line.author == "customer"]
    return spoken[-max(talk.unread, 1)]


def _message(chat: Chat, line: Line, at: datetime, before: list[Message], world: World) -> Message:
    code, reason = line.error or (None, "")
    known_to_meta = line.author == "customer" or line.status > 0
    return Message(
        public_id=uuid4().hex,
        chat_id=chat.id,
        wamid=f"wamid.DEMO{uuid4().hex}" if known_to_meta else None,
        quoted_wamid=before[-line.quotes].wamid if line.quotes else None,
        numero=chat.numero,
        text=line.text,
        tipo=_tipo(line),
        media_url=line.link,
        mime_type=line.mime,
        **_link_columns(line.details.get("referral", {})),
        step=line.rule[0] if line.rule else None,
        rule_id=world.rules.get(line.rule) if line.rule else None,
        timestamp=at,
        received_at=at,
        direction="in" if line.author == "customer" else "out",
        author=line.author,
        user_id=world.users[line.agent.username] if line.agent else None,
        kind=line.kind,
        details=dict(line.details),
        status=0 if line.author == "customer" else line.status,
        error_code=code,
        error_text=reason,
    )


def _attachment(line: Line, message: Message, world: World) -> Media:
    media = Media(
        public_id=uuid4().hex,
        file_id=world.files[line.file],
        chat_id=message.chat_id,
        message_id=message.id,
        kind="audio" if line.kind == "voice" else line.kind,
        filename=line.details.get("filename", ""),
        mime=line.mime or "",
        voice=line.kind == "voice",
        phone_number_id=world.phone_number_id,
        state=MediaState.READY,
        created_at=message.received_at,
    )
    message.media_url = address_of(media.public_id)
    return media


def _transcript(line: Line, message: Message) -> TranscriptRow:
    return TranscriptRow(
        message_id=message.id,
        chat_id=message.chat_id,
        state=TranscriptState.HEARD,
        heard_text=line.text,
        words=[[word.text, word.start_ms, word.end_ms, word.confidence] for word in line.heard],
        confidence=min(word.confidence for word in line.heard),
        wanted_at=message.received_at,
        heard_at=message.received_at,
    )


def _tipo(line: Line) -> str:
    if line.author == "customer":
        referral = "referral" if "referral" in line.details else None
        return referral or ORIGINAL_TIPOS.get(line.kind, f"cliente_{line.kind}")
    base = OUTGOING_TIPO[line.author]
    return f"{base}_{line.kind}" if line.kind in SUFFIXED else base


def _link_columns(referral: Mapping[str, str]) -> dict[str, Any]:
    names = {"link_url": "source_url", "link_title": "headline", "link_body": "body"}
    return {column: referral[key] for column, key in names.items() if key in referral}


def _belongings(
    talk: Conversation, chat: Chat, messages: list[Message], times: list[datetime], world: World
) -> Iterable[Any]:
    """All that hangs on a chat: alias, role, session, captured answers, reactions."""
    heard = [message.wamid for message in messages if message.direction == "in"]
    chat.last_inbound_wamid = heard[-1]
    if talk.alias:
        yield Alias(contact_id=chat.contact_id, numero=chat.numero, name=talk.alias)
    if talk.role:
        chat.carries_role = True
        yield ChatRole(chat_id=chat.id, role_id=world.roles[talk.role], numero=chat.numero)
    ended = None if chat.session_open else times[-1]
    yield BotSession(chat_id=chat.id, started_at=times[0], ended_at=ended, end_reason="expired" if ended else "")
    if talk.holder != "bot":
        yield ChatMove(chat_id=chat.id, at=times[-1], what=talk.holder, user_id=chat.owner_id)
    for name, value in talk.captured.items():
        yield CapturedAnswer(chat_id=chat.id, name=name, value=value, at=times[-1])
    for line, message, at in zip(talk.lines, messages, times, strict=True):
        if line.reaction:
            author = "business" if message.direction == "in" else f"c{chat.contact_id}"
            yield Reaction(wamid=message.wamid, author=author, chat_id=chat.id, emoji=line.reaction, at=at)
