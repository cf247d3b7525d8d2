"""Quick replies in the original's tables."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from waia.kit.columns import Model, UtcDateTime, long_text
from waia.media.models import MediaFile


class QuickReplyMedia(Model):
    __tablename__ = "boton_medias"
    __table_args__ = (Index(None, "quick_reply_id"), Model.__table_args__)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    quick_reply_id: Mapped[int] = mapped_column(
        "boton_id", ForeignKey("botones.id", ondelete="CASCADE"), key="quick_reply_id"
    )
    url: Mapped[str] = mapped_column("media_url", Text, key="url")
    mime_type: Mapped[str | None] = mapped_column("media_tipo", String(127), key="mime_type")
    file_id: Mapped[int | None] = mapped_column(ForeignKey(MediaFile.id), index=True)


class QuickReplyRole(Model):
    """A role whose agents are offered the reply."""

    __tablename__ = "quick_reply_roles"
    __table_args__ = (Index(None, "role_id"), Model.__table_args__)

    quick_reply_id: Mapped[int] = mapped_column(ForeignKey("botones.id", ondelete="CASCADE"), primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True)


class QuickReply(Model):
    """A prepared answer: a text and any number of media. `audience` is all, roles, or private to its author.

    One that was deleted is kept for a day, so that it can be brought back.
    """

    __tablename__ = "botones"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    text: Mapped[str] = mapped_column("mensaje", long_text(), key="text")
    kind: Mapped[str | None] = mapped_column("tipo", String(50), key="kind")
    media_url: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column("nombre", String(100), key="name")
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    audience: Mapped[str] = mapped_column(String(8), default="all", server_default="all")
    author_id: Mapped[int | None] = mapped_column(Integer)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    medias: Mapped[list[QuickReplyMedia]] = relationship(
        order_by=QuickReplyMedia.id, lazy="selectin", cascade="all, delete-orphan"
    )
