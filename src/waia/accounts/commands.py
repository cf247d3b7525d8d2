"""What the command line does with users: create or renew one, and bring the original's hashes up to date."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from waia.accounts import audit, people, repository
from waia.accounts.audit import Actor
from waia.accounts.legacy_hashes import is_legacy
from waia.accounts.models import User
from waia.accounts.password_policy import password_problem
from waia.accounts.passwords import Passwords, Verdict
from waia.kit.db import Database, Transaction
from waia.kit.errors import Invalid

COMMAND_LINE = Actor(None, "waia")


class Created(StrEnum):
    NEW = "new"
    RENEWED = "renewed"
    """The user existed: new password, enabled again, logins ended, roles replaced if any were named."""


class Rehashed(StrEnum):
    LEFT = "left"
    DONE = "done"
    WRONG_PASSWORD = "wrong password"  # noqa: S105  # an outcome
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class OldHash:
    username: str
    outcome: Rehashed

    def __str__(self) -> str:
        return f"{self.username}: {self.outcome}"


async def create_user(
    database: Database, username: str, password: str, roles: Collection[str], now: datetime
) -> Created:
    """Roles by keyword. Raises Invalid with what is wrong; this is also the way back for a disabled admin."""
    problem = password_problem(password, username)
    if problem:
        raise Invalid({"password": problem})
    hashed = await Passwords().hash(password)

    async def create(tx: Transaction) -> Created:
        existing = await repository.users(tx).named(username)
        if existing is not None:
            await _renew(tx, existing, hashed, roles, now)
            return Created.RENEWED
        await people.create_user(
            tx,
            COMMAND_LINE,
            username=username,
            password_hash=hashed,
            role_keywords=roles,
            must_change=False,
            now=now,
        )
        return Created.NEW

    return await database.run(create)


async def rehash_passwords(database: Database, list_only: bool, ask: Callable[[str], str]) -> list[OldHash]:
    """Users whose hash is one of the original's; unless `list_only`, each is asked for (`ask(username)`).

    An empty answer skips the user.
    """
    async with database.reading() as tx:
        old = [user for user in await repository.users(tx).by_name() if is_legacy(user.password_hash)]
    if list_only:
        return [OldHash(user.username, Rehashed.LEFT) for user in old]
    passwords = Passwords()
    return [OldHash(user.username, await _rehash(database, passwords, user, ask(user.username))) for user in old]


async def _renew(tx: Transaction, user: User, hashed: str, roles: Collection[str], now: datetime) -> None:
    await people.set_password(tx, COMMAND_LINE, user.id, hashed, must_change=False, now=now)
    if user.disabled_at is not None:
        await people.enable_user(tx, COMMAND_LINE, user.id, now=now)
    if roles:
        await people.set_roles(tx, COMMAND_LINE, user.id, roles, now=now)


async def _rehash(database: Database, passwords: Passwords, user: User, password: str) -> Rehashed:
    if not password:
        return Rehashed.SKIPPED
    if await passwords.check(password, user.password_hash) is Verdict.WRONG:
        return Rehashed.WRONG_PASSWORD
    better = await passwords.hash(password)
    await database.run(lambda tx: repository.replace_hash(tx, user.id, user.password_hash, better))
    return Rehashed.DONE


async def verify_audit(database: Database) -> audit.Verdict:
    async with database.reading() as tx:
        return await audit.verify(tx)
