"""Whether what we send arrives: asked every few seconds, so along indexes and over a short time only."""

from datetime import datetime

from sqlalchemy import func, select

from waia.chats.delivery_state import DeliveryState
from waia.chats.models import Message, OutboxItem
from waia.kit.db import Transaction

NEWEST = 500
MOST_COUNTED = 2_000


async def failed_since(tx: Transaction, since: datetime) -> int:
    """Messages of ours since then (business time) that WhatsApp did not take or not deliver."""
    recent = (
        select(Message.status)
        .where(Message.timestamp >= since, Message.direction == "out")
        .order_by(Message.timestamp.desc())
        .limit(MOST_COUNTED)
        .subquery()
    )
    failed = select(func.count()).select_from(recent).where(recent.c.status == int(DeliveryState.FAILED))
    return int((await tx.execute(failed)).scalar_one())


async def was_sent_since(tx: Transaction, phone_number_id: str, at: datetime) -> bool:
    """Whether WhatsApp took a message of this number whose request began after `at` (real time)."""
    newest = (
        select(OutboxItem.phone_number_id, OutboxItem.state, OutboxItem.request_started_at)
        .order_by(OutboxItem.id.desc())
        .limit(NEWEST)
        .subquery()
    )
    sent = (newest.c.phone_number_id == phone_number_id) & (newest.c.state == "sent")
    found = await tx.execute(select(1).select_from(newest).where(sent, newest.c.request_started_at > at).limit(1))
    return found.first() is not None
