"""SQL of what agents attached and of what messages carry: drafts become files of messages, many in one statement."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from waia.kit.db import Transaction
from waia.kit.sql import table_of
from waia.media.models import Media
from waia.media.repository import drafts_of
from waia.media.values import Attachment, MediaState, Scope

_MEDIA = table_of(Media)


async def drafts_in(tx: Transaction, user_id: int, chat_id: int) -> list[Attachment]:
    """What this person attached in this chat and did not send, oldest first."""
    found = await tx.execute(_DRAFTS_IN, {"user": user_id, "chat": chat_id})
    return await drafts_of(tx, user_id, list(found.scalars()))


async def count_drafts(tx: Transaction, user_id: int) -> int:
    """How many unsent files this person keeps, in all chats."""
    return int((await tx.execute(_COUNT, {"user": user_id})).scalar_one())


async def attach_all(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """Drafts become the files of messages; rows hold `media`, `chat`, `message`."""
    if rows:
        await tx.execute(_ATTACH, list(rows))


async def add_carried(tx: Transaction, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    """Files of rules and quick replies that went out: each message has its own address for them."""
    if rows:
        same = {"scope": Scope.CHAT, "state": MediaState.READY, "created_at": now}
        await tx.execute(_MEDIA.insert(), [{**row, **same} for row in rows])


async def drop_drafts(tx: Transaction, before: datetime) -> None:
    """Attached, never sent, and forgotten: the sweep takes their files."""
    await tx.execute(_DROP, {"before": before})


_MINE = (_MEDIA.c.scope == "draft") & (_MEDIA.c.user_id == bindparam("user"))
_DRAFTS_IN = select(_MEDIA.c.public_id).where(_MINE, _MEDIA.c.chat_id == bindparam("chat")).order_by(_MEDIA.c.id)
_COUNT = select(func.count()).where(_MINE)
_ATTACH = (
    update(_MEDIA)
    .where(_MEDIA.c.id == bindparam("media"))
    .values(scope="chat", chat_id=bindparam("chat"), message_id=bindparam("message"))
)
_DROP = delete(_MEDIA).where(_MEDIA.c.scope == "draft", _MEDIA.c.created_at < bindparam("before"))
