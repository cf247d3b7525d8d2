"""One-time links for passwords, who may use a quick reply, and sheets that are being imported."""

import sqlalchemy as sa
from alembic import op

from waia.kit.columns import UtcDateTime, big_id, binary_text, long_bytes, long_text

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

AUDIT_ORDERS: tuple[tuple[str, ...], ...] = (("action", "id"), ("username", "id"))


def upgrade() -> None:
    op.create_table(
        "password_links",
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("usuarios.id", ondelete="CASCADE"), nullable=False),
        sa.Column("token_hash", binary_text(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_password_links"),
        sa.UniqueConstraint("token_hash", name="uq_password_links_token_hash"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "quick_reply_roles",
        sa.Column("quick_reply_id", sa.Integer(), sa.ForeignKey("botones.id", ondelete="CASCADE"), nullable=False),
        sa.Column("role_id", sa.Integer(), sa.ForeignKey("roles.id", ondelete="CASCADE"), nullable=False),
        sa.PrimaryKeyConstraint("quick_reply_id", "role_id", name="pk_quick_reply_roles"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_quick_reply_roles_role_id", "quick_reply_roles", ["role_id"])
    op.add_column("botones", sa.Column("audience", sa.String(8), nullable=False, server_default="all"))
    op.add_column("botones", sa.Column("author_id", sa.Integer(), nullable=True))
    op.add_column("botones", sa.Column("deleted_at", UtcDateTime(), nullable=True))
    for columns in AUDIT_ORDERS:
        op.create_index(f"ix_audit_log_{'_'.join(columns)}", "audit_log", list(columns))
    _create_imports()


def _create_imports() -> None:
    op.create_table(
        "sheet_imports",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("usuarios.id", ondelete="CASCADE"), nullable=False),
        sa.Column("filename", sa.String(120), nullable=False, server_default=""),
        sa.Column("state", sa.String(10), nullable=False, server_default="waiting"),
        sa.Column("progress", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("replace_all", sa.Boolean(), nullable=False, server_default="0"),
        sa.Column("content", long_bytes(), nullable=True),
        sa.Column("basis", sa.String(64), nullable=False, server_default=""),
        sa.Column("report", long_text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sheet_imports"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_sheet_imports_state", "sheet_imports", ["state"])
    op.create_index("ix_sheet_imports_user_id", "sheet_imports", ["user_id"])


def downgrade() -> None:
    for columns in AUDIT_ORDERS:
        op.drop_index(f"ix_audit_log_{'_'.join(columns)}", "audit_log")
    op.drop_table("sheet_imports")
    op.execute("DELETE FROM botones WHERE deleted_at IS NOT NULL")
    op.drop_column("botones", "deleted_at")
    op.drop_column("botones", "author_id")
    op.drop_column("botones", "audience")
    op.drop_table("quick_reply_roles")
    op.drop_table("password_links")
