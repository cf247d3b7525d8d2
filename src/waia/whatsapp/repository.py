"""Stores what a webhook brought, each item once, and reads it back for the workers."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, delete, func, insert, select, update

from waia.kit import queue
from waia.kit.db import Transaction
from waia.kit.prepared import Prepared
from waia.kit.sql import insert_ignore, table_of
from waia.whatsapp.alerts_repository import raise_alert
from waia.whatsapp.items import Item, ItemKind
from waia.whatsapp.models import InboxItem, RawWebhook, SeenItem

INBOX = "inbox"
KEYS_PER_QUERY = 500


@dataclass(frozen=True, slots=True)
class Waiting:
    """An item of the inbox that waits for its worker."""

    id: int
    lane: str
    kind: ItemKind
    phone_number_id: str
    payload: bytes
    received_at: datetime
    attempts: int


async def store_items(tx: Transaction, items: Iterable[Item], now: datetime) -> int:
    """Put items that were never seen into the inbox; the number of them. Repeats change nothing."""
    first = {item.dedupe_key: item for item in reversed(list(items))}
    if not first:
        return 0
    won = await _claim_keys(tx, sorted(first), now)
    new = [item for key, item in reversed(first.items()) if key in won]
    if new:
        await tx.change(_ADD, [_row(item, now) for item in new])
        await queue.push(tx, INBOX, ((item.lane_key, now) for item in new))
    return len(new)


async def keep_raw(tx: Transaction, body: bytes, note: str, now: datetime) -> None:
    """Keep a body that could not be read, and tell the admins."""
    await tx.execute(insert(RawWebhook).values(received_at=now, note=note, body=zlib.compress(body)))
    await raise_alert(tx, now=now, kind=note, text="", raw=b"", severity="warning")


async def waiting_in(tx: Transaction, lanes: Sequence[str], limit: int) -> list[Waiting]:
    """The first ready items of these lanes, in order of arrival."""
    rows = await tx.rows(_WAITING, {"lanes": list(lanes), "limit": limit})
    return [Waiting(row.id, row.lane, ItemKind(row.kind), *row[3:]) for row in rows]


async def remove_items(tx: Transaction, ids: Sequence[int]) -> None:
    for chunk in _chunks(list(ids)):
        await tx.change(_REMOVE, {"ids": chunk})


async def note_failure(tx: Transaction, item_id: int, error: str, *, dead: bool) -> None:
    """Count a failed try; a dead item stays as a dead letter and no longer blocks its lane."""
    await tx.execute(
        update(InboxItem)
        .where(InboxItem.id == item_id)
        .values(attempts=InboxItem.attempts + 1, last_error=error[:255], state="dead" if dead else "ready")
    )


async def backlog(tx: Transaction) -> tuple[int, datetime | None]:
    """How many items wait, and since when the oldest does."""
    (row,) = await tx.rows(_BACKLOG)
    return int(row[0]), row[1]


async def prune(tx: Transaction, before: datetime) -> None:
    """Forget what Meta cannot repeat any more; ids of messages (bare keys) are kept for good."""
    prefixes = [SeenItem.key.startswith(prefix) for prefix in ("s:", "c:", "e:", "h:")]
    for prefix in prefixes:
        await tx.execute(delete(SeenItem).where(SeenItem.seen_at < before, prefix))
    await tx.execute(delete(RawWebhook).where(RawWebhook.received_at < before))


async def _claim_keys(tx: Transaction, keys: list[str], now: datetime) -> set[str]:
    """Write the keys down; those that this transaction was the first to write. Sorted, so that two cannot deadlock."""
    token = uuid4().hex
    rows = [{"key": key, "seen_at": now, "ingress": token} for key in keys]
    if (await tx.change(_SEEN, rows)).count == len(rows):
        return set(keys)
    won: set[str] = set()
    for chunk in _chunks(keys):
        won.update(row.key for row in await tx.rows(_WON, {"keys": chunk, "token": token}))
    return won


def _row(item: Item, now: datetime) -> dict[str, object]:
    return {
        "lane": item.lane_key,
        "kind": str(item.kind),
        "phone_number_id": (item.phone_number_id or "")[:40],
        "dedupe_key": item.dedupe_key,
        "payload": item.payload,
        "received_at": now,
    }


def _chunks(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), KEYS_PER_QUERY):
        yield values[start : start + KEYS_PER_QUERY]


_SEEN = Prepared(lambda dialect: insert_ignore(dialect, SeenItem))
_ADD = Prepared(insert(table_of(InboxItem)))
_WON = Prepared(
    select(SeenItem.key).where(
        SeenItem.key.in_(bindparam("keys", expanding=True)), SeenItem.ingress == bindparam("token")
    )
)
_WAITING = Prepared(
    select(
        InboxItem.id,
        InboxItem.lane,
        InboxItem.kind,
        InboxItem.phone_number_id,
        InboxItem.payload,
        InboxItem.received_at,
        InboxItem.attempts,
    )
    # Not `== "ready"`: SQLite would go through all that waits, by the index of that column.
    .where(InboxItem.lane.in_(bindparam("lanes", expanding=True)), InboxItem.state != "dead")
    .order_by(InboxItem.id)
    .limit(bindparam("limit"))
)
_REMOVE = Prepared(delete(InboxItem).where(InboxItem.id.in_(bindparam("ids", expanding=True))))
_OLDEST = select(InboxItem.received_at).where(InboxItem.state == "ready").order_by(InboxItem.id).limit(1)
_BACKLOG = Prepared(select(func.count(), _OLDEST.scalar_subquery()).where(InboxItem.state == "ready"))
