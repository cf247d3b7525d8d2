"""How far the database of the application before was brought over."""

import sqlalchemy as sa
from alembic import op

from waia.kit.columns import UtcDateTime, binary_text

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_stages",
        sa.Column("source", binary_text(20), nullable=False),
        sa.Column("stage", binary_text(20), nullable=False),
        sa.Column("position", binary_text(255), nullable=False, server_default=""),
        sa.Column("done", sa.Boolean(), nullable=False, server_default="0"),
        sa.Column("tally", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source", "stage", name="pk_import_stages"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )


def downgrade() -> None:
    op.drop_table("import_stages")
