"""One row per voice note that is to be heard: its job while it waits, its text afterwards."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from waia.kit.columns import Model, UtcDateTime, big_id, long_text


class TranscriptRow(Model):
    """`words` are rows of text, start and end in milliseconds, confidence; `heard_text` is never changed by people."""

    __tablename__ = "transcripts"
    __table_args__ = (Index(None, "chat_id"), Index(None, "state", "wanted_at"), Model.__table_args__)

    message_id: Mapped[int] = mapped_column(
        big_id(), ForeignKey("mensajes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    chat_id: Mapped[int] = mapped_column(big_id(), ForeignKey("chat_state.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(12), default="waiting", server_default="waiting")
    reason: Mapped[str] = mapped_column(String(40), default="", server_default="")
    heard_text: Mapped[str] = mapped_column(long_text())
    words: Mapped[list[list[object]]] = mapped_column(JSON)
    confidence: Mapped[float] = mapped_column(default=0.0, server_default="0")
    closed: Mapped[bool] = mapped_column(default=False, server_default="0")
    corrected_text: Mapped[str | None] = mapped_column(long_text())
    corrected_by: Mapped[int | None] = mapped_column(ForeignKey("usuarios.id", ondelete="SET NULL"))
    corrected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    duration_ms: Mapped[int | None] = mapped_column(Integer)
    took_ms: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    wanted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
