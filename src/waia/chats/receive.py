"""Stores what customers (and the phone app) said. Nothing here decides: deciding may fail, storing may not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from waia.chats import repository
from waia.chats.contact_repository import ContactRecord, Contacts
from waia.chats.delivery import apply_statuses
from waia.chats.delivery_state import DeliveryState
from waia.chats.inbound_rows import details_of, media_of, row_of, tipo_of
from waia.chats.listening import VOICE_KINDS, listen, wait_quietly
from waia.chats.receipts import TYPING, ask_for
from waia.chats.record import ChatRecord
from waia.kit.db import Transaction
from waia.media.repository import add_pending
from waia.media.values import address_of
from waia.whatsapp.alerts_repository import raise_alert
from waia.whatsapp.people import Sender
from waia.whatsapp.received import (
    AccountEvent,
    Call,
    ContactSync,
    Echo,
    Edit,
    HistoryMessage,
    Inbound,
    InboundMessage,
    Reaction,
    Revoke,
    Said,
    Severity,
    Status,
    SystemChange,
)
from waia.whatsapp.template_repository import want_templates

TAP_KINDS = {"button", "button_reply", "list_reply"}
FUTURE_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Reception:
    """What the owner decided about receiving. `our_numbers` empty: every number is ours.

    `hears`: voice notes become text, and a turn waits for it, up to `voice_wait_s`.
    """

    our_numbers: frozenset[str]
    quiet_s: float
    longest_quiet_s: float
    bot_max_age: timedelta
    resume_hours: float
    session_timeout_s: float
    shows_typing: bool = False
    hears: bool = False
    voice_wait_s: float = 15.0


class Receiver:
    """One transaction's worth of inbound items. Set-based: queries do not grow with the number of items."""

    def __init__(self, tx: Transaction, reception: Reception, now: datetime, real_now: datetime) -> None:
        self._tx, self._rules, self._now, self._real_now = tx, reception, now, real_now
        self._contacts = Contacts(tx, now)
        self._chats: dict[tuple[str, int], ChatRecord] = {}
        self._rows: list[dict[str, Any]] = []
        self._owners: dict[str, ChatRecord] = {}
        self._files: dict[str, dict[str, Any]] = {}
        self._deadlines: dict[str, datetime] = {}

    async def receive(self, inbounds: Sequence[Inbound]) -> list[ChatRecord]:
        """Store everything; the chats touched, with `bot_due_at` set where the bot has to look."""
        await self._prefetch(inbounds)
        for inbound in inbounds:
            await self._store(inbound)
        await self._contacts.save()
        await self._insert_messages()
        if self._rules.shows_typing:
            waiting = [chat.id for chat in self._chats.values() if chat.bot_due_at and chat.holder == "bot"]
            await ask_for(self._tx, TYPING, waiting, self._real_now)
        statuses = [each for each in inbounds if isinstance(each, Status)]
        await apply_statuses(self._tx, statuses, self._now, self._real_now)
        return list(self._chats.values())

    async def _prefetch(self, inbounds: Sequence[Inbound]) -> None:
        people = [sender for inbound in inbounds for sender in _people(inbound)]
        groups = {_group_of(said) for inbound in inbounds if (said := _said(inbound))}
        await self._contacts.prefetch(people, [group for group in groups if group])
        if not any(isinstance(inbound, SystemChange) for inbound in inbounds):
            await self._open_chats([inbound for inbound in inbounds if isinstance(inbound, InboundMessage)])

    async def _open_chats(self, messages: Sequence[InboundMessage]) -> None:
        """The chats of all these messages at once, made where there was none."""
        pairs, numeros = set(), {}
        for message in messages:
            known = None if message.group_id else self._contacts.known(message.sender)
            contact = known or await self._contact_of(message)
            pairs.add((message.phone_number_id or "", contact.id))
            numeros[contact.id] = contact.numero
        self._chats = await repository.open_chats(self._tx, pairs, numeros, self._now)

    async def _store(self, inbound: Inbound) -> None:
        match inbound:
            case InboundMessage():
                await self._message(inbound)
            case Echo(message=said, to=to):
                await self._echo(said, to)
            case HistoryMessage():
                await self._history(inbound)
            case Reaction() | Edit() | Revoke():
                await self._change(inbound)
            case SystemChange():
                await self._system(inbound)
            case Call(opens_window=True):
                chat = await self._chat(inbound.phone_number_id, await self._contacts.resolve(inbound.customer))
                chat.open_window(self._time(inbound.timestamp))
            case ContactSync(removed=False):
                await self._rename(inbound.customer)
            case AccountEvent():
                await self._account(inbound)
            case _:
                return

    async def _message(self, message: InboundMessage) -> None:
        contact = await self._contact_of(message)
        chat = await self._chat(message.phone_number_id, contact)
        await self._flag_unknown_number(message.phone_number_id)
        at = self._time(message.timestamp)
        row = self._row(chat, message, at)
        is_ours = self._is_ours(message.phone_number_id)
        too_old = self._now - at > self._rules.bot_max_age
        row["bot_may_run"] = message.runs_bot and is_ours and not too_old
        if too_old and message.runs_bot:
            row["details"]["too_old_for_bot"] = True
        self._add(chat, row)
        if message.standby:
            return
        if message.opens_window:
            chat.open_window(at)
        chat.hear_customer(at)
        chat.last_inbound_wamid = message.id or chat.last_inbound_wamid
        chat.show(at=at, text=row["text"] or "", kind=row["kind"], author="customer")
        if message.kind in TAP_KINDS and message.quoted_id:
            await repository.change_message(self._tx, message.quoted_id, {})  # the menu shows what was chosen
        if row["bot_may_run"]:
            self._set_due(chat, is_tap=message.kind in TAP_KINDS)
            self._listen(chat, row)

    def _listen(self, chat: ChatRecord, row: dict[str, Any]) -> None:
        """A note whose file is on its way is heard first; however many follow each other, the turn is not put off."""
        if self._rules.hears and row["kind"] in VOICE_KINDS and row["media_url"]:
            first = (chat.bot_first_at or self._real_now) + timedelta(seconds=self._rules.longest_quiet_s)
            until = min(self._real_now, first) + timedelta(seconds=self._rules.voice_wait_s)
            self._deadlines[row["public_id"]] = until

    def _set_due(self, chat: ChatRecord, *, is_tap: bool) -> None:
        """A quiet window from the last message, but not longer than 8 s from the first; a tap ends it at once."""
        chat.bot_first_at = chat.bot_first_at or self._real_now
        latest = chat.bot_first_at + timedelta(seconds=self._rules.longest_quiet_s)
        quiet = self._real_now + timedelta(seconds=self._rules.quiet_s)
        wait_quietly(chat, self._real_now if is_tap else min(quiet, latest))
        if self._rules.session_timeout_s > 0 and chat.last_customer_at:
            chat.idle_at = chat.last_customer_at + timedelta(seconds=self._rules.session_timeout_s)

    async def _echo(self, said: Said, to: Sender) -> None:
        """Somebody of the business wrote from the phone app: outbound, and that person holds the chat now."""
        if not isinstance(said, InboundMessage):
            await self._change(said)
            return
        contact = await self._contacts.resolve(to)
        chat = await self._chat(said.phone_number_id, contact)
        at = self._time(said.timestamp)
        row = self._row(chat, said, at)
        row |= {
            "direction": "out",
            "author": "phone",
            "tipo": _echo_tipo(said),
            "status": int(DeliveryState.SENT),
            "held_by": "person",
        }
        self._add(chat, row)
        chat.person_answers(None, self._now, self._rules.resume_hours)
        chat.show(at=at, text=row["text"] or "", kind=row["kind"], author="phone", status=int(DeliveryState.SENT))

    async def _history(self, item: HistoryMessage) -> None:
        """Old messages are filed silently: no unread, no window, no bot."""
        said = item.message
        if not isinstance(said, InboundMessage):
            return
        chat = await self._chat(said.phone_number_id, await self._contacts.resolve(item.customer))
        row = self._row(chat, said, self._time(said.timestamp))
        if item.outbound:
            row |= {
                "direction": "out",
                "author": "phone",
                "tipo": _echo_tipo(said),
                "status": int(DeliveryState.SENT),
                "held_by": "person",
            }
        if said.id and said.kind != "media_placeholder" and await self._fill(said.id, row):
            return
        self._add(chat, row)
        if not chat.preview:
            chat.show(at=row["timestamp"], text=row["text"] or "", kind=row["kind"], author=row["author"])

    async def _fill(self, wamid: str, row: dict[str, Any]) -> bool:
        names = ("text", "tipo", "kind", "media_id", "media_url", "mime_type", "details")
        message_id = await repository.fill_message(self._tx, wamid, {name: row[name] for name in names})
        if message_id is not None:
            await self._fetch_files({row["public_id"]: message_id})
        return message_id is not None

    async def _change(self, said: Said) -> None:
        await self._insert_messages()
        if isinstance(said, Edit):
            await repository.edit_message(self._tx, said.target_id, said.message.text, self._time(said.timestamp))
        elif isinstance(said, Revoke):
            await repository.change_message(self._tx, said.target_id, {"revoked_at": self._time(said.timestamp)})
        elif isinstance(said, Reaction):
            await self._react(said)

    async def _react(self, reaction: Reaction) -> None:
        chat = await self._chat(reaction.phone_number_id, await self._contact_of(reaction))
        author = f"c{chat.contact_id}"
        if reaction.emoji is None:
            await repository.remove_reaction(self._tx, reaction.target_id, author)
        else:
            row = {"wamid": reaction.target_id, "author": author, "chat_id": chat.id}
            row |= {"emoji": reaction.emoji[:64], "at": self._time(reaction.timestamp)}
            await repository.set_reaction(self._tx, row)
        await repository.change_message(self._tx, reaction.target_id, {})

    async def _system(self, change: SystemChange) -> None:
        """A number or id changed: the same person, the same history."""
        contact = await self._contacts.resolve(change.old if change.old.is_known else change.new)
        if change.new.is_known:
            await self._contacts.replace_ids(contact, change.new)
        chat = await self._chat(change.phone_number_id, contact)
        at = self._time(change.timestamp)
        self._add(chat, self._system_row(chat, change, at))

    def _system_row(self, chat: ChatRecord, change: SystemChange, at: datetime) -> dict[str, Any]:
        return {
            **row_of(chat, wamid=change.id, at=at, received_at=self._real_now),
            "text": change.text,
            "tipo": "system",
            "kind": "system",
            "author": "system",
            "details": {"event": str(change.event)},
        }

    async def _rename(self, customer: Sender) -> None:
        contact = self._contacts.known(customer)
        if contact is not None and not contact.name and customer.name:
            await self._contacts.resolve(customer)

    async def _account(self, event: AccountEvent) -> None:
        if event.waba_id and (event.field or "").startswith(("message_template", "template_")):
            await want_templates(self._tx, event.waba_id, self._real_now)
        if event.severity == Severity.INFO:
            return
        words = " · ".join(part for part in (event.text, event.detail) if part)
        await raise_alert(
            self._tx,
            now=self._real_now,
            kind=event.event or event.field or "account",
            text=words,
            raw=event.raw.encode(),
            severity=str(event.severity),
            phone_number_id=event.phone_number_id or "",
        )

    async def _contact_of(self, said: InboundMessage | Reaction) -> ContactRecord:
        if said.group_id:
            return await self._contacts.group(said.group_id)
        return await self._contacts.resolve(said.sender)

    async def _chat(self, phone_number_id: str | None, contact: ContactRecord) -> ChatRecord:
        pair = (phone_number_id or "", contact.id)
        if pair not in self._chats:
            opened = await repository.open_chats(self._tx, [pair], {contact.id: contact.numero}, self._now)
            self._chats[pair] = opened[pair]
        return self._chats[pair]

    def _row(self, chat: ChatRecord, message: InboundMessage, at: datetime) -> dict[str, Any]:
        row = row_of(chat, wamid=message.id, at=at, received_at=self._real_now)
        if file := media_of(message, chat, at, self._now):
            self._files[row["public_id"]] = file
        referral = message.referral
        return row | {
            "quoted_wamid": message.quoted_id,
            "text": message.text,
            "tipo": tipo_of(message),
            "kind": str(message.kind),
            "details": details_of(message),
            "media_id": message.media.id if message.media else None,
            "media_url": address_of(file["public_id"]) if file else None,
            "mime_type": message.media.mime if message.media else None,
            "link_url": referral.source_url if referral else None,
            "link_title": referral.headline if referral else None,
            "link_body": referral.body if referral else None,
            "link_thumb": referral.thumbnail_url if referral else None,
        }

    def _add(self, chat: ChatRecord, row: dict[str, Any]) -> None:
        self._rows.append(row)
        self._owners[row["public_id"]] = chat

    async def _insert_messages(self) -> None:
        rows, self._rows = self._rows, []
        ids = await repository.add_messages(self._tx, rows)
        await self._fetch_files(ids)
        for row in rows:
            message_id = ids.get(row["public_id"])
            chat = self._owners.pop(row["public_id"])
            if message_id is None:
                continue
            chat.last_message_id = message_id
            if row["bot_may_run"]:
                chat.bot_memory["pending"] = [*chat.pending, message_id]
            if until := self._deadlines.pop(row["public_id"], None):
                listen(chat, message_id, until)
            chat.dirty = True

    async def _fetch_files(self, message_ids: Mapping[str, int]) -> None:
        """Due at once, in the transaction of their messages: no file is forgotten, whatever happens next."""
        found = [(self._files.pop(public_id, None), message_id) for public_id, message_id in message_ids.items()]
        files = [file | {"message_id": message_id} for file, message_id in found if file]
        await add_pending(self._tx, files, self._real_now)

    async def _flag_unknown_number(self, phone_number_id: str | None) -> None:
        if self._is_ours(phone_number_id):
            return
        text = f"Llegan mensajes para un número que no está en PHONE_NUMBER_ID: {phone_number_id}"
        await raise_alert(
            self._tx,
            now=self._real_now,
            kind="unknown_number",
            text=text,
            raw=b"",
            severity="warning",
            phone_number_id=phone_number_id or "",
        )

    def _is_ours(self, phone_number_id: str | None) -> bool:
        return not self._rules.our_numbers or phone_number_id in self._rules.our_numbers

    def _time(self, told: datetime | None) -> datetime:
        """Meta's time; ours where it has none, or one that lies in the future."""
        return told if told and told <= self._now + FUTURE_TOLERANCE else self._now


def _echo_tipo(said: InboundMessage) -> str:
    suffix = {"voice": "audio"}.get(said.kind, str(said.kind))
    return f"asesor_{suffix}" if suffix in {"image", "audio", "video", "document"} else "asesor"


def _said(inbound: Inbound) -> Said | None:
    if isinstance(inbound, Echo | HistoryMessage):
        return inbound.message
    return inbound if isinstance(inbound, InboundMessage | Reaction | Edit | Revoke | SystemChange) else None


def _group_of(said: Said) -> str | None:
    return None if isinstance(said, SystemChange) else said.group_id


def _people(inbound: Inbound) -> list[Sender]:
    match inbound:
        case Echo():
            return [inbound.to]
        case HistoryMessage() | Call() | ContactSync():
            return [inbound.customer]
        case SystemChange():
            return [inbound.old, inbound.new]
        case InboundMessage() | Reaction():
            return [inbound.sender]
        case _:
            return []
