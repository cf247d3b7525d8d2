"""Which device was told of which chat."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from waia.kit.columns import Model, UtcDateTime, big_id


class PushCall(Model):
    """The last try of a device about a chat. `message_id`: the chat's last message when it was told, 0 when it was not;
    `tries`: failures in a row."""

    __tablename__ = "push_calls"
    __table_args__ = (Index(None, "device_id"), Model.__table_args__)

    chat_id: Mapped[int] = mapped_column(ForeignKey("chat_state.id", ondelete="CASCADE"), primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("push_devices.id", ondelete="CASCADE"), primary_key=True)
    message_id: Mapped[int] = mapped_column(big_id(), default=0)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(Integer, default=0)
