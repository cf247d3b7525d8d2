"""All SQL that keeps the roll-ups: how far they are, what a chat said and added before, and what changes by it."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import BindParameter, Table, bindparam, delete, func, insert, select, update

from waia.chats.models import Chat, ChatMove, ChatRole, Message
from waia.dashboard.counting import Key
from waia.dashboard.models import HOURS, ChatDay, ConversationRow, DailyFigure, DailyMessages, MonthlyTop, RollupState
from waia.dashboard.timeline import Carry, Moved, Said
from waia.kit.db import Transaction
from waia.kit.events import Event, last_seq
from waia.kit.prepared import Prepared
from waia.kit.sql import Changes, insert_or_change, table_of

ONLY = 1


class State(NamedTuple):
    """See `RollupState`; two are equal while nobody counted in between."""

    event_seq: int
    turn: int
    basis: str
    next_chat_id: int | None
    counted_at: datetime


class OldDay(NamedTuple):
    chat_id: int
    day: date
    counts: Counter[Key]
    tops: Counter[str]


async def state(tx: Transaction, *, lock: bool = False) -> State | None:
    """`lock`: nobody else counts until commit."""
    columns = (
        RollupState.event_seq, RollupState.turn, RollupState.basis, RollupState.next_chat_id, RollupState.counted_at
    )  # fmt: skip
    asked = select(*columns).where(RollupState.id == ONLY)
    row = (await tx.execute(asked.with_for_update() if lock else asked)).one_or_none()
    return None if row is None else State(*row)


async def store_state(tx: Transaction, new: State) -> None:
    await tx.execute(update(RollupState).where(RollupState.id == ONLY).values(**new._asdict()))


async def begin_anew(tx: Transaction, basis: str, now: datetime) -> None:
    """Forget every figure. What happens from now on is told by events, what was before by going through all chats."""
    before = await state(tx, lock=True)
    for model in (ChatDay, ConversationRow, DailyMessages, DailyFigure, MonthlyTop, RollupState):
        await tx.execute(delete(model))
    turn = before.turn + 1 if before else 1
    new = State(await last_seq(tx.connection), turn, basis, 0, now)
    await tx.execute(insert(RollupState).values(id=ONLY, **new._asdict()))


async def gap_after(tx: Transaction, seq: int) -> bool:
    """Whether events after this one are forgotten already, or the log is not the one that was followed."""
    oldest = (await tx.execute(select(func.min(Event.seq)))).scalar_one_or_none()
    last = await last_seq(tx.connection)
    return seq > last or (seq < last and (oldest is None or oldest > seq + 1))


async def next_chats(tx: Transaction, after: int, limit: int) -> list[int]:
    return list((await tx.execute(select(Chat.id).where(Chat.id > after).order_by(Chat.id).limit(limit))).scalars())


async def last_chat_id(tx: Transaction) -> int:
    return (await tx.execute(select(func.max(Chat.id)))).scalar_one() or 0


async def count_chats(tx: Transaction) -> int:
    return int((await tx.execute(select(func.count(Chat.id)))).scalar_one())


async def times_of_messages(tx: Transaction, ids: Sequence[int]) -> list[tuple[int, datetime]]:
    """(chat, when) of those that exist."""
    return [(row.chat_id, row.timestamp) for row in await tx.rows(_TIMES, {"ids": list(ids)})]


async def last_words(tx: Transaction, chat_ids: Sequence[int]) -> list[tuple[int, datetime]]:
    """When the customer, else anybody, spoke last."""
    return [
        (row.id, row.last_customer_at or row.last_message_at) for row in await tx.rows(_LAST, {"ids": list(chat_ids)})
    ]


async def carries_before(tx: Transaction, days: Mapping[int, date]) -> dict[int, Carry]:
    """By chat, where it stood at the end of the last day before this one. Who had said nothing is missing."""
    found: dict[int, Carry] = {}
    for day, chats in _by_day(days).items():
        for row in await tx.rows(_CARRIES, {"chats": chats, "day": day}):
            found[row.chat_id] = msgspec.json.decode(row.carry, type=Carry)
    return found


async def old_days(tx: Transaction, days: Mapping[int, date]) -> list[OldDay]:
    """What these chats added from their day on."""
    found: list[OldDay] = []
    for day, chats in _by_day(days).items():
        for row in await tx.rows(_OLD, {"chats": chats, "day": day}):
            counts = Counter({tuple(key): n for key, n in msgspec.json.decode(row.counts)})
            tops = tops_of(row.received, row.words, row.by_people)
            found.append(OldDay(row.chat_id, row.day, counts, tops))
    return found


def tops_of(received: int, words: int, by_people: int) -> Counter[str]:
    return Counter({"received": received, "words": words, "people": by_people})


async def said_since(tx: Transaction, starts: Mapping[int, datetime]) -> dict[int, list[Said]]:
    """By chat, its messages from this moment on."""
    found: defaultdict[int, list[Said]] = defaultdict(list)
    roles = await _roles_today(tx, list(starts))
    for start, chats in _by_day(starts).items():
        rows = await tx.rows(_SAID, {"chats": chats, "start": start})
        await asyncio.to_thread(_sort_in, rows, roles, found)  # a busy day holds ten thousand
    return found


async def moves_since(tx: Transaction, starts: Mapping[int, datetime]) -> dict[int, list[Moved]]:
    found: defaultdict[int, list[Moved]] = defaultdict(list)
    for start, chats in _by_day(starts).items():
        for row in await tx.rows(_MOVES, {"chats": chats, "start": start}):
            found[row.chat_id].append(Moved(row.at, row.what))
    return found


async def remove_days(tx: Transaction, days: Mapping[int, date]) -> None:
    """Of these chats, from their day on; conversations too."""
    for day, chats in _by_day(days).items():
        await tx.change(_REMOVE_DAYS, {"chats": chats, "day": day})
        await tx.change(_REMOVE_CONVERSATIONS, {"chats": chats, "day": day})


async def add_days(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    await tx.change_in_pieces(_ADD_DAYS, rows)


async def add_conversations(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    await tx.change_in_pieces(_ADD_CONVERSATIONS, rows)


async def add_messages(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows hold the key of `daily_messages` and what is added to each of its counters."""
    await tx.change_in_pieces(_COUNT_MESSAGES, rows)


async def add_figures(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    await tx.change_in_pieces(_COUNT_FIGURES, rows)


async def add_tops(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    await tx.change_in_pieces(_COUNT_TOPS, rows)


async def _roles_today(tx: Transaction, chat_ids: Sequence[int]) -> dict[int, str]:
    """For messages of which nobody noted the roles of their time."""
    found: dict[int, str] = {}
    for row in await tx.rows(_ROLES, {"chats": list(chat_ids)}):
        found[row.chat_id] = f"{found.get(row.chat_id, ',')}{row.role_id},"
    return found


def _sort_in(rows: Sequence[Any], roles: Mapping[int, str], found: defaultdict[int, list[Said]]) -> None:
    for row in rows:
        found[row.chat_id].append(_said(row, roles))


def _said(row: Any, roles: Mapping[int, str]) -> Said:
    return Said(
        id=row.id,
        at=row.timestamp,
        author=row.author,
        kind=row.kind,
        status=row.status,
        text=row.text or "",
        roles=roles.get(row.chat_id, "")[:100] if row.roles_then is None else row.roles_then,
        owner_id=row.owner_then or (row.user_id if row.author == "user" else 0) or 0,
        held_by=row.held_by,
        unmatched=bool(row.unmatched),
        error_code=row.error_code,
        revoked=row.revoked_at is not None,
    )


def _by_day(days: Mapping[int, Any]) -> dict[Any, list[int]]:
    """Chats by what they share, some hundreds at once."""
    shared: dict[Any, list[int]] = {}
    for chat_id, day in days.items():
        shared.setdefault(day, []).append(chat_id)
    return shared


def _adding(columns: Collection[str]) -> Any:
    def changes(table: Table, new: Any) -> Changes:
        return {table.c[name]: table.c[name] + new[name] for name in columns}

    return changes


_CHATS: BindParameter[Any] = bindparam("chats", expanding=True)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_DAYS, _TALKS, _MOVED = table_of(ChatDay), table_of(ConversationRow), table_of(ChatMove)
_TIMES = Prepared(select(Message.chat_id, Message.timestamp).where(Message.id.in_(_IDS)))
_LAST = Prepared(select(Chat.id, Chat.last_customer_at, Chat.last_message_at).where(Chat.id.in_(_IDS)))
_LATEST = (
    select(_DAYS.c.chat_id, func.max(_DAYS.c.day).label("day"))
    .where(_DAYS.c.chat_id.in_(_CHATS), _DAYS.c.day < bindparam("day"))
    .group_by(_DAYS.c.chat_id)
    .subquery()
)
_CARRIES = Prepared(
    select(_DAYS.c.chat_id, _DAYS.c.carry).join(
        _LATEST, (_LATEST.c.chat_id == _DAYS.c.chat_id) & (_LATEST.c.day == _DAYS.c.day)
    )
)
_OLD = Prepared(
    select(
        _DAYS.c.chat_id, _DAYS.c.day, _DAYS.c.counts, _DAYS.c.received, _DAYS.c.words, _DAYS.c.by_people
    ).where(_DAYS.c.chat_id.in_(_CHATS), _DAYS.c.day >= bindparam("day"))
)  # fmt: skip
_SAID = Prepared(
    select(
        Message.id, Message.chat_id, Message.timestamp, Message.author, Message.kind, Message.status, Message.text,
        Message.roles_then, Message.owner_then, Message.user_id, Message.held_by, Message.unmatched,
        Message.error_code, Message.revoked_at,
    ).where(Message.chat_id.in_(_CHATS), Message.timestamp >= bindparam("start"))
)  # fmt: skip
_MOVES = Prepared(
    select(_MOVED.c.chat_id, _MOVED.c.at, _MOVED.c.what)
    .where(_MOVED.c.chat_id.in_(_CHATS), _MOVED.c.at >= bindparam("start"))
    .order_by(_MOVED.c.id)
)
_ROLES = Prepared(
    select(ChatRole.chat_id, ChatRole.role_id)
    .where(ChatRole.chat_id.in_(_CHATS))
    .order_by(ChatRole.chat_id, ChatRole.role_id)
)
_REMOVE_DAYS = Prepared(delete(_DAYS).where(_DAYS.c.chat_id.in_(_CHATS), _DAYS.c.day >= bindparam("day")))
_REMOVE_CONVERSATIONS = Prepared(delete(_TALKS).where(_TALKS.c.chat_id.in_(_CHATS), _TALKS.c.day >= bindparam("day")))
_ADD_DAYS = Prepared(insert(_DAYS))
_ADD_CONVERSATIONS = Prepared(insert(_TALKS))
_COUNT_MESSAGES = Prepared(
    lambda dialect: insert_or_change(
        dialect,
        DailyMessages,
        ("day", "roles", "owner_id", "author", "kind"),
        _adding((*HOURS, "messages", "words")),
        name="add",
    )
)
_COUNT_FIGURES = Prepared(
    lambda dialect: insert_or_change(
        dialect, DailyFigure, ("figure", "day", "roles", "owner_id", "term"), _adding(("n",)), name="add"
    )
)
_COUNT_TOPS = Prepared(
    lambda dialect: insert_or_change(dialect, MonthlyTop, ("figure", "month", "term"), _adding(("n",)), name="add")
)
