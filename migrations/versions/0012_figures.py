"""What the figures of the board are counted from and into: how a chat was when a message was stored, who had it since
when, and the roll-ups, which the worker fills from the history at its first start."""

import sqlalchemy as sa
from alembic import op

from waia.kit.columns import UtcDateTime, big_id, binary_text, long_text

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

HOURS = [f"h{hour:02}" for hour in range(24)]


def upgrade() -> None:
    op.add_column("mensajes", sa.Column("roles_then", binary_text(100), nullable=True))
    op.add_column("mensajes", sa.Column("owner_then", sa.Integer(), nullable=True))
    op.add_column("mensajes", sa.Column("held_by", sa.String(8), nullable=False, server_default=""))
    op.add_column("mensajes", sa.Column("unmatched", sa.Boolean(), nullable=False, server_default="0"))
    op.create_index("ix_mensajes_chat_id_timestamp", "mensajes", ["chat_id", "timestamp"])
    op.create_table(
        "chat_moves",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("chat_id", big_id(), sa.ForeignKey("chat_state.id", ondelete="CASCADE"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("what", sa.String(8), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_chat_moves"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_chat_moves_chat_id_at", "chat_moves", ["chat_id", "at"])
    _create_chat_days()
    _create_conversations()
    _create_daily()
    _create_state()


def downgrade() -> None:
    for table in ("rollup_state", "monthly_tops", "daily_figures", "daily_messages", "conversations", "chat_days"):
        op.drop_table(table)
    op.drop_table("chat_moves")
    op.drop_index("ix_mensajes_chat_id_timestamp", "mensajes")
    for name in ("unmatched", "held_by", "owner_then", "roles_then"):
        op.drop_column("mensajes", name)


def _create_chat_days() -> None:
    op.create_table(
        "chat_days",
        sa.Column("chat_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("roles", binary_text(100), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("by_bot", sa.Integer(), nullable=False),
        sa.Column("by_people", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("counts", long_text(), nullable=False),
        sa.Column("carry", long_text(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "day", name="pk_chat_days"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_chat_days_day", "chat_days", ["day"])


def _create_conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("chat_id", big_id(), autoincrement=False, nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("roles", binary_text(100), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("handled_by", sa.String(8), nullable=False),
        sa.Column("bot_s", sa.Integer(), nullable=True),
        sa.Column("person_s", sa.Integer(), nullable=True),
        sa.Column("person_open_s", sa.Integer(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("chat_id", "opened_at", name="pk_conversations"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_conversations_day_opened_at", "conversations", ["day", "opened_at"])


def _create_daily() -> None:
    op.create_table(
        "daily_messages",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("roles", binary_text(100), nullable=False),
        sa.Column("owner_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("author", sa.String(8), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        *(sa.Column(hour, sa.Integer(), nullable=False) for hour in HOURS),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "roles", "owner_id", "author", "kind", name="pk_daily_messages"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "daily_figures",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("figure", sa.String(16), nullable=False),
        sa.Column("roles", binary_text(100), nullable=False),
        sa.Column("owner_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("term", binary_text(80), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("figure", "day", "roles", "owner_id", "term", name="pk_daily_figures"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_daily_figures_figure_term_day", "daily_figures", ["figure", "term", "day"])
    op.create_table(
        "monthly_tops",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("figure", sa.String(16), nullable=False),
        sa.Column("term", binary_text(80), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("figure", "month", "term", name="pk_monthly_tops"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_monthly_tops_figure_month_n", "monthly_tops", ["figure", "month", "n"])


def _create_state() -> None:
    op.create_table(
        "rollup_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.String(120), nullable=False),
        sa.Column("next_chat_id", big_id(), nullable=True),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rollup_state"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
