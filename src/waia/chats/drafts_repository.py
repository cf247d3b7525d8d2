"""All SQL about what agents typed and did not send."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update

from waia.chats.access import Sight
from waia.chats.models import Chat, Draft
from waia.kit.db import Transaction
from waia.kit.sql import insert_ignore

MOST_LISTED = 200
EXCERPT = 160


async def draft(tx: Transaction, user_id: int, chat_id: int) -> tuple[str, int]:
    """Text and version; nothing typed is ("", 0)."""
    found = await tx.execute(select(Draft.text, Draft.version).where(*_key(user_id, chat_id)))
    row = found.one_or_none()
    return (row.text, row.version) if row else ("", 0)


async def lock(tx: Transaction, user_id: int, chat_id: int, now: datetime) -> tuple[str, int, str]:
    """The same with the saves that were overtaken, and nobody else changes it until the end of the transaction."""
    blank = {"user_id": user_id, "chat_id": chat_id, "text": "", "version": 0, "saved_at": now}
    await tx.execute(insert_ignore(tx.dialect, Draft), [blank])
    wanted = select(Draft.text, Draft.version, Draft.overtaken).where(*_key(user_id, chat_id))
    row = (await tx.execute(wanted.with_for_update())).one()
    return row.text, row.version, row.overtaken


async def store(tx: Transaction, user_id: int, chat_id: int, text: str, version: int, now: datetime) -> None:
    values = {"text": text, "version": version, "saved_at": now}
    await tx.execute(update(Draft).where(*_key(user_id, chat_id)).values(**values))


async def overtake(tx: Transaction, user_id: int, chat_id: int, names: str) -> None:
    await tx.execute(update(Draft).where(*_key(user_id, chat_id)).values(overtaken=names))


async def drafts_seen(tx: Transaction, sight: Sight) -> dict[int, str]:
    """The beginnings of this user's drafts by chat, of chats that they may see; the newest ones."""
    mine = select(Draft.chat_id, Draft.text).join(Chat, Chat.id == Draft.chat_id)
    wanted = mine.where(Draft.user_id == sight.user.id, Draft.text != "", sight.gate)
    rows = await tx.execute(wanted.order_by(Draft.saved_at.desc()).limit(MOST_LISTED))
    return {row.chat_id: " ".join(row.text.split())[:EXCERPT] for row in rows}


async def forget_empty(tx: Transaction, before: datetime) -> None:
    """No save can be on its way any more that these could stop."""
    await tx.execute(delete(Draft).where(Draft.saved_at < before, Draft.text == ""))


def _key(user_id: int, chat_id: int) -> tuple[ColumnElement[bool], ...]:
    return Draft.user_id == user_id, Draft.chat_id == chat_id
