"""All SQL about calls: where the reading of events stands, who may be called, who was told."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, literal, select, union_all, update

from waia.accounts.signed_in import SignedIn
from waia.chats.access import visible_to
from waia.chats.calls.models import PushCall
from waia.chats.models import Chat
from waia.kit.db import Transaction
from waia.kit.events import Counter, Event, last_seq
from waia.kit.sql import insert_ignore, upsert
from waia.push.models import PushDevice

COUNTER = "push"
PAGE = 500
GROUPS = 100


class Told(NamedTuple):
    """What is known of a device and a chat."""

    message_id: int
    at: datetime
    tries: int


async def is_behind(tx: Transaction) -> bool:
    """Whether there are events that nobody has looked at for calls."""
    return await last_seq(tx.connection) != await _cursor(tx)


async def chats_with_news(tx: Transaction, since: datetime) -> list[int]:
    """The chats to which a message was added after `since`, each event once whatever process asks.

    The first time, and after a database that went back, it begins at the end: nobody is called about the past.
    """
    await tx.execute(insert_ignore(tx.dialect, Counter), [{"name": COUNTER, "value": await last_seq(tx.connection)}])
    locked = select(Counter.value).where(Counter.name == COUNTER).with_for_update()
    cursor, last = int((await tx.execute(locked)).scalar_one()), await last_seq(tx.connection)
    first = (await tx.execute(select(func.min(Event.seq)).where(Event.at > since))).scalar_one_or_none()
    begin = last if first is None or cursor > last else max(cursor, first - 1)
    upto = min(last, begin + PAGE)
    await tx.execute(update(Counter).where(Counter.name == COUNTER).values(value=upto))
    fresh = select(Event.chat_id).where(Event.seq > begin, Event.seq <= upto, Event.kind == "message_added")
    return [chat_id for chat_id in (await tx.execute(fresh.distinct())).scalars() if chat_id is not None]


async def seen_by(
    tx: Transaction, people: Collection[SignedIn], chat_ids: Collection[int], without_role: str
) -> frozenset[tuple[int, int]]:
    """(user, chat) pairs that pass the gate."""
    found: set[tuple[int, int]] = set()
    everybody = list(people)
    for start in range(0, len(everybody), GROUPS):
        parts = [
            select(literal(person.id).label("user"), Chat.id).where(
                Chat.id.in_(chat_ids), visible_to(person, without_role)
            )
            for person in everybody[start : start + GROUPS]
        ]
        found.update((int(user), int(chat)) for user, chat in await tx.execute(union_all(*parts)))
    return frozenset(found)


async def last_messages(tx: Transaction, chat_ids: Collection[int]) -> dict[int, int]:
    rows = await tx.execute(select(Chat.id, Chat.last_message_id).where(Chat.id.in_(chat_ids)))
    return {chat_id: last or 0 for chat_id, last in rows}


async def told(tx: Transaction, chat_ids: Collection[int]) -> dict[tuple[int, int], Told]:
    """By (chat, device)."""
    rows = await tx.execute(select(PushCall.__table__).where(PushCall.chat_id.in_(chat_ids)))
    return {(row.chat_id, row.device_id): Told(row.message_id, row.at, row.tries) for row in rows}


async def note_tries(tx: Transaction, tries: Mapping[tuple[int, int], Told]) -> None:
    """A device or a chat that is gone meanwhile is left out."""
    chats = await _there(tx, Chat.id, [chat for chat, _ in tries])
    devices = await _there(tx, PushDevice.id, [device for _, device in tries])
    rows = [
        {"chat_id": chat, "device_id": device, **each._asdict()}
        for (chat, device), each in tries.items()
        if chat in chats and device in devices
    ]
    if rows:
        await tx.execute(upsert(tx.dialect, PushCall, ("chat_id", "device_id"), ("message_id", "at", "tries")), rows)


async def _there(tx: Transaction, column: Any, ids: Sequence[int]) -> frozenset[int]:
    return frozenset((await tx.execute(select(column).where(column.in_(set(ids))))).scalars())


async def _cursor(tx: Transaction) -> int:
    found = (await tx.execute(select(Counter.value).where(Counter.name == COUNTER))).scalar_one_or_none()
    return -1 if found is None else int(found)
