"""What an agent typed and did not send waits on the server, so that it is there on every device."""

import sqlalchemy as sa
from alembic import op

from waia.kit.columns import UtcDateTime, big_id, long_text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("chat_id", big_id(), nullable=False),
        sa.Column("text", long_text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["usuarios.id"], name=op.f("fk_drafts_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["chat_id"], ["chat_state.id"], name=op.f("fk_drafts_chat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "chat_id", name=op.f("pk_drafts")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_drafts_chat_id", "drafts", ["chat_id"])
    op.create_index("ix_drafts_saved_at", "drafts", ["saved_at"])


def downgrade() -> None:
    op.drop_table("drafts")
