"""The roll-ups: what figures are read from, so that none of them looks through the history."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Date, Index, Integer, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from waia.kit.columns import Model, UtcDateTime, big_id, binary_text, long_text

HOURS = tuple(f"h{hour:02}" for hour in range(24))


class ChatDay(Model):
    """What one chat adds to the figures of one day of the business: `counts` and `carry` are JSON of `timeline`.

    The others are for lists of chats: messages by author and words of the customer.
    """

    __tablename__ = "chat_days"
    __table_args__ = (
        # all that a list of chats asks for: the rows themselves are long
        Index("ix_chat_days_of_day", "day", "chat_id", "received", "words", "by_people", "owner_id", "roles"),
        Model.__table_args__,
    )

    chat_id: Mapped[int] = mapped_column(big_id(), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    roles: Mapped[str] = mapped_column(binary_text(100))
    owner_id: Mapped[int] = mapped_column(Integer)
    received: Mapped[int] = mapped_column(Integer)
    by_bot: Mapped[int] = mapped_column(Integer)
    by_people: Mapped[int] = mapped_column(Integer)
    words: Mapped[int] = mapped_column(Integer)
    counts: Mapped[str] = mapped_column(long_text())
    carry: Mapped[str] = mapped_column(long_text())


class ConversationRow(Model):
    """A conversation, under the day on which it began. `handled_by`: bot, person, waiting or nobody; times in s.

    `person_id`: who was the first person to answer (0: from the phone app, or nobody).
    """

    __tablename__ = "conversations"
    __table_args__ = (Index(None, "day", "opened_at"), Model.__table_args__)

    chat_id: Mapped[int] = mapped_column(big_id(), primary_key=True, autoincrement=False)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    day: Mapped[date] = mapped_column(Date)
    roles: Mapped[str] = mapped_column(binary_text(100))
    owner_id: Mapped[int] = mapped_column(Integer)
    is_new: Mapped[bool] = mapped_column()
    handled_by: Mapped[str] = mapped_column(String(8))
    bot_s: Mapped[int | None] = mapped_column(Integer)
    person_s: Mapped[int | None] = mapped_column(Integer)
    person_open_s: Mapped[int | None] = mapped_column(Integer)
    person_id: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


daily_messages = Table(
    "daily_messages",
    Model.metadata,
    Column("day", Date, primary_key=True),
    Column("roles", binary_text(100), primary_key=True),
    Column("owner_id", Integer, primary_key=True, autoincrement=False),
    Column("author", String(8), primary_key=True),
    Column("kind", String(20), primary_key=True),
    *(Column(hour, Integer, nullable=False) for hour in HOURS),
    Column("messages", Integer, nullable=False),
    Column("words", Integer, nullable=False),
    **Model.__table_args__,
)


class DailyMessages(Model):
    """Messages of a day by everything that they are filtered by, with a column for each hour of the day."""

    __table__ = daily_messages


class DailyFigure(Model):
    """All other counts of a day: `figure` says of what, `term` is a word, a reason, a phrase or rounded seconds."""

    __tablename__ = "daily_figures"
    __table_args__ = (Index(None, "figure", "term", "day"), Model.__table_args__)

    figure: Mapped[str] = mapped_column(String(16), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    roles: Mapped[str] = mapped_column(binary_text(100), primary_key=True)
    owner_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    term: Mapped[str] = mapped_column(binary_text(80), primary_key=True)
    n: Mapped[int] = mapped_column(Integer)


class MonthlyTop(Model):
    """Chats and words by how often in a calendar month: where to look for those at the top of any period."""

    __tablename__ = "monthly_tops"
    __table_args__ = (Index(None, "figure", "month", "n"), Model.__table_args__)

    figure: Mapped[str] = mapped_column(String(16), primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    term: Mapped[str] = mapped_column(binary_text(80), primary_key=True)
    n: Mapped[int] = mapped_column(Integer)


class KeptPeriod(Model):
    """A period that people often look at, of which each chat is kept summed up: `first_day` to `last_day`, both
    included; nothing yet where the last is before the first. `chats_alone` wrote and no person wrote to them.
    """

    __tablename__ = "kept_periods"

    name: Mapped[str] = mapped_column(String(12), primary_key=True)
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    chats_alone: Mapped[int] = mapped_column(Integer)
    received_alone: Mapped[int] = mapped_column(Integer)


class KeptChat(Model):
    """What one chat adds to a kept period. `alone`: what it received while no person wrote to it, else 0."""

    __tablename__ = "kept_chats"
    __table_args__ = (
        Index(None, "name", "received", "chat_id"),
        Index(None, "name", "words", "chat_id"),
        Index(None, "name", "alone", "chat_id"),
        Model.__table_args__,
    )

    name: Mapped[str] = mapped_column(String(12), primary_key=True)
    chat_id: Mapped[int] = mapped_column(big_id(), primary_key=True, autoincrement=False)
    received: Mapped[int] = mapped_column(Integer)
    words: Mapped[int] = mapped_column(Integer)
    by_people: Mapped[int] = mapped_column(Integer)
    alone: Mapped[int] = mapped_column(Integer)


class RollupState(Model):
    """How far the roll-ups are: the last event counted, and while all is counted anew the next chat.

    `turn` rises with each change, `basis` says by which time zone and rules was counted.
    """

    __tablename__ = "rollup_state"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    event_seq: Mapped[int] = mapped_column(BigInteger)
    turn: Mapped[int] = mapped_column(BigInteger)
    basis: Mapped[str] = mapped_column(String(120))
    next_chat_id: Mapped[int | None] = mapped_column(big_id())
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)
