"""A save of a draft that was overtaken by the sending is known by its name, so that it does not bring back the text."""

import sqlalchemy as sa
from alembic import op

from waia.kit.columns import binary_text

revision = "0016"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("drafts", sa.Column("overtaken", binary_text(160), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("drafts", "overtaken")
