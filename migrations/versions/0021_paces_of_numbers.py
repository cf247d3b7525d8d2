"""How fast each of our numbers may send just now, shared by all processes that send."""

import sqlalchemy as sa
from alembic import op

from waia.kit.columns import UtcDateTime, binary_text

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "number_paces",
        sa.Column("phone_number_id", binary_text(40), nullable=False),
        sa.Column("tokens", sa.Double(), nullable=False),
        sa.Column("filled_at", UtcDateTime(), nullable=False),
        sa.Column("not_before", UtcDateTime()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("phone_number_id", name="pk_number_paces"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )


def downgrade() -> None:
    op.drop_table("number_paces")
