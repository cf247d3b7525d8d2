"""The devices that asked for notifications, and the pages that somebody looks at just now."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from waia.kit.columns import Model, UtcDateTime, big_id, binary_text


class PushDevice(Model):
    """One browser whose person agreed. It ends with its login: whoever signs out is told nothing any more."""

    __tablename__ = "push_devices"
    __table_args__ = (Index(None, "user_id"), Index(None, "login_id"), Model.__table_args__)

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    endpoint_hash: Mapped[str] = mapped_column(binary_text(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("usuarios.id", ondelete="CASCADE"))
    login_id: Mapped[int] = mapped_column(ForeignKey("logins.id", ondelete="CASCADE"))
    endpoint: Mapped[str] = mapped_column(Text)
    public_key: Mapped[str] = mapped_column(binary_text(120))
    secret: Mapped[str] = mapped_column(binary_text(40))
    language: Mapped[str] = mapped_column(String(5))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PanelLook(Model):
    """A page of the panel that can be seen, told by the page itself every half minute."""

    __tablename__ = "panel_looks"
    __table_args__ = (Index(None, "user_id", "seen_at"), Model.__table_args__)

    page: Mapped[str] = mapped_column(binary_text(36), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("usuarios.id", ondelete="CASCADE"))
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
