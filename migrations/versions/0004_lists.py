"""The order of each tab of the list as an index: a page of it costs the same, however many chats there are."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NEW: tuple[tuple[str, ...], ...] = (
    ("archived_at", "last_message_at", "id"),
    ("archived_at", "unanswered_since", "id"),
    ("archived_at", "id"),
    ("is_unread", "archived_at", "last_message_at", "id"),
    ("holder", "archived_at", "last_message_at", "id"),
    ("owner_id", "archived_at", "last_message_at", "id"),
)
OLD: tuple[tuple[str, ...], ...] = (("last_message_at", "id"), ("owner_id",))


def upgrade() -> None:
    op.add_column("chat_state", sa.Column("is_unread", sa.Boolean(), sa.Computed("unread > 0", persisted=False)))
    for columns in NEW:
        op.create_index(_name(columns), "chat_state", list(columns))
    for columns in OLD:
        op.drop_index(_name(columns), "chat_state")


def downgrade() -> None:
    for columns in OLD:
        op.create_index(_name(columns), "chat_state", list(columns))
    for columns in NEW:
        op.drop_index(_name(columns), "chat_state")
    op.drop_column("chat_state", "is_unread")


def _name(columns: tuple[str, ...]) -> str:
    return f"ix_chat_state_{'_'.join(columns)}"
