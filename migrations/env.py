"""Runs the migrations on the connection that `waia upgrade` hands over, on SQLite and MariaDB/MySQL alike."""

from alembic import context

import waia.accounts.models
import waia.chats.calls.models
import waia.chats.models
import waia.chats.overdue.models
import waia.exports.models
import waia.kit.events
import waia.kit.queue
import waia.media.models
import waia.moving.models
import waia.owner.models
import waia.push.models
import waia.quick_replies.models
import waia.rules.models
import waia.transcription.models
import waia.whatsapp.models  # noqa: F401
from waia.kit.columns import Model

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Model.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=False,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
