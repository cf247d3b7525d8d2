"""What is read and written when a voice note was heard."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, or_, select, update

from waia.chats.models import Chat, Message
from waia.chats.search.index_repository import reindex_messages
from waia.kit.db import Transaction
from waia.kit.prepared import Prepared
from waia.kit.sql import table_of


async def note_of(tx: Transaction, message_id: int) -> Any:
    """Its chat and its text; None when the message is gone."""
    return (await tx.execute(select(Message.chat_id, Message.text).where(Message.id == message_id))).one_or_none()


async def write_text(tx: Transaction, message_id: int, text: str) -> None:
    """What was said stands in the message, so that search, exports and reports find it there. A text that is there
    stays: people may have written it."""
    without = or_(Message.text.is_(None), Message.text == "")
    await tx.execute(update(Message).where(Message.id == message_id, without).values(text=text))
    await reindex_messages(tx, [message_id])


async def standing_of(tx: Transaction, chat_id: int) -> Any:
    """Where the chat stands, without locking it; None when it is gone."""
    columns = Chat.step, Chat.session_open, Chat.holder, Chat.bot_memory
    return (await tx.execute(select(*columns).where(Chat.id == chat_id))).one_or_none()


async def leave_to_people(tx: Transaction, rows: Sequence[Any]) -> None:
    """Notes that were heard when it was too late to answer them. Rows hold `id`, `chat_id` and `details`."""
    if rows:
        marked = [{"m": row.id, "told": {**(row.details or {}), "too_old_for_bot": True}} for row in rows]
        await tx.change(_LEAVE, marked)
    for row in rows:
        tx.announce("message_changed", row.chat_id, str(row.id))


_LEAVE = Prepared(
    update(table_of(Message))
    .where(Message.id == bindparam("m"))
    .values(bot_may_run=False, details=bindparam("told", type_=Message.details.type))
)
