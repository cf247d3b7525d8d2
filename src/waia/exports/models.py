"""Files that somebody asked for: made in the background, handed to nobody else, gone after a day."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from waia.kit.columns import Model, UtcDateTime, big_id, binary_text


class ExportJob(Model):
    """`state` is waiting, working, ready, failed. `claim` names the work that is on it, `claimed_at` its last sign.

    `total` and `done` are chats; `rights` tells the roles that the file was made for.
    """

    __tablename__ = "export_jobs"
    __table_args__ = (Index(None, "state"), Index(None, "user_id"), Index(None, "expires_at"), Model.__table_args__)

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    public_id: Mapped[str] = mapped_column(binary_text(32), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("usuarios.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    form: Mapped[str] = mapped_column(String(4))
    selection: Mapped[dict[str, object]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(8), default="waiting", server_default="waiting")
    claim: Mapped[str] = mapped_column(binary_text(32), default="", server_default="")
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    total: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    done: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    rows: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    size: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    storage_key: Mapped[str] = mapped_column(binary_text(80), default="", server_default="")
    rights: Mapped[str] = mapped_column(binary_text(64), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
