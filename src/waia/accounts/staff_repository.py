"""SQL of the page of people: each with roles, open logins and the link that waits to be used."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import column, delete, exists, func, select, table, update

from waia.accounts.links import NO_PASSWORD
from waia.accounts.models import Login, PasswordLink, Role, User, UserRole
from waia.accounts.sessions import LONGEST
from waia.accounts.signed_in import ADMIN
from waia.kit.db import Transaction
from waia.kit.overtaken import seen_of

_MESSAGES = table("mensajes", column("user_id"))


@dataclass(frozen=True, slots=True)
class Carried:
    """A role of somebody, or one they could get."""

    id: int
    name: str
    keyword: str

    @property
    def is_admin(self) -> bool:
        return self.keyword == ADMIN


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A row of the page. `link_until`: a one-time link waits to be used until then."""

    id: int
    username: str
    name: str
    language: str
    has_password: bool
    disabled_at: datetime | None
    away_at: datetime | None
    link_until: datetime | None
    logins: int
    seen_at: datetime | None
    roles: tuple[Carried, ...]
    others: tuple[Carried, ...]

    @property
    def seen(self) -> str:
        return seen_of(self.username, self.name, self.language)


async def person_lines(tx: Transaction, now: datetime, user_id: int | None = None) -> list[PersonLine]:
    """Everybody by name, the disabled last; or the one asked for."""
    shown = func.coalesce(func.nullif(User.display_name, ""), User.username)
    columns = (User.id, User.username, User.display_name, User.language, User.password_hash, User.disabled_at)
    wanted = (
        select(*columns, User.away_at, PasswordLink.expires_at)
        .outerjoin(PasswordLink, PasswordLink.user_id == User.id)
        .order_by(User.disabled_at.is_not(None), func.lower(shown), User.id)
    )
    found = (await tx.execute(wanted.where(User.id == user_id) if user_id is not None else wanted)).all()
    all_roles, carried, logins = await roles_by_name(tx), await _carried(tx), await _logins(tx, now)
    return [_line(row, all_roles, carried[row.id], *logins.get(row.id, (0, None)), now) for row in found]


async def roles_by_name(tx: Transaction) -> list[Carried]:
    wanted = select(Role.id, Role.name, Role.keyword).order_by(func.lower(Role.name), Role.id)
    return [Carried(*row) for row in await tx.execute(wanted)]


async def lock_user(tx: Transaction, user_id: int) -> None:
    """Those who change the same person take turns."""
    await tx.execute(select(User.id).where(User.id == user_id).with_for_update())


async def store_user(tx: Transaction, user_id: int, username: str, name: str, language: str) -> None:
    values = {"username": username, "display_name": name, "language": language}
    await tx.execute(update(User).where(User.id == user_id).values(**values))


async def has_written(tx: Transaction, user_id: int) -> bool:
    return bool((await tx.execute(select(exists(select(1).where(_MESSAGES.c.user_id == user_id))))).scalar_one())


async def remove_user(tx: Transaction, user_id: int) -> None:
    await tx.execute(delete(User).where(User.id == user_id))


async def _carried(tx: Transaction) -> dict[int, set[int]]:
    carried: dict[int, set[int]] = defaultdict(set)
    for user_id, role_id in await tx.execute(select(UserRole.user_id, UserRole.role_id)):
        carried[user_id].add(role_id)
    return carried


async def _logins(tx: Transaction, now: datetime) -> dict[int, tuple[int, datetime | None]]:
    """How many browsers of each are signed in, and when one was last used."""
    open_ones = Login.revoked_at.is_(None) & (Login.created_at > now - LONGEST)
    counted = select(Login.user_id, func.count(), func.max(Login.last_seen_at)).where(open_ones)
    return {row[0]: (int(row[1]), row[2]) for row in await tx.execute(counted.group_by(Login.user_id))}


def _line(
    row: Any, all_roles: list[Carried], carried: set[int], logins: int, seen_at: datetime | None, now: datetime
) -> PersonLine:
    waits = row.expires_at is not None and row.expires_at > now
    return PersonLine(
        id=row.id,
        username=row.username,
        name=row.display_name,
        language=row.language,
        has_password=row.password_hash != NO_PASSWORD,
        disabled_at=row.disabled_at,
        away_at=row.away_at,
        link_until=row.expires_at if waits else None,
        logins=logins,
        seen_at=seen_at,
        roles=tuple(role for role in all_roles if role.id in carried),
        others=tuple(role for role in all_roles if role.id not in carried),
    )
