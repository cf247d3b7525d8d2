"""The one gate: which chats a user may see. Every list, thread, stream, file, export and figure passes here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, exists, false, func, or_, select, true, union, union_all

from waia.accounts.guards import SignedIn
from waia.chats.models import Chat, ChatRole
from waia.chats.record import ChatRecord
from waia.chats.repository import load_chats
from waia.kit.db import Transaction
from waia.kit.errors import NotFound

FEW = 1_500


def visible_to(user: SignedIn, chats_without_role: str) -> ColumnElement[bool]:
    """Admins see all; agents the chats that carry one of their roles, or that they own, or that wait in a queue of
    theirs; a chat without any role is seen by `admins` or by `all`."""
    if user.is_admin:
        return true()
    carries = exists(select(1).where(ChatRole.chat_id == Chat.id, ChatRole.role_id.in_(user.role_ids)))
    mine: list[Any] = [Chat.owner_id == user.id, carries if user.role_ids else false()]
    if user.role_ids:
        mine.append((Chat.holder == "queue") & Chat.queue_role_id.in_(user.role_ids))
    if chats_without_role == "all":
        mine.append(~exists(select(1).where(ChatRole.chat_id == Chat.id)))
    return or_(*mine)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a user sees of all chats: `gate` in a statement, and as `few` how to ask for the ids, where these are few.

    Who sees few chats of many must not wait for a walk through all of them; who sees many finds them soon.
    """

    user: SignedIn
    gate: ColumnElement[bool]
    few: Subquery | None


async def sight_of(tx: Transaction, user: SignedIn, chats_without_role: str) -> Sight:
    """Valid within the transaction."""
    gate = visible_to(user, chats_without_role)
    if user.is_admin:
        return Sight(user, gate, None)
    parts = _ways_to(user, chats_without_role)
    return Sight(user, gate, await few_of(tx, parts))


async def few_of(tx: Transaction, parts: Sequence[Select[Any]]) -> Subquery | None:
    """The ids that these statements find together, each once; None where they are more than FEW."""
    some = union_all(*(select(part.limit(FEW + 1).subquery()) for part in parts)).limit(FEW + 1).subquery()
    if (await tx.execute(select(func.count()).select_from(some))).scalar_one() > FEW:
        return None
    return union(*parts).subquery("few")


def _ways_to(user: SignedIn, chats_without_role: str) -> list[Select[Any]]:
    """The same verdict as `visible_to`, each way to a chat along an index of its own."""
    parts: list[Select[Any]] = [select(Chat.id).where(Chat.owner_id == user.id)]
    if user.role_ids:
        parts.append(select(ChatRole.chat_id.label("id")).where(ChatRole.role_id.in_(user.role_ids)))
        parts.append(select(Chat.id).where(Chat.holder == "queue", Chat.queue_role_id.in_(user.role_ids)))
    if chats_without_role == "all":
        unmarked = Chat.carries_role == false(), ~exists(select(1).where(ChatRole.chat_id == Chat.id))
        parts.append(select(Chat.id).where(*unmarked))
    return parts


async def find_chat(tx: Transaction, user: SignedIn, chat_id: int, chats_without_role: str) -> ChatRecord:
    """The chat, locked in a writing transaction. NotFound when it is missing or not this user's: the same answer."""
    if not await may_see(tx, user, chat_id, chats_without_role):
        raise NotFound
    chats = await load_chats(tx, [chat_id])
    if chat_id not in chats:
        raise NotFound
    return chats[chat_id]


async def find_chats(
    tx: Transaction, user: SignedIn, chat_ids: Collection[int], without_role: str
) -> dict[int, ChatRecord]:
    """Those of the chats that are this user's, locked in a writing transaction; the others are left out."""
    seen = select(Chat.id).where(Chat.id.in_(chat_ids), visible_to(user, without_role))
    return await load_chats(tx, list((await tx.execute(seen)).scalars()))


async def may_see(tx: Transaction, user: SignedIn, chat_id: int, chats_without_role: str) -> bool:
    found = await tx.execute(select(Chat.id).where(Chat.id == chat_id, visible_to(user, chats_without_role)))
    return found.scalar_one_or_none() is not None
