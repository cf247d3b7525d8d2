"""Files and what points at them: stored bytes, attachments that somebody may open, uploads that Meta still keeps."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from waia.kit.columns import Model, UtcDateTime, big_id, binary_text


class MediaFile(Model):
    """Bytes in the storage. `mime` and `kind` come from the content; the other keys are renditions of it."""

    __tablename__ = "media_files"
    __table_args__ = (Index(None, "sha256"), Index(None, "created_at"), Model.__table_args__)

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    storage_key: Mapped[str] = mapped_column(binary_text(80), unique=True)
    sha256: Mapped[str] = mapped_column(binary_text(64))
    size: Mapped[int] = mapped_column(BigInteger)
    mime: Mapped[str] = mapped_column(String(127))
    kind: Mapped[str] = mapped_column(String(10))
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    duration_ms: Mapped[int | None] = mapped_column(Integer)
    animated: Mapped[bool] = mapped_column(default=False, server_default="0")
    thumb_key: Mapped[str | None] = mapped_column(binary_text(80))
    playable_key: Mapped[str | None] = mapped_column(binary_text(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Media(Model):
    """Something that somebody may open by its random `public_id`. `file_id` is NULL until the bytes are here.

    `sha256` is what the sender told, in hex; `graph_id` is Meta's name for the file.
    """

    __tablename__ = "media"
    __table_args__ = (
        Index(None, "message_id"),
        Index(None, "chat_id"),
        Index(None, "file_id"),
        Index(None, "scope", "created_at"),
        Index(None, "filename"),
        Model.__table_args__,
    )

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    public_id: Mapped[str] = mapped_column(binary_text(32), unique=True)
    file_id: Mapped[int | None] = mapped_column(ForeignKey(MediaFile.id))
    chat_id: Mapped[int | None] = mapped_column(ForeignKey("chat_state.id", ondelete="CASCADE"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("mensajes.id", ondelete="CASCADE"))
    scope: Mapped[str] = mapped_column(String(8), default="chat", server_default="chat")
    user_id: Mapped[int | None] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(10))
    filename: Mapped[str] = mapped_column(String(255), default="", server_default="")
    mime: Mapped[str] = mapped_column(String(127), default="", server_default="")
    sha256: Mapped[str] = mapped_column(binary_text(64), default="", server_default="")
    graph_id: Mapped[str] = mapped_column(binary_text(255), default="", server_default="")
    phone_number_id: Mapped[str] = mapped_column(binary_text(40), default="", server_default="")
    voice: Mapped[bool] = mapped_column(default=False, server_default="0")
    state: Mapped[str] = mapped_column(String(12), default="pending", server_default="pending")
    reason: Mapped[str] = mapped_column(String(20), default="", server_default="")
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    give_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MediaUpload(Model):
    """A file that Meta keeps for one of our numbers under `graph_id` until `expires_at`."""

    __tablename__ = "media_uploads"
    __table_args__ = (Index(None, "expires_at"), Model.__table_args__)

    file_id: Mapped[int] = mapped_column(ForeignKey(MediaFile.id, ondelete="CASCADE"), primary_key=True)
    phone_number_id: Mapped[str] = mapped_column(binary_text(40), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(12), primary_key=True)
    graph_id: Mapped[str] = mapped_column(binary_text(255))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
