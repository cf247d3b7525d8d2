"""Files: their bytes, who may open them, what Meta already has, and the files of rules and quick replies."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

from waia.kit.columns import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

OWNERS = ("regla_medias", "boton_medias")


def upgrade() -> None:
    _create_files()
    _create_media()
    _create_uploads()
    for table in OWNERS:
        with op.batch_alter_table(table) as change:
            change.add_column(sa.Column("file_id", sa.BigInteger(), nullable=True))
            change.create_foreign_key(f"fk_{table}_file_id", "media_files", ["file_id"], ["id"])
            change.create_index(f"ix_{table}_file_id", ["file_id"])


def downgrade() -> None:
    for table in OWNERS:
        with op.batch_alter_table(table) as change:
            change.drop_constraint(f"fk_{table}_file_id", type_="foreignkey")
            change.drop_index(f"ix_{table}_file_id")
            change.drop_column("file_id")
    op.drop_table("media_uploads")
    op.drop_table("media")
    op.drop_table("media_files")


def _create_files() -> None:
    op.create_table(
        "media_files",
        sa.Column("id", _big_id(), nullable=False),
        sa.Column("storage_key", _binary(80), nullable=False),
        sa.Column("sha256", _binary(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mime", sa.String(127), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("animated", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("thumb_key", _binary(80), nullable=True),
        sa.Column("playable_key", _binary(80), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_media_files"),
        sa.UniqueConstraint("storage_key", name="uq_media_files_storage_key"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_media_files_sha256", "media_files", ["sha256"])
    op.create_index("ix_media_files_created_at", "media_files", ["created_at"])


def _create_media() -> None:
    op.create_table(
        "media",
        sa.Column("id", _big_id(), nullable=False),
        sa.Column("public_id", _binary(32), nullable=False),
        sa.Column("file_id", _key(), nullable=True),
        sa.Column("chat_id", _key(), nullable=True),
        sa.Column("message_id", _key(), nullable=True),
        sa.Column("scope", sa.String(8), server_default="chat", nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("filename", sa.String(255), server_default="", nullable=False),
        sa.Column("mime", sa.String(127), server_default="", nullable=False),
        sa.Column("sha256", _binary(64), server_default="", nullable=False),
        sa.Column("graph_id", _binary(255), server_default="", nullable=False),
        sa.Column("phone_number_id", _binary(40), server_default="", nullable=False),
        sa.Column("voice", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("state", sa.String(12), server_default="pending", nullable=False),
        sa.Column("reason", sa.String(20), server_default="", nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("give_up_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["media_files.id"], name="fk_media_file_id"),
        sa.ForeignKeyConstraint(["chat_id"], ["chat_state.id"], name="fk_media_chat_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["message_id"], ["mensajes.id"], name="fk_media_message_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_media"),
        sa.UniqueConstraint("public_id", name="uq_media_public_id"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    for columns in (["message_id"], ["chat_id"], ["file_id"], ["scope", "created_at"], ["filename"]):
        op.create_index("ix_media_" + "_".join(columns), "media", columns)


def _create_uploads() -> None:
    op.create_table(
        "media_uploads",
        sa.Column("file_id", _key(), nullable=False),
        sa.Column("phone_number_id", _binary(40), nullable=False),
        sa.Column("purpose", sa.String(12), nullable=False),
        sa.Column("graph_id", _binary(255), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["media_files.id"], name="fk_media_uploads_file_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("file_id", "phone_number_id", "purpose", name="pk_media_uploads"),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_media_uploads_expires_at", "media_uploads", ["expires_at"])


def _big_id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key() -> sa.types.TypeEngine[int]:
    """As the id that it points at."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _binary(length: int) -> sa.types.TypeEngine[str]:
    binary = mysql.VARCHAR(charset="utf8mb4", collation="utf8mb4_bin", length=length)
    return sa.String(length).with_variant(binary, "mysql")
