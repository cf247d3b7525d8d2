"""SQL of the page of roles: who has each, and what would miss it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import column, delete, func, insert, select, table, update

from waia.accounts.models import Role, User, UserRole
from waia.accounts.signed_in import ADMIN
from waia.kit.db import Transaction
from waia.kit.overtaken import seen_of
from waia.kit.sql import insert_ignore

# Tables of features above this one.
_CHATS, _REPLIES = (
    table("chat_roles", column("chat_id"), column("role_id")),
    table("quick_reply_roles", column("role_id")),
)
_QUEUE = table("chat_state", column("id"), column("queue_role_id"), column("carries_role"))
_RULES, _SETTINGS = table("reglas", column("rol_keyword")), table("ajustes", column("name"), column("value"))

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who has a role, or could have it."""

    id: int
    name: str
    disabled: bool


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A row of the page. `others` are the people who could be added."""

    id: int
    name: str
    keyword: str
    members: tuple[Holder, ...]
    others: tuple[Holder, ...]

    @property
    def is_admin(self) -> bool:
        return self.keyword == ADMIN

    @property
    def seen(self) -> str:
        return seen_of(self.name, self.keyword)


@dataclass(frozen=True, slots=True)
class Reach:
    """What a role holds together. `is_handover`: the queue of chats that name no role is this one's."""

    users: int
    chats: int
    waiting: int
    rules: int
    replies: int
    is_handover: bool


async def role_lines(tx: Transaction, role_id: int | None = None) -> list[RoleLine]:
    """All roles by name, or the one asked for."""
    wanted = select(Role.id, Role.name, Role.keyword).order_by(func.lower(Role.name), Role.id)
    found = (await tx.execute(wanted.where(Role.id == role_id) if role_id is not None else wanted)).all()
    people = await _people(tx)
    members = await _members(tx)
    return [
        RoleLine(
            row.id,
            row.name,
            row.keyword,
            members=tuple(person for person in people if person.id in members[row.id]),
            others=tuple(person for person in people if person.id not in members[row.id] and not person.disabled),
        )
        for row in found
    ]


async def reach_of(tx: Transaction, role_id: int, keyword: str) -> Reach:
    handover = _SETTINGS.c.name == "handover_role", func.lower(_SETTINGS.c.value) == keyword.lower()
    return Reach(
        users=await _count(tx, UserRole.__table__, UserRole.role_id == role_id),
        chats=await _count(tx, _CHATS, _CHATS.c.role_id == role_id),
        waiting=await _count(tx, _QUEUE, _QUEUE.c.queue_role_id == role_id),
        rules=await _count(tx, _RULES, func.lower(func.trim(_RULES.c.rol_keyword)) == keyword.lower()),
        replies=await _count(tx, _REPLIES, _REPLIES.c.role_id == role_id),
        is_handover=bool(await _count(tx, _SETTINGS, *handover)),
    )


async def member_ids(tx: Transaction, role_id: int) -> list[int]:
    wanted = select(UserRole.user_id).where(UserRole.role_id == role_id).order_by(UserRole.user_id)
    return list((await tx.execute(wanted)).scalars())


async def lock_keywords(tx: Transaction) -> Sequence[Any]:
    rows: Sequence[Any] = (await tx.execute(select(Role.id, Role.keyword).with_for_update())).all()
    return rows


async def store_role(tx: Transaction, role_id: int, name: str, keyword: str) -> None:
    await tx.execute(update(Role).where(Role.id == role_id).values(name=name, keyword=keyword))


async def remove_role(tx: Transaction, role_id: int) -> None:
    """What points at it goes with it, or points at nothing, by the rules of the schema."""
    carried = select(_CHATS.c.chat_id)
    alone = carried.group_by(_CHATS.c.chat_id).having(func.count() == 1, func.max(_CHATS.c.role_id) == role_id)
    lost = list((await tx.execute(alone)).scalars())
    await tx.execute(delete(Role).where(Role.id == role_id))
    for start in range(0, len(lost), AT_ONCE):
        some = _QUEUE.c.id.in_(lost[start : start + AT_ONCE])
        await tx.execute(update(_QUEUE).where(some).values(carries_role=False))


async def add_member(tx: Transaction, user_id: int, role_id: int) -> None:
    await tx.execute(insert_ignore(tx.dialect, UserRole), [{"user_id": user_id, "role_id": role_id}])


async def add_members(tx: Transaction, user_id: int, role_ids: Sequence[int]) -> None:
    if role_ids:
        await tx.execute(insert(UserRole), [{"user_id": user_id, "role_id": role_id} for role_id in role_ids])


async def remove_member(tx: Transaction, user_id: int, role_id: int) -> None:
    await tx.execute(delete(UserRole).where(UserRole.user_id == user_id, UserRole.role_id == role_id))


async def _people(tx: Transaction) -> list[Holder]:
    name = func.coalesce(func.nullif(User.display_name, ""), User.username)
    wanted = select(User.id, name, User.disabled_at).order_by(func.lower(name), User.id)
    return [Holder(row[0], row[1], row[2] is not None) for row in await tx.execute(wanted)]


async def _members(tx: Transaction) -> dict[int, set[int]]:
    members: dict[int, set[int]] = defaultdict(set)
    for user_id, role_id in await tx.execute(select(UserRole.user_id, UserRole.role_id)):
        members[role_id].add(user_id)
    return members


async def _count(tx: Transaction, counted: Any, *conditions: Any) -> int:
    return int((await tx.execute(select(func.count()).select_from(counted).where(*conditions))).scalar_one())
