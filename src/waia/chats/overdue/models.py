"""Which wait was noticed, and how far it has gone."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from waia.kit.columns import Model, UtcDateTime


class WaitAlert(Model):
    """A customer waited too long since `waiting_since`; its key makes every notice the only one of its kind.

    `level` 1: told to the owner, or to everybody whom the chat calls; 2: to those who supervise. Business time.
    """

    __tablename__ = "wait_alerts"
    __table_args__ = (Index(None, "ended_at", "chat_id"), Index(None, "at"), Model.__table_args__)

    chat_id: Mapped[int] = mapped_column(ForeignKey("chat_state.id", ondelete="CASCADE"), primary_key=True)
    waiting_since: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
