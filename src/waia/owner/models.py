"""Sheets that somebody uploaded: looked through by a child process, then applied or forgotten."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from waia.kit.columns import Model, UtcDateTime, big_id, long_bytes, long_text


class SheetImport(Model):
    """`state` is waiting, checking, ready, refused, applied. `content` goes once it was applied.

    `report` is a summary of what was found, as JSON; `basis` names the state that the rows were compared with.
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
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SheetChange(Model):
    """One thing that applying a sheet writes, in its order (`place`).

    `target_id` names what there is already, `added` counts what is new from 0; the other one is NULL.
    """

    __tablename__ = "sheet_changes"

    import_id: Mapped[int] = mapped_column(ForeignKey("sheet_imports.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    act: Mapped[str] = mapped_column(String(6))
    target_id: Mapped[int | None] = mapped_column(Integer)
    added: Mapped[int | None] = mapped_column(Integer)
    content: Mapped[str] = mapped_column(long_text())
