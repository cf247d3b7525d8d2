"""All SQL about who could hold a chat: people with their roles, who is there, and how much they hold."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, exists, func, select

from waia.accounts.models import Role, User, UserRole
from waia.accounts.signed_in import ADMIN
from waia.chats.models import Chat, ChatRole, Presence
from waia.chats.staff import Colleague
from waia.kit.db import Transaction

SEEN_WITHIN = timedelta(seconds=60)


async def load_staff(tx: Transaction, real_now: datetime) -> list[Colleague]:
    """Everybody who is not disabled, by name."""
    roles: defaultdict[int, set[int]] = defaultdict(set)
    admins = set()
    for user_id, role_id, keyword in await tx.execute(_ROLES):
        roles[user_id].add(role_id)
        if keyword == ADMIN:
            admins.add(user_id)
    return [
        Colleague(
            id=row.id,
            name=row.name,
            role_ids=frozenset(roles[row.id]),
            is_admin=row.id in admins,
            is_online=bool(row.is_online),
            is_away=row.away_at is not None,
            open_chats=row.open_chats,
        )
        for row in await tx.execute(_STAFF, {"seen_after": real_now - SEEN_WITHIN})
    ]


async def roles_of_chats(tx: Transaction, chat_ids: Collection[int]) -> Mapping[int, frozenset[int]]:
    """Role ids by chat; a chat without any has an empty set."""
    found: dict[int, set[int]] = {chat_id: set() for chat_id in chat_ids}
    for chat_id, role_id in await tx.execute(_CHAT_ROLES, {"chats": list(chat_ids)}):
        found[chat_id].add(role_id)
    return {chat_id: frozenset(role_ids) for chat_id, role_ids in found.items()}


_IS_ONLINE = exists(select(1).where(Presence.user_id == User.id, Presence.seen_at > bindparam("seen_after"))).correlate(
    User
)
_HELD = (
    select(Chat.owner_id, func.count().label("held"))
    .where(Chat.owner_id.is_not(None), Chat.holder == "person")
    .group_by(Chat.owner_id)
    .subquery()
)
_STAFF = (
    select(
        User.id,
        User.away_at,
        func.coalesce(func.nullif(User.display_name, ""), User.username).label("name"),
        case((_IS_ONLINE, 1), else_=0).label("is_online"),
        func.coalesce(_HELD.c.held, 0).label("open_chats"),
    )
    .outerjoin(_HELD, _HELD.c.owner_id == User.id)
    .where(User.disabled_at.is_(None))
    .order_by("name", User.id)
)
_ROLES = select(UserRole.user_id, UserRole.role_id, Role.keyword).join(Role, Role.id == UserRole.role_id)
_CHAT_ROLES = select(ChatRole.chat_id, ChatRole.role_id).where(ChatRole.chat_id.in_(bindparam("chats", expanding=True)))
