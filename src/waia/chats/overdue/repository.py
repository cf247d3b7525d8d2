"""All SQL about waits: which are too long, which were noticed, which are over."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, delete, exists, func, or_, select, update

from waia.bot.models import Estado
from waia.chats.models import Chat
from waia.chats.overdue.models import WaitAlert
from waia.kit.db import Transaction
from waia.kit.sql import insert_ignore

OWNER, SUPERVISORS = 1, 2


class Wait(NamedTuple):
    chat_id: int
    waiting_since: datetime


def late_level() -> ScalarSelect[int]:
    """Of the chat of the statement: how far the notice of its present wait has gone, None when there is none."""
    this = (WaitAlert.chat_id == Chat.id) & (WaitAlert.waiting_since == Chat.unanswered_since)
    return select(func.max(WaitAlert.level)).where(this).correlate(Chat).scalar_subquery()


async def unnoticed(tx: Transaction, level: int, since: datetime, oldest: datetime, limit: int) -> list[Wait]:
    """Waits that began after `oldest`, at `since` at the latest, and were not noticed on this level yet."""
    noticed = exists(
        select(1).where(
            WaitAlert.chat_id == Chat.id, WaitAlert.waiting_since == Chat.unanswered_since, WaitAlert.level == level
        )
    )
    wanted = (
        select(Chat.id, Chat.unanswered_since)
        .where(Chat.archived_at.is_(None), Chat.unanswered_since <= since, Chat.unanswered_since > oldest)
        .where(or_(Chat.estado.is_(None), Chat.estado != str(Estado.CERRADO)), ~noticed)
        .order_by(Chat.unanswered_since, Chat.id)
        .limit(limit)
    )
    return [Wait(*row) for row in await tx.execute(wanted)]


async def still_waiting(tx: Transaction, waits: Collection[Wait]) -> list[Wait]:
    """Those of them that nobody ended meanwhile. Locks their chats, so that it stays so until commit."""
    ids = sorted({wait.chat_id for wait in waits})
    found = await tx.execute(
        select(Chat.id, Chat.unanswered_since)
        .where(Chat.id.in_(ids), Chat.archived_at.is_(None))
        .order_by(Chat.id)
        .with_for_update()
    )
    now = {Wait(*row) for row in found}
    return [wait for wait in waits if wait in now]


async def notice(tx: Transaction, wait: Wait, level: int, now: datetime) -> bool:
    """False when somebody noticed it before, whatever process."""
    row = {"chat_id": wait.chat_id, "waiting_since": wait.waiting_since, "level": level, "at": now, "ended_at": None}
    return bool((await tx.execute(insert_ignore(tx.dialect, WaitAlert), [row])).rowcount)


async def ended(tx: Transaction) -> list[Wait]:
    """Noticed waits that are over: somebody answered, closed, archived, or said that no answer is needed."""
    open_ = (
        select(WaitAlert.chat_id, WaitAlert.waiting_since)
        .join(Chat, Chat.id == WaitAlert.chat_id)
        .where(WaitAlert.ended_at.is_(None), ~_goes_on())
        .distinct()
    )
    return [Wait(*row) for row in await tx.execute(open_.limit(200))]


async def end(tx: Transaction, waits: Sequence[Wait], now: datetime) -> None:
    for wait in waits:
        this = (WaitAlert.chat_id == wait.chat_id) & (WaitAlert.waiting_since == wait.waiting_since)
        await tx.execute(update(WaitAlert).where(this, WaitAlert.ended_at.is_(None)).values(ended_at=now))


async def forget_waits(tx: Transaction, before: datetime) -> None:
    await tx.execute(delete(WaitAlert).where(WaitAlert.at < before, WaitAlert.ended_at.is_not(None)))


def _goes_on() -> ColumnElement[bool]:
    same = Chat.unanswered_since == WaitAlert.waiting_since
    return Chat.archived_at.is_(None) & Chat.unanswered_since.is_not(None) & same
