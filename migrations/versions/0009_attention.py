"""Devices that agents are called on, who was told of what, which pages are in sight; and each person's theme."""

import sqlalchemy as sa
from alembic import op

from waia.kit.columns import UtcDateTime, big_id, binary_text

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("usuarios", sa.Column("theme", sa.String(length=5), server_default="", nullable=False))
    _create_devices()
    _create_calls()
    _create_looks()


def downgrade() -> None:
    op.drop_table("panel_looks")
    op.drop_table("push_calls")
    op.drop_table("push_devices")
    with op.batch_alter_table("usuarios") as table:
        table.drop_column("theme")


def _create_devices() -> None:
    op.create_table(
        "push_devices",
        sa.Column("id", big_id(), nullable=False),
        sa.Column("endpoint_hash", binary_text(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("login_id", big_id(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("public_key", binary_text(120), nullable=False),
        sa.Column("secret", binary_text(40), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["login_id"], ["logins.id"], name=op.f("fk_push_devices_login_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["usuarios.id"], name=op.f("fk_push_devices_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_devices")),
        sa.UniqueConstraint("endpoint_hash", name=op.f("uq_push_devices_endpoint_hash")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_push_devices_login_id"), "push_devices", ["login_id"])
    op.create_index(op.f("ix_push_devices_user_id"), "push_devices", ["user_id"])


def _create_calls() -> None:
    op.create_table(
        "push_calls",
        sa.Column("chat_id", big_id(), nullable=False),
        sa.Column("device_id", big_id(), nullable=False),
        sa.Column("message_id", big_id(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chat_state.id"], name=op.f("fk_push_calls_chat_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["device_id"], ["push_devices.id"], name=op.f("fk_push_calls_device_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chat_id", "device_id", name=op.f("pk_push_calls")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_push_calls_device_id"), "push_calls", ["device_id"])


def _create_looks() -> None:
    op.create_table(
        "panel_looks",
        sa.Column("page", binary_text(36), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["usuarios.id"], name=op.f("fk_panel_looks_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("page", name=op.f("pk_panel_looks")),
        mysql_charset="utf8mb4",
        mysql_engine="InnoDB",
    )
    op.create_index(op.f("ix_panel_looks_user_id_seen_at"), "panel_looks", ["user_id", "seen_at"])
