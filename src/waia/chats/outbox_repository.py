"""The outbox in SQL: what waits, what is on its way, and how each send ended."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import bindparam, case, delete, func, insert, or_, select, update

from waia.chats.delivery_state import DeliveryState
from waia.chats.metrics import DOUBLES
from waia.chats.models import Chat, Message, OutboxItem, StatusOrphan
from waia.kit import queue
from waia.kit.db import Transaction
from waia.kit.events import Counter
from waia.kit.prepared import Prepared
from waia.kit.sql import insert_ignore, table_of

OUTBOX = "outbox"
OPEN_STATES = ("queued", "sending", "uncertain")


@dataclass(frozen=True, slots=True)
class Pending:
    """An item of a lane that is not finished: waiting, on its way, or of unknown outcome."""

    id: int
    public_id: str
    chat_id: int
    phone_number_id: str
    origin: str
    payload: str
    address_to: str
    address_recipient: str
    quoted_wamid: str | None
    state: str
    attempts: int
    resends: int
    available_at: datetime
    uncertain_since: datetime | None
    window_ends_at: datetime | None
    pair_tokens: float
    pair_tokens_at: datetime | None
    created_at: datetime | None = None


async def add_items(tx: Transaction, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    if rows:
        await tx.change(_ADD, rows)
        await queue.push(tx, OUTBOX, ((str(row["chat_id"]), now) for row in rows))


async def wake_lane(tx: Transaction, chat_id: int, real_now: datetime) -> None:
    """Look at this chat's messages now: what the next one waited for is known."""
    await wake_lanes(tx, [chat_id], real_now)


async def wake_lanes(tx: Transaction, chat_ids: Iterable[int], real_now: datetime) -> None:
    await queue.push(tx, OUTBOX, ((str(chat_id), real_now) for chat_id in chat_ids))


async def pending_of(tx: Transaction, chat_ids: Iterable[int]) -> dict[int, list[Pending]]:
    """Unfinished items of these chats, each chat's in order."""
    pending: dict[int, list[Pending]] = {chat_id: [] for chat_id in chat_ids}
    for row in await tx.rows(_PENDING, {"chats": sorted(pending), "states": list(OPEN_STATES)}):
        pending[row.chat_id].append(Pending(*row))
    return pending


async def mark_sending(tx: Transaction, ids: Sequence[int], now: datetime) -> Collection[int]:
    """Those that still waited: a status may have settled one since it was read. The caller holds their lanes."""
    if not ids or (await tx.change(_SENDING, {"ids": list(ids), "now": now})).count == len(ids):
        return ids
    marked = select(OutboxItem.id).where(OutboxItem.id.in_(ids), OutboxItem.state == "sending")
    return set((await tx.execute(marked)).scalars())


async def unmark_sending(tx: Transaction, chat_ids: Sequence[int]) -> None:
    """For who holds the lanes of these chats and knows that nothing was asked of Meta yet."""
    marked = (OutboxItem.chat_id.in_(chat_ids), OutboxItem.state == "sending")
    await tx.execute(update(OutboxItem).where(*marked).values(state="queued", attempts=OutboxItem.attempts - 1))


async def spend_pair_tokens(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await tx.change(_SPEND, rows)


async def record_sent(tx: Transaction, sent: Sequence[dict[str, Any]]) -> None:
    """`public_id` → `wamid`. A status that came earlier is not lowered, nor is a failure taken back.

    A repeat that still waits is called off: the first try arrived.
    """
    if sent:
        rows = [{"p": row["public_id"], "w": row["wamid"]} for row in sent]
        await tx.change(_SENT_ITEM, rows)
        await tx.change(_SENT_MESSAGE, rows)


async def flag_second_sends(tx: Transaction, sent: Sequence[dict[str, Any]]) -> int:
    """These were accepted (`public_id`, `wamid`); how many of them are on record with another id, so went out twice."""
    if not sent:
        return 0
    flagged = await tx.change(_FLAG_OTHER, [{"p": row["public_id"], "w": row["wamid"]} for row in sent])
    tx.count(partial(DOUBLES.add, by=flagged.count))
    return flagged.count


async def record_requeued(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """Surely not sent: wait until `available_at`. Rows hold `public_id`, `available_at`, `error`."""
    if rows:
        await tx.change(_REQUEUE, [{"p": r["public_id"], "at": r["available_at"], "e": r["error"][:500]} for r in rows])


async def record_uncertain(tx: Transaction, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    if rows:
        values = [{"p": row["public_id"], "e": row["error"][:500], "now": now} for row in rows]
        await tx.change(_UNCERTAIN_ITEM, values)
        await tx.change(_UNCERTAIN_MESSAGE, [{"p": row["p"], "e": row["e"]} for row in values])


async def record_failed(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """Refused for good. Rows hold `public_id`, `code`, `error`."""
    if rows:
        values = [{"p": row["public_id"], "c": row["code"], "e": row["error"][:500]} for row in rows]
        await tx.change(_FAILED_ITEM, [{"p": row["p"], "e": row["e"]} for row in values])
        await tx.change(_FAILED_MESSAGE, values)


async def messages_by_public_id(tx: Transaction, public_ids: Sequence[str]) -> dict[str, Any]:
    """Message id, chat and state by public id."""
    if not public_ids:
        return {}
    rows = await tx.rows(_MESSAGES, {"ids": list(public_ids)})
    return {row.public_id: row for row in rows}


async def chats_with_queued(tx: Transaction, chat_ids: Sequence[int]) -> set[int]:
    return {row.chat_id for row in await tx.rows(_QUEUED, {"chats": list(chat_ids)})}


async def cancel_bot_items(tx: Transaction, chat_ids: Collection[int]) -> None:
    """A person or the queue took the chats: what the bot still wanted to say is not said."""
    waiting = select(OutboxItem.public_id).where(
        OutboxItem.chat_id.in_(chat_ids),
        OutboxItem.origin == "bot",
        OutboxItem.state == "queued",
        OutboxItem.resends == 0,
    )
    public_ids = list((await tx.execute(waiting)).scalars())
    if not public_ids:
        return
    await tx.execute(update(OutboxItem).where(OutboxItem.public_id.in_(public_ids)).values(state="cancelled"))
    await tx.execute(
        update(Message).where(Message.public_id.in_(public_ids)).values(status=int(DeliveryState.CANCELLED))
    )
    for row in (await messages_by_public_id(tx, public_ids)).values():
        tx.announce("message_changed", row.chat_id, str(row.id))


async def uncertain_items(tx: Transaction, limit: int = 500) -> list[Any]:
    rows = await tx.execute(
        select(
            OutboxItem.id,
            OutboxItem.public_id,
            OutboxItem.chat_id,
            OutboxItem.origin,
            OutboxItem.resends,
            OutboxItem.healthy_ms,
        )
        .where(OutboxItem.state == "uncertain")
        .order_by(OutboxItem.id)
        .limit(limit)
    )
    return list(rows)


async def uncounted_time(tx: Transaction, now: datetime) -> timedelta:
    """The time since any process counted last, once: for whoever counts at the same moment nothing is left."""
    now_ms = round(now.timestamp() * 1000)
    before: int | None = (await tx.execute(_COUNTED)).scalar_one_or_none()
    if before is None:
        await tx.execute(insert_ignore(tx.dialect, Counter), [{"name": HEALTHY_TIME, "value": now_ms}])
        return timedelta()
    await tx.execute(_COUNT, {"to": now_ms})
    return timedelta(milliseconds=max(now_ms - before, 0))


async def add_healthy_time(tx: Transaction, ids: Sequence[int], ms: int) -> None:
    if ids:
        await tx.execute(update(OutboxItem).where(OutboxItem.id.in_(ids)).values(healthy_ms=OutboxItem.healthy_ms + ms))


async def send_again(tx: Transaction, public_id: str, now: datetime, *, resend: bool) -> bool:
    """Back into the queue: after a failure, or (`resend`) although the first try may have arrived.

    False when it is no failure or no doubt any more: a status or somebody else was faster.
    """
    waiting: dict[str, Any] = {"state": "queued", "available_at": now, "healthy_ms": 0}
    waiting |= {"uncertain_since": None, "last_error": ""}
    waiting |= {"resends": OutboxItem.resends + 1} if resend else {"wamid": None}
    still = OutboxItem.state == "uncertain" if resend else _failed_for_now()
    if not (
        await tx.execute(update(OutboxItem).where(OutboxItem.public_id == public_id, still).values(**waiting))
    ).rowcount:
        return False
    shown: dict[str, Any] = {"status": int(DeliveryState.QUEUED), "error_code": None, "error_text": ""}
    shown |= {} if resend else {"wamid": None}
    await tx.execute(update(Message).where(Message.public_id == public_id).values(**shown))
    chat_id = (await tx.execute(select(OutboxItem.chat_id).where(OutboxItem.public_id == public_id))).scalar_one()
    await wake_lane(tx, chat_id, now)
    return True


def _failed_for_now() -> Any:
    """Refused at once, or accepted and failed later by a status."""
    failed = select(Message.id).where(
        Message.public_id == OutboxItem.public_id, Message.status == int(DeliveryState.FAILED)
    )
    return OutboxItem.state.in_(("failed", "sent")) & failed.exists()


async def cancel(tx: Transaction, public_id: str) -> None:
    await tx.execute(update(OutboxItem).where(OutboxItem.public_id == public_id).values(state="cancelled"))
    await tx.execute(update(Message).where(Message.public_id == public_id).values(status=int(DeliveryState.CANCELLED)))


async def outbox_of_message(tx: Transaction, message_id: int) -> Any:
    """The outbox row behind a message, or None."""
    rows = await tx.execute(
        select(
            OutboxItem.public_id,
            OutboxItem.chat_id,
            OutboxItem.state,
            OutboxItem.payload,
            Message.id.label("message_id"),
            Message.status,
        )
        .join(Message, Message.public_id == OutboxItem.public_id)
        .where(Message.id == message_id)
    )
    return rows.one_or_none()


async def sent_messages(tx: Transaction, wamids: Sequence[str]) -> dict[str, Any]:
    """Our outgoing messages by Meta's id, each with the state of its outbox row (None when that is gone)."""
    rows = await tx.rows(_BY_WAMID, {"wamids": list(wamids)})
    return {row.wamid: row for row in rows}


async def items_by_opaque(tx: Transaction, opaques: Sequence[str]) -> dict[str, Any]:
    if not opaques:
        return {}
    rows = await tx.rows(_BY_OPAQUE, {"ids": list(opaques)})
    return {row.public_id: row for row in rows}


async def raise_status(tx: Transaction, ranks: Mapping[int, int]) -> None:
    """Ranks by message id: only ever upwards; a failed message rises only to delivered and above."""
    for rank in sorted(set(ranks.values())):
        await tx.change(_RAISE, {"ids": [message for message, told in ranks.items() if told == rank], "r": rank})


async def fail_by_status(tx: Transaction, message_id: int, code: int | None, text: str) -> bool:
    """Meta says it failed: final only below delivered. Whether it changed anything."""
    changed = await tx.execute(
        update(Message)
        .where(
            Message.id == message_id,
            Message.status < DeliveryState.DELIVERED,
            Message.status != DeliveryState.FAILED,
        )
        .values(status=int(DeliveryState.FAILED), error_code=code, error_text=text[:500])
    )
    return bool(changed.rowcount)


async def show_status(tx: Transaction, message_ids: Sequence[int]) -> None:
    """Bring the ticks of the list up to date where the message is the last of its chat."""
    if not message_ids:
        return
    chats = [row.id for row in await tx.rows(_SHOWN, {"ids": list(message_ids)})]
    if chats:
        await tx.change(_SHOW, {"chats": chats})
    for chat_id in chats:
        tx.announce("chat_changed", chat_id)


async def park_orphans(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """Rows hold `wamid`, `rank`, `error_code`, `error_text`, `at`."""
    if rows:
        await tx.change(_PARK, rows)


async def take_orphans(tx: Transaction, wamids: Sequence[str]) -> list[Any]:
    rows = await tx.rows(_ORPHANS, {"wamids": list(wamids)}) if wamids else []
    if rows:
        await tx.execute(delete(StatusOrphan).where(StatusOrphan.wamid.in_([row.wamid for row in rows])))
    return rows


async def prune(tx: Transaction, before: datetime) -> None:
    """Forget finished sends and parked statuses that nobody will ask for any more."""
    finished = or_(OutboxItem.state == "sent", OutboxItem.state == "cancelled")
    await tx.execute(delete(OutboxItem).where(finished, OutboxItem.created_at < before))
    await tx.execute(delete(StatusOrphan).where(StatusOrphan.at < before))


async def waiting_count(tx: Transaction) -> tuple[int, datetime | None]:
    row = (
        await tx.execute(
            select(func.count(), func.min(OutboxItem.created_at)).where(OutboxItem.state.in_(("queued", "sending")))
        )
    ).one()
    return int(row[0]), row[1]


HEALTHY_TIME = "healthy_time"
_COUNTED = select(Counter.value).where(Counter.name == HEALTHY_TIME).with_for_update()
_COUNT = update(Counter).where(Counter.name == HEALTHY_TIME).values(value=bindparam("to"))
_ADD = Prepared(insert(table_of(OutboxItem)))
_QUEUED = Prepared(
    select(OutboxItem.chat_id)
    .where(OutboxItem.chat_id.in_(bindparam("chats", expanding=True)), OutboxItem.state == "queued")
    .distinct()
)
_PARK = Prepared(lambda dialect: insert_ignore(dialect, StatusOrphan))
_ORPHANS = Prepared(
    select(StatusOrphan.wamid, StatusOrphan.rank, StatusOrphan.error_code, StatusOrphan.error_text).where(
        StatusOrphan.wamid.in_(bindparam("wamids", expanding=True))
    )
)
_PENDING = Prepared(
    select(
        OutboxItem.id,
        OutboxItem.public_id,
        OutboxItem.chat_id,
        OutboxItem.phone_number_id,
        OutboxItem.origin,
        OutboxItem.payload,
        OutboxItem.address_to,
        OutboxItem.address_recipient,
        OutboxItem.quoted_wamid,
        OutboxItem.state,
        OutboxItem.attempts,
        OutboxItem.resends,
        OutboxItem.available_at,
        OutboxItem.uncertain_since,
        Chat.window_ends_at,
        Chat.pair_tokens,
        Chat.pair_tokens_at,
        OutboxItem.created_at,
    )
    .join(Chat, Chat.id == OutboxItem.chat_id)
    .where(
        OutboxItem.chat_id.in_(bindparam("chats", expanding=True)),
        OutboxItem.state.in_(bindparam("states", expanding=True)),
    )
    .order_by(OutboxItem.id)
)
_ITEM, _MESSAGE, _CHAT = table_of(OutboxItem), table_of(Message), table_of(Chat)
_SENDING = Prepared(
    update(_ITEM)
    .where(_ITEM.c.id.in_(bindparam("ids", expanding=True)), _ITEM.c.state == "queued")
    .values(state="sending", attempts=_ITEM.c.attempts + 1, request_started_at=bindparam("now"))
)
_SPEND = Prepared(
    update(_CHAT)
    .where(_CHAT.c.id == bindparam("chat"))
    .values(pair_tokens=bindparam("tokens"), pair_tokens_at=bindparam("at"))
)
# An IN list cannot be executed for many rows at once.
_OPEN = or_(_ITEM.c.state == "sending", _ITEM.c.state == "uncertain", _ITEM.c.state == "queued")
_SENT_ITEM = Prepared(
    update(_ITEM)
    .where(_ITEM.c.public_id == bindparam("p"), _OPEN)
    .values(state="sent", wamid=func.coalesce(_ITEM.c.wamid, bindparam("w")), uncertain_since=None, last_error="")
)
_SENT_MESSAGE = Prepared(
    update(_MESSAGE)
    .where(_MESSAGE.c.public_id == bindparam("p"))
    .values(
        wamid=func.coalesce(_MESSAGE.c.wamid, bindparam("w")),
        status=case(
            (_MESSAGE.c.status == int(DeliveryState.FAILED), _MESSAGE.c.status),
            (_MESSAGE.c.status < int(DeliveryState.SENT), int(DeliveryState.SENT)),
            else_=_MESSAGE.c.status,
        ),
        error_text=case((_MESSAGE.c.status == int(DeliveryState.FAILED), _MESSAGE.c.error_text), else_=""),
    )
)
_FLAG_OTHER = Prepared(
    update(_ITEM)
    .where(_ITEM.c.public_id == bindparam("p"), _ITEM.c.wamid != bindparam("w"))
    .values(possible_duplicate=True)
)
_REQUEUE = Prepared(
    update(_ITEM)
    .where(_ITEM.c.public_id == bindparam("p"), or_(_ITEM.c.state == "sending", _ITEM.c.state == "queued"))
    .values(state="queued", available_at=bindparam("at"), last_error=bindparam("e"))
)
_UNCERTAIN_ITEM = Prepared(
    update(_ITEM)
    .where(_ITEM.c.public_id == bindparam("p"), _ITEM.c.state == "sending")
    .values(state="uncertain", uncertain_since=bindparam("now"), last_error=bindparam("e"))
)
_UNCERTAIN_MESSAGE = Prepared(
    update(_MESSAGE)
    .where(
        _MESSAGE.c.public_id == bindparam("p"),
        _MESSAGE.c.status <= 0,
        _MESSAGE.c.status != DeliveryState.FAILED,
    )
    .values(status=int(DeliveryState.UNCERTAIN), error_text=bindparam("e"))
)
_FAILED_ITEM = Prepared(
    update(_ITEM).where(_ITEM.c.public_id == bindparam("p"), _OPEN).values(state="failed", last_error=bindparam("e"))
)
_FAILED_MESSAGE = Prepared(
    update(_MESSAGE)
    .where(_MESSAGE.c.public_id == bindparam("p"), _MESSAGE.c.status < int(DeliveryState.DELIVERED))
    .values(status=int(DeliveryState.FAILED), error_code=bindparam("c"), error_text=bindparam("e"))
)
_MESSAGES = Prepared(
    select(Message.public_id, Message.id, Message.chat_id, Message.status, Message.author).where(
        Message.public_id.in_(bindparam("ids", expanding=True))
    )
)
_BY_WAMID = Prepared(
    select(
        Message.wamid,
        Message.id,
        Message.chat_id,
        Message.status,
        Message.author,
        Message.public_id,
        OutboxItem.state.label("item_state"),
    )
    .outerjoin(OutboxItem, OutboxItem.public_id == Message.public_id)
    .where(Message.wamid.in_(bindparam("wamids", expanding=True)), Message.direction == "out")
)
_BY_OPAQUE = Prepared(
    select(
        OutboxItem.public_id,
        OutboxItem.state,
        OutboxItem.wamid,
        OutboxItem.resends,
        Message.id,
        Message.chat_id,
        Message.status,
        Message.author,
    )
    .join(Message, Message.public_id == OutboxItem.public_id)
    .where(OutboxItem.public_id.in_(bindparam("ids", expanding=True)))
)
_RAISE = Prepared(
    update(_MESSAGE)
    .where(
        _MESSAGE.c.id.in_(bindparam("ids", expanding=True)),
        _MESSAGE.c.status < bindparam("r"),
        or_(_MESSAGE.c.status != int(DeliveryState.FAILED), bindparam("r") >= int(DeliveryState.DELIVERED)),
    )
    .values(status=bindparam("r"))
)
# By the message's own chat: the last message of a chat has no index.
_SHOWN = Prepared(
    select(Chat.id)
    .join(Message, Message.chat_id == Chat.id)
    .where(Message.id.in_(bindparam("ids", expanding=True)), Chat.last_message_id == Message.id)
)
_SHOW = Prepared(
    update(_CHAT)
    .where(_CHAT.c.id.in_(bindparam("chats", expanding=True)))
    .values(preview_status=select(_MESSAGE.c.status).where(_MESSAGE.c.id == _CHAT.c.last_message_id).scalar_subquery())
)
