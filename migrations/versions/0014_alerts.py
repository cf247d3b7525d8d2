"""Waits that became too long, and alerts that are over by themselves."""

import sqlalchemy as sa
from alembic import op

from waia.kit.columns import UtcDateTime, big_id, binary_text

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wait_alerts",
        sa.Column("chat_id", big_id(), sa.ForeignKey("chat_state.id", ondelete="CASCADE"), nullable=False),
        sa.Column("waiting_since", UtcDateTime(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("chat_id", "waiting_since", "level", name="pk_wait_alerts"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_wait_alerts_ended_at_chat_id", "wait_alerts", ["ended_at", "chat_id"])
    op.create_index("ix_wait_alerts_at", "wait_alerts", ["at"])
    op.add_column("account_alerts", sa.Column("condition", binary_text(100), nullable=True))
    op.add_column("account_alerts", sa.Column("resolved_at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("account_alerts") as table:
        table.create_unique_constraint("uq_account_alerts_condition", ["condition"])


def downgrade() -> None:
    with op.batch_alter_table("account_alerts") as table:
        table.drop_constraint("uq_account_alerts_condition", type_="unique")
    op.drop_column("account_alerts", "resolved_at")
    op.drop_column("account_alerts", "condition")
    op.drop_table("wait_alerts")
