"""Takes an agent's action back: how the chats were is kept for some minutes, and put back where nobody changed them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from waia.accounts.guards import SignedIn
from waia.chats import contact_facts_repository, undo_repository
from waia.chats.access import find_chats
from waia.chats.errors import ChangedSince
from waia.chats.management import FACTS_CHANGED, Refused
from waia.chats.record import ChatRecord
from waia.chats.repository import load_chats, reopen_sessions, save_chats
from waia.chats.staff_repository import roles_of_chats
from waia.kit.db import Transaction
from waia.kit.errors import NotFound

LASTS = timedelta(minutes=10)
MOMENTS = ("resume_at", "unanswered_since", "archived_at", "idle_at")
FIELDS = (
    "holder", "owner_id", "queue_role_id", "estado", "unread", "needs_person", "session_open", "step", *MOMENTS,
)  # fmt: skip
REMEMBERED = ("held_since", "misses", "refusals", "last_menu_rule_id", "asked")
Snapshot = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Which chats are as before, which were refused, and what had been done."""

    action: str
    chat_ids: tuple[int, ...]
    refused: Refused


async def snapshots(tx: Transaction, chats: Sequence[ChatRecord]) -> dict[int, Snapshot]:
    """How the chats are now, as far as an agent's action can change them."""
    ids = [chat.id for chat in chats]
    roles = await roles_of_chats(tx, ids)
    names = await contact_facts_repository.aliases(tx, ids)
    return {chat.id: _snapshot(chat, sorted(roles[chat.id]), names.get(chat.id, "")) for chat in chats}


async def keep(
    tx: Transaction, before: Mapping[int, Snapshot], user: SignedIn, action: str, now: datetime
) -> tuple[str, int]:
    """Remember what the action changed: the token that takes it back, empty when nothing changed; how many chats."""
    chats = await load_chats(tx, before)
    after = await snapshots(tx, list(chats.values()))
    token = uuid4().hex
    rows = [
        {
            "token": token, "chat_id": chat_id, "user_id": user.id, "action": action, "at": now,
            "before": before[chat_id], "after": snapshot,
        }
        for chat_id, snapshot in after.items()
        if snapshot != before[chat_id]
    ]  # fmt: skip
    await undo_repository.add(tx, rows)
    return (token if rows else ""), len(rows)


async def take_back(
    tx: Transaction, user: SignedIn, token: str, without_role: str, now: datetime, real_now: datetime
) -> TakenBack:
    """Only by whoever acted, while it is fresh, and only chats that nobody changed since. Raises NotFound."""
    steps = {step.chat_id: step for step in await undo_repository.of(tx, token, user.id, real_now - LASTS)}
    if not steps:
        raise NotFound
    chats = await load_chats(tx, steps)
    today = await snapshots(tx, list(chats.values()))
    same = [chat for chat in chats.values() if _is_untouched(today[chat.id], steps[chat.id])]
    for chat in same:
        await _put_back(tx, chat, steps[chat.id].before, today[chat.id])
    await save_chats(tx, same, now)
    await undo_repository.forget(tx, token)
    visible = await find_chats(tx, user, [chat.id for chat in same], without_role)
    if len(visible) != len(same):
        raise NotFound
    refused: Refused = {chat_id: ChangedSince() for chat_id in steps if chat_id not in visible}
    return TakenBack(next(iter(steps.values())).action, tuple(visible), refused)


def _snapshot(chat: ChatRecord, role_ids: list[int], alias: str) -> Snapshot:
    plain = {name: getattr(chat, name) for name in FIELDS}
    plain |= {name: value.isoformat() for name in MOMENTS if (value := plain[name]) is not None}
    memory = {name: chat.bot_memory[name] for name in REMEMBERED if name in chat.bot_memory}
    return {**plain, "memory": memory, "roles": role_ids, "alias": alias}


def _is_untouched(today: Snapshot, step: Any) -> bool:
    """What the action changed is still as it left it; what it did not touch may have gone on."""
    changed = [name for name, value in step.after.items() if value != step.before.get(name)]
    return all(today[name] == step.after[name] for name in changed)


async def _put_back(tx: Transaction, chat: ChatRecord, before: Snapshot, today: Snapshot) -> None:
    changed = {name: value for name, value in before.items() if value != today[name]}
    for name in changed.keys() & set(FIELDS):
        setattr(chat, name, _value(name, changed[name]))
    if "memory" in changed:
        chat.bot_memory = {**_without(chat.bot_memory), **before["memory"]}
    if "roles" in changed:
        await contact_facts_repository.store_roles(tx, chat, before["roles"])
    if "alias" in changed:
        await contact_facts_repository.store_alias(tx, chat.contact_id, chat.numero, before["alias"])
    if changed.keys() & {"roles", "alias"}:
        tx.announce(FACTS_CHANGED, chat.id)
    if changed.get("session_open"):
        await reopen_sessions(tx, [chat.id])
    chat.dirty = True


def _value(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name in MOMENTS and value is not None else value


def _without(memory: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in memory.items() if name not in REMEMBERED}
