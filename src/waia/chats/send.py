"""What agents send, and what they decide about sends that failed or whose outcome is unknown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from waia.accounts.guards import SignedIn
from waia.chats import outbox_repository as outbox
from waia.chats.contact_repository import ContactRecord, contact_records
from waia.chats.delivery_state import DeliveryState
from waia.chats.handover import silence_for_people
from waia.chats.outgoing import Outgoing, WindowClosed, check, enqueue
from waia.chats.record import ChatRecord
from waia.chats.repository import messages_of_client, save_chats
from waia.kit.db import Transaction
from waia.kit.errors import Conflict, NotFound
from waia.kit.i18n import N_
from waia.media.repository import ask_again
from waia.media.uploads_repository import forget_uploads
from waia.media.values import Attachment
from waia.whatsapp.content import Content, Template, content_from_json
from waia.whatsapp.files_in_content import file_id_of

__all__ = [
    "MOST_AT_ONCE",
    "Part",
    "WindowClosed",
    "Written",
    "already_sent",
    "discard",
    "fetch_again",
    "resend",
    "retry",
    "send_as_agent",
    "send_parts",
]

MOST_AT_ONCE = 31
# Long enough for a short outage, short enough for whoever asked to learn how it ended.
ASK_AGAIN_FOR = timedelta(minutes=10)


class NotPossibleNow(Conflict):
    code = "not_possible_now"
    message = N_("Este mensaje ya no está en ese estado.")


@dataclass(frozen=True, slots=True)
class Part:
    """One message of what an agent sends at once. `draft` is the attached file that it carries."""

    content: Content
    draft: Attachment | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What holds for all messages that an agent sends at once. The `client_id` names the act, not one message."""

    client_id: str
    quoted_wamid: str | None
    now: datetime
    real_now: datetime
    resume_hours: float

    def client_ids(self, count: int) -> list[str]:
        return [self.client_id, *(f"{self.client_id}.{n}" for n in range(1, count))]


async def send_as_agent(
    tx: Transaction,
    *,
    chat: ChatRecord,
    user: SignedIn,
    content: Content,
    client_id: str,
    quoted_wamid: str | None,
    now: datetime,
    real_now: datetime,
    resume_hours: float,
) -> int:
    """Queue an agent's message and give the agent the chat; the message's id. For the rest see `send_parts`."""
    written = Written(client_id, quoted_wamid, now, real_now, resume_hours)
    return (await send_parts(tx, chat, user, [Part(content)], written))[0]


async def send_parts(
    tx: Transaction, chat: ChatRecord, user: SignedIn, parts: Sequence[Part], written: Written
) -> list[int]:
    """Queue what an agent sends at once, in order, and give the agent the chat; the messages' ids.

    A repeated `client_id` (a double click, a weak link) returns the first messages. Raises Invalid (limits),
    WindowClosed, NoAddress.
    """
    known = await already_sent(tx, user, written)
    if known:
        return known
    for part in parts:
        check(part.content)
    if not all(isinstance(part.content, Template) for part in parts) and not chat.window_is_open(written.now):
        raise WindowClosed
    await silence_for_people(tx, chat)
    contact = (await contact_records(tx, [chat.contact_id]))[chat.contact_id]
    batch = _batch(chat, contact, user, parts, written)
    ids = await enqueue(tx, batch, written.now, written.real_now)
    chat.person_answers(user.id, written.now, written.resume_hours)
    await save_chats(tx, [chat], written.now)
    return ids


async def already_sent(tx: Transaction, user: SignedIn, written: Written) -> list[int]:
    """The messages of this act, if it was done before."""
    return await messages_of_client(tx, user.id, written.client_ids(MOST_AT_ONCE))


def _batch(
    chat: ChatRecord, contact: ContactRecord, user: SignedIn, parts: Sequence[Part], written: Written
) -> list[Outgoing]:
    """The first message answers what was quoted."""
    quotes = [written.quoted_wamid, *[None] * (len(parts) - 1)]
    return [
        Outgoing(
            chat=chat,
            contact=contact,
            content=part.content,
            author="user",
            idem_key=f"agent:{user.id}:{own_id}",
            user_id=user.id,
            client_id=own_id,
            quoted_wamid=quote,
            step=chat.step,
            draft=part.draft,
        )
        for part, own_id, quote in zip(parts, written.client_ids(len(parts)), quotes, strict=True)
    ]


async def retry(tx: Transaction, chat: ChatRecord, message_id: int, now: datetime, real_now: datetime) -> None:
    """Send a message again that surely did not arrive: refused at once, or accepted and failed later by its status."""
    item = await _item(tx, chat, message_id, {"failed", "sent"})
    if item.status != DeliveryState.FAILED:
        raise NotPossibleNow
    if not isinstance(content_from_json(item.payload), Template) and not chat.window_is_open(now):
        raise WindowClosed
    file_id = file_id_of(content_from_json(item.payload))
    if file_id is not None:
        await forget_uploads(tx, [(file_id, chat.phone_number_id)])
    if not await outbox.send_again(tx, item.public_id, real_now, resend=False):
        raise NotPossibleNow
    await _show(tx, chat, message_id)


async def resend(tx: Transaction, chat: ChatRecord, message_id: int, now: datetime, real_now: datetime) -> None:
    """Send again although the first try may have arrived: the agent decides, and a duplicate will show."""
    item = await _item(tx, chat, message_id, {"uncertain"})
    if not await outbox.send_again(tx, item.public_id, real_now, resend=True):
        raise NotPossibleNow
    await _show(tx, chat, message_id)


async def discard(tx: Transaction, chat: ChatRecord, message_id: int) -> None:
    """Give up a send: one of unknown outcome, or one that still waits."""
    item = await _item(tx, chat, message_id, {"uncertain", "queued", "failed"})
    await outbox.cancel(tx, item.public_id)
    await _show(tx, chat, message_id)


async def fetch_again(tx: Transaction, chat: ChatRecord, message_id: int, real_now: datetime) -> None:
    """Ask Meta once more for a file that is not here."""
    if not await ask_again(tx, message_id, real_now, real_now + ASK_AGAIN_FOR):
        raise NotPossibleNow
    tx.announce("message_changed", chat.id, str(message_id))


async def _item(tx: Transaction, chat: ChatRecord, message_id: int, states: set[str]) -> Any:
    item = await outbox.outbox_of_message(tx, message_id)
    if item is None or item.chat_id != chat.id:
        raise NotFound
    if item.state not in states:
        raise NotPossibleNow
    return item


async def _show(tx: Transaction, chat: ChatRecord, message_id: int) -> None:
    tx.announce("message_changed", chat.id, str(message_id))
    await outbox.show_status(tx, [message_id])
