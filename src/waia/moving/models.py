"""How far a database of the original was brought over."""

from datetime import datetime

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from waia.kit.columns import Model, UtcDateTime, binary_text


class ImportStage(Model):
    """One part of the work: `position` is the last row that is here, committed together with it."""

    __tablename__ = "import_stages"

    source: Mapped[str] = mapped_column(binary_text(20), primary_key=True)
    stage: Mapped[str] = mapped_column(binary_text(20), primary_key=True)
    position: Mapped[str] = mapped_column(binary_text(255), default="", server_default="")
    done: Mapped[bool] = mapped_column(default=False, server_default="0")
    tally: Mapped[dict[str, object]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
