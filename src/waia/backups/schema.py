"""All tables that are ours: whoever copies or drops a table has to know, and only an imported model is known."""

import waia.accounts.models
import waia.chats.calls.models
import waia.chats.models
import waia.chats.overdue.models
import waia.dashboard.models
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

OURS = frozenset(Model.metadata.tables)
