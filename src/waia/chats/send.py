"""What agents send, and what they decide about sends that failed or whose outcome is unknown."""

from datetime import datetime
from typing import Any

from waia.accounts.guards import SignedIn
from waia.chats import outbox_repository as outbox
from waia.chats.contact_repository import contact_records
from waia.chats.delivery_state import DeliveryState
from waia.chats.handover import silence_for_people
from waia.chats.outgoing import Outgoing, WindowClosed, check, enqueue
from waia.chats.record import ChatRecord
from waia.chats.repository import message_of_client, save_chats
from waia.kit.db import Transaction
from waia.kit.errors import Conflict, NotFound
from waia.kit.i18n import N_
from waia.whatsapp.content import Content, Template, content_from_json

__all__ = ["WindowClosed", "discard", "resend", "retry", "send_as_agent"]


class NotPossibleNow(Conflict):
    code = "not_possible_now"
    message = N_("Este mensaje ya no está en ese estado.")


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
    """Queue an agent's message and give the agent the chat; the message's id.

    A repeated `client_id` (a double click, a weak link) returns the first message. Raises Invalid (limits),
    WindowClosed, NoAddress.
    """
    known = await message_of_client(tx, user.id, client_id)
    if known is not None:
        return known
    check(content)
    if not isinstance(content, Template) and not chat.window_is_open(now):
        raise WindowClosed
    await silence_for_people(tx, chat)
    outgoing = Outgoing(
        chat=chat,
        contact=(await contact_records(tx, [chat.contact_id]))[chat.contact_id],
        content=content,
        author="user",
        idem_key=f"agent:{user.id}:{client_id}",
        user_id=user.id,
        client_id=client_id,
        quoted_wamid=quoted_wamid,
        step=chat.step,
    )
    await enqueue(tx, [outgoing], now, real_now)
    chat.person_answers(user.id, now, resume_hours)
    await save_chats(tx, [chat])
    assert chat.last_message_id is not None
    return chat.last_message_id


async def retry(tx: Transaction, chat: ChatRecord, message_id: int, now: datetime, real_now: datetime) -> None:
    """Send a message again that surely did not arrive: refused at once, or accepted and failed later by its status."""
    item = await _item(tx, chat, message_id, {"failed", "sent"})
    if item.status != DeliveryState.FAILED:
        raise NotPossibleNow
    if not isinstance(content_from_json(item.payload), Template) and not chat.window_is_open(now):
        raise WindowClosed
    await outbox.send_again(tx, item.public_id, real_now, resend=False)
    await _show(tx, chat, message_id)


async def resend(tx: Transaction, chat: ChatRecord, message_id: int, now: datetime, real_now: datetime) -> None:
    """Send again although the first try may have arrived: the agent decides, and a duplicate will show."""
    item = await _item(tx, chat, message_id, {"uncertain"})
    await outbox.send_again(tx, item.public_id, real_now, resend=True)
    await _show(tx, chat, message_id)


async def discard(tx: Transaction, chat: ChatRecord, message_id: int) -> None:
    """Give up a send: one of unknown outcome, or one that still waits."""
    item = await _item(tx, chat, message_id, {"uncertain", "queued", "failed"})
    await outbox.cancel(tx, item.public_id)
    await _show(tx, chat, message_id)


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
