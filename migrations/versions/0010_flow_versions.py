"""A version of the flow says what it changed, and which earlier one it brought back."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("flow_versions", sa.Column("summary", sa.JSON(), nullable=True))
    op.add_column("flow_versions", sa.Column("restored_from", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("flow_versions", "restored_from")
    op.drop_column("flow_versions", "summary")
