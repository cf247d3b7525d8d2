"""What agents need beyond the conversation: archive, last owner, absence, who is there, and taking an action back."""

import sqlalchemy as sa
from alembic import op

from waia.kit.columns import UtcDateTime, big_id, binary_text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chat_state", sa.Column("archived_at", UtcDateTime(), nullable=True))
    op.add_column("chat_state", sa.Column("last_owner_id", sa.Integer(), nullable=True))
    op.add_column("usuarios", sa.Column("away_at", UtcDateTime(), nullable=True))
    op.create_table(
        "presence",
        sa.Column("process", binary_text(40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("chat_id", big_id(), nullable=False, autoincrement=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["usuarios.id"], name=op.f("fk_presence_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("process", "user_id", "chat_id", name=op.f("pk_presence")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_presence_user_id_seen_at", "presence", ["user_id", "seen_at"])
    op.create_index("ix_presence_chat_id", "presence", ["chat_id"])
    op.create_table(
        "undo_steps",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("token", binary_text(32), nullable=False),
        sa.Column("chat_id", big_id(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat_state.id"], name=op.f("fk_undo_steps_chat_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["usuarios.id"], name=op.f("fk_undo_steps_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undo_steps")),
        sa.UniqueConstraint("token", "chat_id", name=op.f("uq_undo_steps_token_chat_id")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_undo_steps_at", "undo_steps", ["at"])
    op.create_index("ix_undo_steps_chat_id", "undo_steps", ["chat_id"])
    op.create_index("ix_undo_steps_user_id", "undo_steps", ["user_id"])


def downgrade() -> None:
    op.drop_table("undo_steps")
    op.drop_table("presence")
    op.drop_column("usuarios", "away_at")
    op.drop_column("chat_state", "last_owner_id")
    op.drop_column("chat_state", "archived_at")
