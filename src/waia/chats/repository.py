"""Loads and saves chats and their messages; every query is for many at once."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from waia.accounts.models import Role
from waia.chats.models import (
    BotSession,
    CapturedAnswer,
    Chat,
    ChatMove,
    ChatRole,
    DecisionRow,
    Message,
    Reaction,
)
from waia.chats.record import ChatRecord
from waia.chats.search.index_repository import index_messages, reindex_messages
from waia.kit.db import Transaction
from waia.kit.prepared import Prepared
from waia.kit.sql import insert_ignore, table_of, upsert

KEYS = ("id", "phone_number_id", "contact_id")
FIELDS = tuple(name for name in ChatRecord.__dataclass_fields__ if name not in {"dirty", "stood"})
STATE_FIELDS = tuple(name for name in FIELDS if name not in (*KEYS, "version"))
MOST_EDITS = 10
LONGEST_ROLES = 88  # no key of ten digits more fits into the column
_CHAT = table_of(Chat)
_COLUMNS = [_CHAT.c[name] for name in FIELDS]


async def load_chats(tx: Transaction, ids: Iterable[int]) -> dict[int, ChatRecord]:
    """Lock and load; in the order of ids, so that two transactions cannot wait for each other."""
    rows = await tx.rows(_BY_ID, {"ids": sorted(set(ids))})
    return {row.id: ChatRecord(*row) for row in rows}


async def chats_of(tx: Transaction, pairs: Iterable[tuple[str, int]]) -> dict[tuple[str, int], ChatRecord]:
    """The chats of these (our number id, contact) pairs; those that do not exist yet are missing."""
    wanted = set(pairs)
    if not wanted:
        return {}
    numbers, contacts = (sorted(set(each)) for each in zip(*wanted, strict=True))
    rows = await tx.rows(_BY_CONTACT, {"numbers": numbers, "contacts": contacts})
    found = {(row.phone_number_id, row.contact_id): ChatRecord(*row) for row in rows}
    return {pair: chat for pair, chat in found.items() if pair in wanted}


async def open_chats(
    tx: Transaction, pairs: Iterable[tuple[str, int]], numeros: dict[int, str | None], now: datetime
) -> dict[tuple[str, int], ChatRecord]:
    """The chats of these pairs, made where there was none."""
    wanted = sorted(set(pairs))
    found = await chats_of(tx, wanted)
    missing = [pair for pair in wanted if pair not in found]
    if not missing:
        return found
    rows: list[dict[str, Any]] = [
        {
            "phone_number_id": pnid,
            "contact_id": contact,
            "numero": numeros.get(contact),
            "last_message_at": now,
            "bot_memory": {},
        }
        for pnid, contact in missing
    ]
    await tx.change(_OPEN, rows)
    return await chats_of(tx, wanted)


async def save_chats(tx: Transaction, chats: Iterable[ChatRecord], now: datetime | None = None) -> None:
    """Write back what changed, and tell the open pages. Who may have given a chat to somebody says when: `now`."""
    rows: list[dict[str, Any]] = []
    moves: list[dict[str, Any]] = []
    for chat in chats:
        if chat.dirty:
            rows.append({"chat": chat.id, **{f"_{name}": getattr(chat, name) for name in STATE_FIELDS}})
            moves += [_move(chat, what, now) for what in chat.moves()]
            tx.announce("chat_changed", chat.id)
            chat.dirty, chat.stood = False, chat.standing
    if rows:
        await tx.change(_SAVE, rows)
    if moves:
        await tx.change(_MOVE, moves)


def _move(chat: ChatRecord, what: str, now: datetime | None) -> dict[str, Any]:
    """A chat is reopened by the message that came, not before it, whatever Meta's clock says."""
    assert now is not None, "who gives a chat to somebody else says when"
    at = max(now, chat.last_message_at) if what == "reopened" else now
    return {"chat_id": chat.id, "at": at, "what": what, "user_id": chat.owner_id}


async def add_messages(tx: Transaction, rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Insert messages; their ids by public id. A message whose wamid exists already is left out of the answer."""
    if not rows:
        return {}
    roles = await _roles_now(tx, {row["chat_id"] for row in rows})
    for row in rows:
        row["roles_then"] = roles.get(row["chat_id"], "")
    await tx.change(_ADD, rows)
    found = await tx.rows(_IDS, {"public_ids": [row["public_id"] for row in rows]})
    ids = {public_id: message_id for message_id, public_id in found}
    new = [{**row, "id": ids[row["public_id"]]} for row in rows if row["public_id"] in ids]
    for row in new:
        tx.announce("message_added", row["chat_id"], str(row["id"]))
    await index_messages(tx, new)
    return ids


async def _roles_now(tx: Transaction, chat_ids: Iterable[int]) -> dict[int, str]:
    """The roles that chats carry, as messages keep them: `,3,7,`. A chat without any is missing."""
    found: dict[int, str] = {}
    for chat_id, role_id in await tx.rows(_ROLES, {"chats": sorted(chat_ids)}):
        before = found.get(chat_id, ",")
        if len(before) < LONGEST_ROLES:
            found[chat_id] = f"{before}{role_id},"
    return found


async def messages_to_decide(tx: Transaction, ids: Sequence[int]) -> dict[int, list[Any]]:
    """Messages by chat, each chat's in the order of Meta's time and arrival."""
    by_chat: dict[int, list[Any]] = {}
    if ids:
        for row in await tx.rows(_TO_DECIDE, {"ids": sorted(set(ids))}):
            by_chat.setdefault(row.chat_id, []).append(row)
    for messages in by_chat.values():
        messages.sort(key=lambda row: (row.timestamp, row.id))
    return by_chat


async def rules_of_messages(tx: Transaction, wamids: Sequence[str]) -> dict[str, int | None]:
    """Which rule sent the messages with these ids of Meta's."""
    if not wamids:
        return {}
    rows = await tx.execute(select(Message.wamid, Message.rule_id).where(Message.wamid.in_(wamids)))
    return {row.wamid: row.rule_id for row in rows}


async def captured_by(tx: Transaction, chat_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    captured: dict[int, dict[str, str]] = {chat_id: {} for chat_id in chat_ids}
    if chat_ids:
        for row in await tx.rows(_CAPTURED, {"chats": list(chat_ids)}):
            captured[row.chat_id][row.name] = row.value
    return captured


async def save_captured(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """Rows hold `chat_id`, `name`, `value`, `at`; one that exists is replaced."""
    if rows:
        await tx.change(_CAPTURE, rows)


async def save_decisions(
    tx: Transaction,
    rows: Sequence[dict[str, Any]],
    messages: dict[str, list[int]],
    unmatched: Collection[str] = (),
) -> None:
    """Keep the reasons, and link each decided message (ids by turn key) to its decision.

    `unmatched` are the turns that no rule knew an answer to.
    """
    if not rows:
        return
    await tx.change(_KEEP_REASON, rows)
    found = await tx.rows(_DECISION_IDS, {"keys": [row["turn_key"] for row in rows]})
    links = [
        {"m": message, "d": decision, "u": key in unmatched}
        for decision, key in found
        for message in messages.get(key, ())
    ]
    if links:
        await tx.change(_LINK, links)


async def add_chat_roles(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await tx.change(_ADD_ROLE, rows)
        await tx.change(_CARRIES_ROLE, [{"chat": row["chat_id"]} for row in rows])


async def start_sessions(tx: Transaction, ended: dict[int, str], now: datetime) -> None:
    """Close the open sessions of these chats, if any, for the reason given, and begin new ones."""
    for reason in sorted(set(ended.values())):
        await end_sessions(tx, [chat_id for chat_id, why in ended.items() if why == reason], now, reason)
    if ended:
        await tx.change(_NEW_SESSION, [{"chat_id": chat_id, "started_at": now} for chat_id in ended])


async def end_sessions(tx: Transaction, chat_ids: Sequence[int], now: datetime, reason: str) -> None:
    if chat_ids:
        await tx.change(_END_SESSIONS, {"chats": list(chat_ids), "now": now, "reason": reason})


async def reopen_sessions(tx: Transaction, chat_ids: Sequence[int]) -> None:
    """The newest session of each chat goes on: what ended it was taken back."""
    newest = select(func.max(_SESSION.c.id)).where(_SESSION.c.chat_id.in_(chat_ids)).group_by(_SESSION.c.chat_id)
    ids = list((await tx.execute(newest)).scalars())
    await tx.execute(update(_SESSION).where(_SESSION.c.id.in_(ids)).values(ended_at=None, end_reason=""))


async def set_reaction(tx: Transaction, row: dict[str, Any]) -> None:
    await tx.execute(upsert(tx.dialect, Reaction, ("wamid", "author"), ("emoji", "at")), row)


async def remove_reaction(tx: Transaction, wamid: str, author: str) -> None:
    await tx.execute(delete(Reaction).where(Reaction.wamid == wamid, Reaction.author == author))


async def change_message(tx: Transaction, wamid: str, values: dict[str, Any]) -> None:
    """Change the message with this id of Meta's, if we have it, and tell the open pages."""
    row = (await tx.execute(select(Message.id, Message.chat_id).where(Message.wamid == wamid))).one_or_none()
    if row is None:
        return
    if values:
        await tx.execute(update(Message).where(Message.id == row.id).values(**values))
        await reindex_messages(tx, [row.id])
    tx.announce("message_changed", row.chat_id, str(row.id))


async def edit_message(tx: Transaction, wamid: str, text: str | None, at: datetime) -> None:
    """The new text instead of the old one, which is kept: what was answered to must stay readable."""
    found = await tx.execute(select(Message.text, Message.details).where(Message.wamid == wamid))
    row = found.one_or_none()
    if row is None:
        return
    details = dict(row.details) if isinstance(row.details, dict) else {}
    if row.text and row.text != text:
        earlier = details.get("earlier")
        details["earlier"] = [*(earlier if isinstance(earlier, list) else []), row.text][-MOST_EDITS:]
    await change_message(tx, wamid, {"text": text, "edited_at": at, "details": details})


async def messages_of_client(tx: Transaction, user_id: int, client_ids: Sequence[str]) -> list[int]:
    """The messages that this agent already sent under these ids of the browser's, in order."""
    mine = Message.user_id == user_id
    found = await tx.execute(select(Message.id).where(mine, Message.client_id.in_(client_ids)).order_by(Message.id))
    return list(found.scalars())


async def chats_due(tx: Transaction, column: str, now: datetime, limit: int) -> list[int]:
    """Ids of chats whose timer (`idle_at` or `resume_at`) ran out."""
    timer = _CHAT.c[column]
    return list((await tx.execute(select(_CHAT.c.id).where(timer <= now).order_by(timer).limit(limit))).scalars())


async def untouched_chats(tx: Transaction, before: datetime, limit: int) -> list[int]:
    """What `ChatRecord.is_untouched_since` says, the oldest first, along the index of the list."""
    quiet = _CHAT.c.last_activity.is_(None) | (_CHAT.c.last_activity < before)
    old = select(_CHAT.c.id).where(_CHAT.c.archived_at.is_(None), _CHAT.c.last_message_at < before)
    old = old.where(_CHAT.c.unanswered_since.is_(None), quiet).order_by(_CHAT.c.last_message_at).limit(limit)
    return list((await tx.execute(old)).scalars())


async def role_ids(tx: Transaction, keywords: set[str]) -> dict[str, int]:
    """Role ids by keyword in lower case; unknown keywords are missing."""
    wanted = {keyword.strip().lower() for keyword in keywords if keyword}
    if not wanted:
        return {}
    rows = await tx.execute(select(func.lower(Role.keyword), Role.id).where(func.lower(Role.keyword).in_(wanted)))
    return {row[0]: row[1] for row in rows}


async def last_inbound(tx: Transaction, chat_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Our number and the customer's newest message (Meta's id) of each chat that has one."""
    wanted = _CHAT.c.id.in_(set(chat_ids)) & _CHAT.c.last_inbound_wamid.is_not(None)
    rows = await tx.execute(select(_CHAT.c.id, _CHAT.c.phone_number_id, _CHAT.c.last_inbound_wamid).where(wanted))
    return {row.id: (row.phone_number_id, row.last_inbound_wamid) for row in rows}


async def prune_decisions(tx: Transaction, before: datetime) -> None:
    await tx.execute(delete(DecisionRow).where(DecisionRow.at < before))


async def is_inbound(tx: Transaction, message_id: int) -> bool:
    """Whether a customer said it; False when it is gone."""
    found = await tx.execute(select(Message.direction).where(Message.id == message_id))
    return bool(found.scalar_one_or_none() == "in")


async def fill_message(tx: Transaction, wamid: str, values: dict[str, Any]) -> int | None:
    """Complete a placeholder of the imported history with its real content; its id, None when there is none."""
    placeholder = (Message.wamid == wamid) & (Message.kind == "media_placeholder")
    message_id: int | None = (await tx.execute(select(Message.id).where(placeholder))).scalar_one_or_none()
    if message_id is not None:
        await tx.execute(update(Message).where(Message.id == message_id).values(**values))
        await reindex_messages(tx, [message_id])
    return message_id


_BY_ID = Prepared(
    select(*_COLUMNS).where(_CHAT.c.id.in_(bindparam("ids", expanding=True))).order_by(_CHAT.c.id).with_for_update()
)
_BY_CONTACT = Prepared(
    select(*_COLUMNS)
    .where(
        _CHAT.c.phone_number_id.in_(bindparam("numbers", expanding=True)),
        _CHAT.c.contact_id.in_(bindparam("contacts", expanding=True)),
    )
    .order_by(_CHAT.c.id)
    .with_for_update()
)
_OPEN = Prepared(lambda dialect: insert_ignore(dialect, Chat))
_ADD = Prepared(lambda dialect: insert_ignore(dialect, Message))
_CAPTURE = Prepared(lambda dialect: upsert(dialect, CapturedAnswer, ("chat_id", "name"), ("value", "at")))
_KEEP_REASON = Prepared(lambda dialect: insert_ignore(dialect, DecisionRow))
_ADD_ROLE = Prepared(lambda dialect: insert_ignore(dialect, ChatRole))
_CARRIES_ROLE = Prepared(update(_CHAT).where(_CHAT.c.id == bindparam("chat")).values(carries_role=True))
_SAVE = Prepared(
    update(_CHAT)
    .where(_CHAT.c.id == bindparam("chat"))
    .values(**{name: bindparam(f"_{name}") for name in STATE_FIELDS}, version=_CHAT.c.version + 1)
)
_IDS = Prepared(
    select(Message.id, Message.public_id).where(Message.public_id.in_(bindparam("public_ids", expanding=True)))
)
_TO_DECIDE = Prepared(
    select(
        Message.id,
        Message.chat_id,
        Message.kind,
        Message.text,
        Message.timestamp,
        Message.details,
        Message.quoted_wamid,
    ).where(Message.id.in_(bindparam("ids", expanding=True)))
)
_CAPTURED = Prepared(
    select(CapturedAnswer.chat_id, CapturedAnswer.name, CapturedAnswer.value).where(
        CapturedAnswer.chat_id.in_(bindparam("chats", expanding=True))
    )
)
_DECISION_IDS = Prepared(
    select(DecisionRow.id, DecisionRow.turn_key).where(DecisionRow.turn_key.in_(bindparam("keys", expanding=True)))
)
_SESSION = table_of(BotSession)
_NEW_SESSION = Prepared(insert(_SESSION))
_END_SESSIONS = Prepared(
    update(_SESSION)
    .where(_SESSION.c.chat_id.in_(bindparam("chats", expanding=True)), _SESSION.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"), end_reason=bindparam("reason"))
)
_LINK = Prepared(
    update(table_of(Message))
    .where(Message.id == bindparam("m"))
    .values(decision_id=bindparam("d"), unmatched=bindparam("u"))
)
_MOVE = Prepared(insert(table_of(ChatMove)))
_ROLES = Prepared(
    select(ChatRole.chat_id, ChatRole.role_id)
    .where(ChatRole.chat_id.in_(bindparam("chats", expanding=True)))
    .order_by(ChatRole.chat_id, ChatRole.role_id)
)
