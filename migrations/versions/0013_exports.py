"""Files that people ask for, and the order of the page of answers: by when the last one came."""

import sqlalchemy as sa
from alembic import op

from waia.kit.columns import UtcDateTime, big_id, binary_text

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "export_jobs",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("public_id", binary_text(32), nullable=False),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("usuarios.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("form", sa.String(4), nullable=False),
        sa.Column("selection", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False, server_default="waiting"),
        sa.Column("claim", binary_text(32), nullable=False, server_default=""),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("total", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("done", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("rows", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("size", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("storage_key", binary_text(80), nullable=False, server_default=""),
        sa.Column("rights", binary_text(64), nullable=False, server_default=""),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_export_jobs"),
        sa.UniqueConstraint("public_id", name="uq_export_jobs_public_id"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    for column in ("state", "user_id", "expires_at"):
        op.create_index(f"ix_export_jobs_{column}", "export_jobs", [column])
    op.create_index("ix_captured_answers_at_chat_id", "captured_answers", ["at", "chat_id"])
    op.create_index("ix_captured_answers_name", "captured_answers", ["name"])


def downgrade() -> None:
    op.drop_index("ix_captured_answers_name", "captured_answers")
    op.drop_index("ix_captured_answers_at_chat_id", "captured_answers")
    op.drop_table("export_jobs")
