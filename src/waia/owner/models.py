"""Sheets that somebody uploaded: looked through by a child process, then applied or forgotten."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from waia.kit.columns import Model, UtcDateTime, big_id, long_bytes, long_text


class SheetImport(Model):
    """`state` is waiting, checking, ready, refused, applied. `content` goes once it was looked through.

    `report` is a summary of what was found, as JSON, `changes` a line of JSON for each thing that applying it writes;
    `basis` names the state that the rows were compared with.
    """

    __tablename__ = "sheet_imports"
    __table_args__ = (Index(None, "state"), Index(None, "user_id"), Model.__table_args__)

    id: Mapped[int] = mapped_column(big_id(), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    user_id: Mapped[int] = mapped_column(ForeignKey("usuarios.id", ondelete="CASCADE"))
    filename: Mapped[str] = mapped_column(String(120), default="", server_default="")
    state: Mapped[str] = mapped_column(String(10), default="waiting", server_default="waiting")
    progress: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    replace_all: Mapped[bool] = mapped_column(default=False, server_default="0")
    content: Mapped[bytes | None] = mapped_column(long_bytes())
    basis: Mapped[str] = mapped_column(String(64), default="", server_default="")
    report: Mapped[str | None] = mapped_column(long_text())
    changes: Mapped[bytes | None] = mapped_column(long_bytes())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
