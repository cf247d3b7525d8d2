"""What a sheet changes is a row each, written as it is found: applying it is one statement."""

import sqlalchemy as sa
from alembic import op

from waia.kit.columns import big_id, long_bytes, long_text

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
LOOK_AGAIN = "UPDATE sheet_imports SET state = 'waiting', progress = 0 WHERE state = 'ready' AND content IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "sheet_changes",
        sa.Column("import_id", big_id(), sa.ForeignKey("sheet_imports.id", ondelete="CASCADE"), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", sa.String(6), nullable=False),
        sa.Column("target_id", sa.Integer()),
        sa.Column("added", sa.Integer()),
        sa.Column("content", long_text(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "place", name="pk_sheet_changes"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.execute(LOOK_AGAIN)
    op.drop_column("sheet_imports", "changes")


def downgrade() -> None:
    op.add_column("sheet_imports", sa.Column("changes", long_bytes(), nullable=True))
    op.execute(LOOK_AGAIN)
    op.drop_table("sheet_changes")
