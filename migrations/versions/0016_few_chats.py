"""Who sees few chats of many finds them along indexes; a draft saved too late is known by the name of its save."""

import sqlalchemy as sa
from alembic import op

from waia.kit.columns import binary_text

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BY_ROLE = "ix_chat_roles_role_id"


def upgrade() -> None:
    op.create_index(f"{BY_ROLE}_chat_id", "chat_roles", ["role_id", "chat_id"])
    op.drop_index(BY_ROLE, "chat_roles")
    op.add_column("chat_state", sa.Column("carries_role", sa.Boolean(), nullable=False, server_default="0"))
    op.execute("UPDATE chat_state SET carries_role = 1 WHERE id IN (SELECT chat_id FROM chat_roles)")
    op.create_index("ix_chat_state_carries_role", "chat_state", ["carries_role"])
    op.add_column("drafts", sa.Column("overtaken", binary_text(160), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("drafts", "overtaken")
    op.drop_index("ix_chat_state_carries_role", "chat_state")
    op.drop_column("chat_state", "carries_role")
    op.create_index(BY_ROLE, "chat_roles", ["role_id"])
    op.drop_index(f"{BY_ROLE}_chat_id", "chat_roles")
