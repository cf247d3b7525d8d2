"""All SQL about what a voice note says, as far as the message itself tells it."""

from sqlalchemy import select, update

from waia.chats.models import Message
from waia.chats.search.index_repository import reindex_messages
from waia.kit.db import Transaction


async def store_text(tx: Transaction, message_id: int, text: str) -> None:
    """Search finds the new words, and the old ones no more."""
    await tx.execute(update(Message).where(Message.id == message_id).values(text=text))
    await reindex_messages(tx, [message_id])


async def stands(tx: Transaction, message_id: int) -> bool:
    """Whether the message is here, and was not taken back by who sent it."""
    found = await tx.execute(select(Message.id).where(Message.id == message_id, Message.revoked_at.is_(None)))
    return found.scalar_one_or_none() is not None
