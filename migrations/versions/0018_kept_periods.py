"""Periods that people often look at, each chat of them summed up: a top is read, however much was said in it."""

import sqlalchemy as sa
from alembic import op

from waia.kit.columns import big_id

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

OF_DAY = ["day", "chat_id", "received", "words", "by_people", "owner_id", "roles"]
ORDERS = ("received", "words", "alone")


def upgrade() -> None:
    op.create_table(
        "kept_periods",
        sa.Column("name", sa.String(12), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("chats_alone", sa.Integer(), nullable=False),
        sa.Column("received_alone", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_kept_periods"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "kept_chats",
        sa.Column("name", sa.String(12), nullable=False),
        sa.Column("chat_id", big_id(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("received", "words", "by_people", "alone")),
        sa.PrimaryKeyConstraint("name", "chat_id", name="pk_kept_chats"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    for name in ORDERS:
        op.create_index(f"ix_kept_chats_name_{name}_chat_id", "kept_chats", ["name", name, "chat_id"])
    op.create_index("ix_chat_days_of_day", "chat_days", OF_DAY)
    op.drop_index("ix_chat_days_day", "chat_days")


def downgrade() -> None:
    op.create_index("ix_chat_days_day", "chat_days", ["day"])
    op.drop_index("ix_chat_days_of_day", "chat_days")
    op.drop_table("kept_chats")
    op.drop_table("kept_periods")
