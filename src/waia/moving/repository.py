"""SQL that writes what is brought over: contacts without a phone, chats, aliases, messages, files, handled ids."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, insert, or_, select, update

from waia.chats.models import Alias, BotSession, Chat, ChatRole, Contact, ContactIdentity, Message
from waia.chats.search.index_repository import index_contacts, index_messages
from waia.kit.db import Transaction
from waia.kit.prepared import Prepared
from waia.kit.sql import insert_ignore, table_of
from waia.media.models import MediaFile
from waia.whatsapp.models import SeenItem

CALLED = "original"
"""The kind of identity of a contact of whom only a name of the original is known."""
_CHAT, _MESSAGE, _CONTACT = table_of(Chat), table_of(Message), table_of(Contact)
MENUS = ("buttons", "list")
STATE = (
    "step", "estado", "last_activity", "holder", "resume_at", "session_open", "last_customer_at", "idle_at",
    "bot_memory", "last_message_id", "last_message_at", "preview", "preview_kind", "preview_author", "preview_status",
    "unread", "unanswered_since", "window_ends_at", "last_inbound_wamid",
)  # fmt: skip


async def contacts_called(tx: Transaction, names: Collection[str]) -> dict[str, int]:
    rows = await tx.rows(_CALLED, {"names": sorted(names)}) if names else []
    return {row.value: row.contact_id for row in rows}


async def add_called(tx: Transaction, called: str, name: str, now: datetime) -> int:
    """A contact without a phone, found again by what the original called it."""
    added = await tx.change(_NEW_CONTACT, {"name": name, "created_at": now})
    identity = {"contact_id": added.key, "kind": CALLED, "value": called, "open": 1, "valid_from": now}
    await tx.change(_NEW_IDENTITY, identity)
    await index_contacts(tx, [added.key])
    return added.key


async def add_aliases(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows hold `contact_id`, `numero`, `name`; who has an alias here keeps it."""
    if rows:
        await tx.change(_ALIAS, list(rows))
        await index_contacts(tx, [row["contact_id"] for row in rows])


async def touched_here(tx: Transaction, chat_ids: Sequence[int], marks: str) -> set[int]:
    """Chats with a message that was not brought over; `marks` begins the mark of those that were."""
    if not chat_ids:
        return set()
    own = or_(_MESSAGE.c.client_id.is_(None), _MESSAGE.c.client_id.not_like(f"{marks}%"))
    wanted = select(_MESSAGE.c.chat_id).where(_MESSAGE.c.chat_id.in_(chat_ids), own).distinct()
    return set((await tx.execute(wanted)).scalars())


async def owners_of_ids(tx: Transaction, wamids: Sequence[str]) -> dict[str, str]:
    """Which of these ids of Meta's messages have here, and the mark of each (empty: waia itself received it)."""
    rows = await tx.rows(_OWNERS, {"wamids": list(wamids)}) if wamids else []
    return {row.wamid: row.client_id or "" for row in rows}


async def add_messages(tx: Transaction, rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Their ids by public id. Nobody is told: thousands of old messages are no news."""
    if not rows:
        return {}
    await tx.change(_ADD, rows)
    found = await tx.rows(_IDS, {"public_ids": [row["public_id"] for row in rows]})
    ids = {public_id: message_id for message_id, public_id in found}
    await index_messages(tx, [{**row, "id": ids[row["public_id"]]} for row in rows])
    return ids


async def add_seen(tx: Transaction, keys: Iterable[str], now: datetime) -> None:
    """Meta's repeats of these are no news."""
    rows = [{"key": key, "seen_at": now, "ingress": None} for key in dict.fromkeys(keys)]
    if rows:
        await tx.change(_SEEN, rows)


async def files_with(tx: Transaction, hashes: Collection[str]) -> dict[str, int]:
    """Stored files by the hash (hex) of their content."""
    rows = await tx.rows(_FILES, {"hashes": sorted(hashes)}) if hashes else []
    return {row.sha256: row.id for row in rows}


async def ends_of(tx: Transaction, chat_ids: Sequence[int]) -> list[Any]:
    """For each chat that has messages: its last ones by side, its last menu and its first moment."""
    return list(await tx.execute(_ENDS, {"chats": list(chat_ids)}))


async def messages_with(tx: Transaction, ids: Collection[int]) -> dict[int, Any]:
    rows = await tx.rows(_SHOWN, {"ids": sorted(ids)}) if ids else []
    return {row.id: row for row in rows}


async def heard_since(tx: Transaction, chat_ids: Sequence[int], since: datetime) -> list[Any]:
    """(chat id, message id, time) of what customers said since then, in order."""
    return await tx.rows(_HEARD, {"chats": list(chat_ids), "since": since}) if chat_ids else []


async def save_states(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows hold `chat` and the columns of `STATE`."""
    if rows:
        told = [{name if name == "chat" else f"_{name}": value for name, value in row.items()} for row in rows]
        await tx.change(_SAVE, told)


async def save_firsts(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Since when contacts are known: (`contact`, `at`)."""
    if rows:
        await tx.change(_SINCE, list(rows))


async def open_sessions(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows hold `chat_id`, `started_at`; a chat that has an open one keeps it."""
    ids = [row["chat_id"] for row in rows]
    if not ids:
        return
    wanted = select(BotSession.chat_id).where(BotSession.chat_id.in_(ids), BotSession.ended_at.is_(None))
    has = set((await tx.execute(wanted)).scalars())
    new = [dict(row) for row in rows if row["chat_id"] not in has]
    if new:
        await tx.change(_SESSION, new)


async def roles_of_chats(tx: Transaction, chat_ids: Sequence[int]) -> set[tuple[int, int]]:
    wanted = select(ChatRole.chat_id, ChatRole.role_id).where(ChatRole.chat_id.in_(chat_ids))
    return {(row[0], row[1]) for row in await tx.execute(wanted)}


_CALLED = Prepared(
    select(ContactIdentity.value, ContactIdentity.contact_id).where(
        ContactIdentity.kind == CALLED, ContactIdentity.value.in_(bindparam("names", expanding=True))
    )
)
_NEW_CONTACT = Prepared(insert(_CONTACT))
_NEW_IDENTITY = Prepared(insert(table_of(ContactIdentity)))
_ALIAS = Prepared(lambda dialect: insert_ignore(dialect, Alias))
_OWNERS = Prepared(
    select(Message.wamid, Message.client_id).where(Message.wamid.in_(bindparam("wamids", expanding=True)))
)
_ADD = Prepared(insert(_MESSAGE))
_IDS = Prepared(
    select(Message.id, Message.public_id).where(Message.public_id.in_(bindparam("public_ids", expanding=True)))
)
_SEEN = Prepared(lambda dialect: insert_ignore(dialect, SeenItem))
_FILES = Prepared(
    select(func.max(MediaFile.id).label("id"), MediaFile.sha256)
    .where(MediaFile.sha256.in_(bindparam("hashes", expanding=True)))
    .group_by(MediaFile.sha256)
)
_IS_IN = _MESSAGE.c.direction == "in"
_ENDS = (
    select(
        _MESSAGE.c.chat_id,
        _CHAT.c.contact_id,
        func.max(_MESSAGE.c.id).label("last_id"),
        func.max(case((_IS_IN, _MESSAGE.c.id))).label("last_in"),
        func.max(case((~_IS_IN, _MESSAGE.c.id))).label("last_out"),
        func.max(case((_MESSAGE.c.kind.in_(MENUS) & _MESSAGE.c.rule_id.is_not(None), _MESSAGE.c.id))).label("menu"),
        func.min(_MESSAGE.c.timestamp).label("first_at"),
    )
    .join(_CHAT, _CHAT.c.id == _MESSAGE.c.chat_id)
    .where(_MESSAGE.c.chat_id.in_(bindparam("chats", expanding=True)))
    .group_by(_MESSAGE.c.chat_id, _CHAT.c.contact_id)
)
_SHOWN = Prepared(
    select(
        Message.id, Message.text, Message.kind, Message.author, Message.status, Message.timestamp, Message.wamid,
        Message.rule_id,
    ).where(Message.id.in_(bindparam("ids", expanding=True)))
)  # fmt: skip
_HEARD = Prepared(
    select(Message.chat_id, Message.id, Message.timestamp)
    .where(
        Message.chat_id.in_(bindparam("chats", expanding=True)),
        Message.direction == "in",
        Message.timestamp >= bindparam("since"),
    )
    .order_by(Message.id)
)
_SAVE = Prepared(
    update(_CHAT)
    .where(_CHAT.c.id == bindparam("chat"))
    .values(**{name: bindparam(f"_{name}") for name in STATE}, version=_CHAT.c.version + 1)
)
_SINCE = Prepared(
    update(_CONTACT)
    .where(_CONTACT.c.id == bindparam("contact"), _CONTACT.c.created_at > bindparam("at"))
    .values(created_at=bindparam("at"))
)
_SESSION = Prepared(insert(table_of(BotSession)))
