"""What a sheet changes is kept apart from what its page shows, so that a large one is never read in one piece."""

import sqlalchemy as sa
from alembic import op

from waia.kit.columns import long_bytes

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM sheet_imports WHERE state <> 'applied'")  # their reports have another shape
    op.add_column("sheet_imports", sa.Column("changes", long_bytes(), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM sheet_imports WHERE state <> 'applied'")
    op.drop_column("sheet_imports", "changes")
