"""Who sees a queue finds its chats by its role, without a walk through all chats."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_chat_state_holder_queue_role_id", "chat_state", ["holder", "queue_role_id"])


def downgrade() -> None:
    op.drop_index("ix_chat_state_holder_queue_role_id", "chat_state")
