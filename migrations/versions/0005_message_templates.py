"""A copy of the account's templates, so that agents may choose one without waiting for Meta."""

import sqlalchemy as sa
from alembic import op

from waia.kit.columns import UtcDateTime, big_id, binary_text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_templates",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("account_id", binary_text(40), nullable=False),
        sa.Column("name", binary_text(512), nullable=False),
        sa.Column("language", binary_text(20), nullable=False),
        sa.Column("category", sa.String(length=40), server_default="", nullable=False),
        sa.Column("status", sa.String(length=40), server_default="", nullable=False),
        sa.Column("listed", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_templates")),
        sa.UniqueConstraint(
            "account_id", "name", "language", name=op.f("uq_message_templates_account_id_name_language")
        ),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "template_syncs",
        sa.Column("account_id", binary_text(40), nullable=False),
        sa.Column("synced_at", UtcDateTime(), nullable=True),
        sa.Column("trouble", sa.String(length=300), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_template_syncs")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )


def downgrade() -> None:
    op.drop_table("template_syncs")
    op.drop_table("message_templates")
