"""All SQL about actions that can still be taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from waia.chats.models import UndoStep
from waia.kit.db import Transaction


async def add(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await tx.execute(insert(UndoStep), list(rows))


async def of(tx: Transaction, token: str, user_id: int, since: datetime) -> Sequence[Any]:
    """(chat id, action, before, after) of this user's action."""
    columns = (UndoStep.chat_id, UndoStep.action, UndoStep.before, UndoStep.after)
    mine = select(*columns).where(UndoStep.token == token, UndoStep.user_id == user_id, UndoStep.at >= since)
    found: Sequence[Any] = (await tx.execute(mine.order_by(UndoStep.chat_id))).all()
    return found


async def forget(tx: Transaction, token: str) -> None:
    await tx.execute(delete(UndoStep).where(UndoStep.token == token))


async def prune(tx: Transaction, before: datetime) -> None:
    await tx.execute(delete(UndoStep).where(UndoStep.at < before))
