"""What the database says now about the people behind the open streams; each answer for many at once."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from waia.accounts.models import Login, User, UserRole
from waia.accounts.signed_in import LoginTimes, SignedIn
from waia.chats.access import visible_to
from waia.chats.models import Chat
from waia.kit.db import Transaction


@dataclass(frozen=True, slots=True)
class Standing:
    """What a login may do. A login that is revoked, or whose user is disabled, has none."""

    times: LoginTimes
    must_change: bool
    role_ids: frozenset[int]


async def standings(tx: Transaction, login_ids: Collection[int]) -> dict[int, Standing]:
    logins = (
        select(Login, User.must_change_password)
        .join(User, User.id == Login.user_id)
        .where(Login.id.in_(login_ids), Login.revoked_at.is_(None), User.disabled_at.is_(None))
    )
    roles = select(Login.id, UserRole.role_id).join(UserRole, UserRole.user_id == Login.user_id)
    held: dict[int, set[int]] = {}
    for login_id, role_id in await tx.execute(roles.where(Login.id.in_(login_ids))):
        held.setdefault(login_id, set()).add(role_id)
    return {
        row.id: Standing(
            LoginTimes(row.created_at, row.last_seen_at, row.confirmed_at),
            row.must_change_password,
            frozenset(held.get(row.id, ())),
        )
        for row in await tx.execute(logins)
    }


async def visible_chats(
    tx: Transaction, user: SignedIn, chat_ids: Collection[int], without_role: str
) -> frozenset[int]:
    """Which of these chats the user may see."""
    statement = select(Chat.id).where(Chat.id.in_(chat_ids), visible_to(user, without_role))
    return frozenset((await tx.execute(statement)).scalars())
