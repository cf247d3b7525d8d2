"""What a database that was put back must not take for its own present: sends, turns, pages that are open somewhere."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from waia.chats.delivery_state import RESTORED, DeliveryState
from waia.chats.models import Chat, Message, OutboxItem
from waia.chats.outbox_repository import OPEN_STATES, messages_by_public_id, show_status
from waia.kit.db import Transaction
from waia.kit.events import Counter
from waia.kit.queue import Lane
from waia.kit.sql import table_of
from waia.media.models import MediaFile

PAGE = 500
_ITEM, _MESSAGE, _FILE = table_of(OutboxItem), table_of(Message), table_of(MediaFile)


async def hold_back_sends(tx: Transaction, now: datetime) -> int:
    """Whether they went out after the copy was taken, nobody knows: they are left to people, unless Meta tells."""
    waiting = list((await tx.execute(select(_ITEM.c.public_id).where(_ITEM.c.state.in_(OPEN_STATES)))).scalars())
    for start in range(0, len(waiting), PAGE):
        await _hold_back(tx, waiting[start : start + PAGE], now)
    return len(waiting)


async def _hold_back(tx: Transaction, public_ids: Sequence[str], now: datetime) -> None:
    """As what was repeated once already, so that nobody but a person sends it again."""
    held = update(_ITEM).where(_ITEM.c.public_id.in_(public_ids))
    values = {"state": "uncertain", "uncertain_since": now, "last_error": RESTORED}
    await tx.execute(held.values(**values, resends=_ITEM.c.resends + 1))
    untold = (_MESSAGE.c.status <= 0) & (_MESSAGE.c.status != int(DeliveryState.FAILED))
    shown = update(_MESSAGE).where(_MESSAGE.c.public_id.in_(public_ids), untold)
    await tx.execute(shown.values(status=int(DeliveryState.UNCERTAIN), error_text=RESTORED))
    messages = await messages_by_public_id(tx, public_ids)
    await show_status(tx, [row.id for row in messages.values()])


async def chats_with_turns(tx: Transaction) -> list[int]:
    """Up to a page of chats that the bot was about to answer."""
    due = select(Chat.id).where(Chat.bot_due_at.is_not(None)).order_by(Chat.id).limit(PAGE)
    return list((await tx.execute(due)).scalars())


async def end_leases(tx: Transaction, now: datetime) -> None:
    """Their processes belong to another life."""
    held = update(Lane).where(Lane.owner != "")
    await tx.execute(held.values(owner="", due_at=now, again_at=None))


async def begin_epoch(tx: Transaction) -> None:
    """Pages that were open before know events that never were: they load anew."""
    await tx.execute(update(Counter).where(Counter.name == "epoch").values(value=secrets.randbelow(2**31)))


async def keys_after(tx: Transaction, last_id: int) -> list[tuple[int, list[str]]]:
    """A page of files: the row's id, and the keys that it names."""
    parts = (_FILE.c.storage_key, _FILE.c.thumb_key, _FILE.c.playable_key)
    rows = await tx.execute(select(_FILE.c.id, *parts).where(_FILE.c.id > last_id).order_by(_FILE.c.id).limit(PAGE))
    return [(file_id, [key for key in keys if key]) for file_id, *keys in rows]
