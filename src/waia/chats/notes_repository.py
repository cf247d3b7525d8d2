"""All SQL about notes: rows of the history that nobody but the agents sees."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select, update

from waia.accounts.models import User
from waia.chats.models import Message
from waia.kit.db import Transaction


async def note(tx: Transaction, message_id: int) -> Any | None:
    """(id, chat id, user id, text, details, when, when removed) of a note."""
    columns = (
        Message.id, Message.chat_id, Message.user_id, Message.text, Message.details, Message.timestamp,
        Message.revoked_at,
    )  # fmt: skip
    found = select(*columns).where(Message.id == message_id, Message.kind == "note")
    return (await tx.execute(found.with_for_update())).one_or_none()


async def store(tx: Transaction, message_id: int, values: dict[str, Any]) -> None:
    await tx.execute(update(Message).where(Message.id == message_id).values(**values))


async def people_named(tx: Transaction, usernames: Collection[str]) -> dict[int, str]:
    """Names on screen by id, of people who can sign in; `usernames` are in lower case."""
    if not usernames:
        return {}
    name = func.coalesce(func.nullif(User.display_name, ""), User.username)
    named = select(User.id, name).where(func.lower(User.username).in_(usernames), User.disabled_at.is_(None))
    return {row[0]: row[1] for row in await tx.execute(named)}
