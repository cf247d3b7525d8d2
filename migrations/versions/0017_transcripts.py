"""What was said in voice notes, as text."""

import sqlalchemy as sa
from alembic import op

from waia.kit.columns import UtcDateTime, big_id, long_text

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transcripts",
        sa.Column(
            "message_id",
            big_id(),
            sa.ForeignKey("mensajes.id", ondelete="CASCADE", name="fk_transcripts_message_id"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "chat_id",
            big_id(),
            sa.ForeignKey("chat_state.id", ondelete="CASCADE", name="fk_transcripts_chat_id"),
            nullable=False,
        ),
        sa.Column("state", sa.String(12), nullable=False, server_default="waiting"),
        sa.Column("reason", sa.String(40), nullable=False, server_default=""),
        sa.Column("heard_text", long_text(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False, server_default="0"),
        sa.Column("closed", sa.Boolean(), nullable=False, server_default="0"),
        sa.Column("corrected_text", long_text(), nullable=True),
        sa.Column(
            "corrected_by",
            sa.Integer(),
            sa.ForeignKey("usuarios.id", ondelete="SET NULL", name="fk_transcripts_corrected_by"),
            nullable=True,
        ),
        sa.Column("corrected_at", UtcDateTime(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("took_ms", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("attempts", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("wanted_at", UtcDateTime(), nullable=False),
        sa.Column("heard_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("message_id", name="pk_transcripts"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_transcripts_chat_id", "transcripts", ["chat_id"])
    op.create_index("ix_transcripts_state_wanted_at", "transcripts", ["state", "wanted_at"])


def downgrade() -> None:
    op.drop_table("transcripts")
