"""All SQL about users and their roles."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from advanced_alchemy.repository import SQLAlchemyAsyncRepository
from sqlalchemy import delete, func, insert, or_, select, update

from waia.accounts.models import Role, User, UserRole
from waia.accounts.signed_in import ADMIN
from waia.kit.db import Transaction
from waia.kit.sql import insert_ignore


class UserRepository(SQLAlchemyAsyncRepository[User]):
    model_type = User

    async def named(self, username: str) -> User | None:
        """User names are compared without regard to case, on every database."""
        return await self.get_one_or_none(or_(User.username == username, func.lower(User.username) == username.lower()))

    async def with_id(self, user_id: int) -> User | None:
        return await self.get_one_or_none(User.id == user_id)

    async def by_name(self) -> Sequence[User]:
        return await self.get_many(order_by=(User.username, False))

    async def exist(self) -> bool:
        return await self.exists()


class RoleRepository(SQLAlchemyAsyncRepository[Role]):
    model_type = Role

    async def with_keywords(self, keywords: Collection[str]) -> Sequence[Role]:
        return await self.get_many(Role.keyword.in_(keywords))


def users(tx: Transaction) -> UserRepository:
    return UserRepository(session=tx.session)


def roles(tx: Transaction) -> RoleRepository:
    return RoleRepository(session=tx.session)


async def store_password(tx: Transaction, user_id: int, password_hash: str, *, must_change: bool) -> None:
    values = {"password_hash": password_hash, "must_change_password": must_change}
    await tx.execute(update(User).where(User.id == user_id).values(**values))


async def replace_hash(tx: Transaction, user_id: int, old: str, new: str) -> bool:
    """The same password in a better hash; False if the password was changed meanwhile."""
    same = update(User).where(User.id == user_id, User.password_hash == old)
    return bool((await tx.execute(same.values(password_hash=new))).rowcount)


async def store_disabled(tx: Transaction, user_id: int, disabled_at: datetime | None) -> None:
    await tx.execute(update(User).where(User.id == user_id).values(disabled_at=disabled_at))


async def store_away(tx: Transaction, user_id: int, away_at: datetime | None) -> None:
    await tx.execute(update(User).where(User.id == user_id).values(away_at=away_at))


async def store_taste(tx: Transaction, user_id: int, taste: Mapping[str, str]) -> None:
    """`theme` and `language`, those that are given; empty: as the browser says."""
    await tx.execute(update(User).where(User.id == user_id).values(**taste))


async def demand_new_password(tx: Transaction, user_id: int) -> None:
    await tx.execute(update(User).where(User.id == user_id).values(must_change_password=True))


async def users_who_must_change(tx: Transaction) -> list[str]:
    """Names of those who may sign in and only choose a password: the first admin, and whoever got one from others."""
    waiting = select(User.username).where(User.must_change_password, User.disabled_at.is_(None))
    return list((await tx.execute(waiting.order_by(User.username))).scalars())


async def store_roles(tx: Transaction, user_id: int, role_ids: Collection[int]) -> None:
    await tx.execute(delete(UserRole).where(UserRole.user_id == user_id))
    if role_ids:
        await tx.execute(insert(UserRole), [{"user_id": user_id, "role_id": each} for each in role_ids])


async def add_roles_once(tx: Transaction, names: Sequence[tuple[str, str]]) -> None:
    """Roles by (name, keyword); a keyword that exists keeps its name."""
    rows = [{"name": name, "keyword": keyword} for name, keyword in names]
    await tx.execute(insert_ignore(tx.dialect, Role), rows)


async def lock_admins(tx: Transaction) -> set[int]:
    """Ids of the users who are admins and not disabled; nobody else can change them until commit."""
    admins = (
        select(User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .join(Role, Role.id == UserRole.role_id)
        .where(Role.keyword == ADMIN, User.disabled_at.is_(None))
        .with_for_update()
    )
    return set((await tx.execute(admins)).scalars())


async def shown_names(tx: Transaction, user_ids: Collection[int]) -> dict[int, str]:
    """What people are called on screen, by id."""
    if not user_ids:
        return {}
    name = func.coalesce(func.nullif(User.display_name, ""), User.username)
    return {row[0]: row[1] for row in await tx.execute(select(User.id, name).where(User.id.in_(user_ids)))}
