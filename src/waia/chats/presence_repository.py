"""All SQL about who has the panel open, told by each process for the streams that it holds."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update

from waia.accounts.models import User
from waia.chats.models import Presence
from waia.chats.staff_repository import SEEN_WITHIN
from waia.kit.db import Transaction
from waia.kit.sql import upsert

Place = tuple[int, int]


async def appear(tx: Transaction, process: str, places: Collection[Place], now: datetime) -> None:
    """`places`: (user, chat) pairs, chat 0 for the list alone."""
    rows = [{"process": process, "user_id": user, "chat_id": chat, "seen_at": now} for user, chat in places]
    if rows:
        await tx.execute(upsert(tx.dialect, Presence, ("process", "user_id", "chat_id"), ("seen_at",)), rows)


async def disappear(tx: Transaction, process: str, places: Collection[Place]) -> None:
    gone = [and_(Presence.user_id == user, Presence.chat_id == chat) for user, chat in places]
    if gone:
        await tx.execute(delete(Presence).where(Presence.process == process, or_(*gone)))


async def beat(tx: Transaction, process: str, now: datetime) -> int:
    """The streams of this process are still there; how many the others know of."""
    return int((await tx.execute(update(Presence).where(Presence.process == process).values(seen_at=now))).rowcount)


async def forget_silent(tx: Transaction, now: datetime) -> set[int]:
    """Forget the streams of processes that died; the chats that they had open."""
    silent = Presence.seen_at < now - SEEN_WITHIN
    chats = set((await tx.execute(select(Presence.chat_id).where(silent))).scalars())
    if chats:
        await tx.execute(delete(Presence).where(silent))
    return chats - {0}


async def watchers(tx: Transaction, chat_id: int, now: datetime) -> Sequence[Any]:
    """(id, name) of everybody who has the chat open."""
    name = func.coalesce(func.nullif(User.display_name, ""), User.username).label("name")
    there = (
        select(User.id, name)
        .join(Presence, Presence.user_id == User.id)
        .where(Presence.chat_id == chat_id, Presence.seen_at > now - SEEN_WITHIN, User.disabled_at.is_(None))
        .distinct()
        .order_by("name", User.id)
    )
    found: Sequence[Any] = (await tx.execute(there)).all()
    return found
