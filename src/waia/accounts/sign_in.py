"""Signing in: one try is taken, the password checked, and a new login stands in place of the old one."""

from datetime import datetime, timedelta

from waia.accounts import audit, repository
from waia.accounts.audit import Actor
from waia.accounts.cookies import token_hash
from waia.accounts.errors import WrongPassword
from waia.accounts.legacy_hashes import is_legacy
from waia.accounts.logins.repository import delete_login
from waia.accounts.models import User
from waia.accounts.parts import Accounts, Visitor
from waia.accounts.password_policy import DEFAULT_PASSWORD
from waia.accounts.passwords import Verdict
from waia.accounts.throttle import Try
from waia.kit.db import Transaction
from waia.kit.errors import Denied

DEFAULT_PASSWORD_LASTS = timedelta(hours=72)
LEGACY_HASH_LASTS = timedelta(days=90)
NOBODY = Actor(None, "")


async def sign_in(accounts: Accounts, visitor: Visitor, username: str, password: str) -> str:
    """The token of the new login. Raises WrongPassword or TooManyTries, alike for users that do not exist."""
    taken = await accounts.throttle.begin(username, visitor.address)
    user = await _find(accounts, username)
    verdict = await accounts.passwords.check(password, user.password_hash if user else None)
    if user is None or verdict is Verdict.WRONG or _is_barred(user, password, visitor, accounts.clock.real()):
        await _note_failure(accounts, visitor, user, taken)
        raise WrongPassword
    better = await accounts.passwords.hash(password) if verdict is Verdict.RIGHT_BUT_OUTDATED else None

    async def begin_login(tx: Transaction) -> str:
        await _refuse_if_changed(tx, user)
        await accounts.throttle.succeed(tx, taken)
        if better is not None:
            await repository.replace_hash(tx, user.id, user.password_hash, better)
        if password == DEFAULT_PASSWORD:
            await repository.demand_new_password(tx, user.id)
        return await _replace_login(tx, accounts, visitor, user)

    token = await accounts.database.run(begin_login)
    accounts.sessions.forget(visitor.login_token)
    return token


async def demo_sign_in(accounts: Accounts, visitor: Visitor, username: str) -> str:
    """The demo lets anybody in who sits at this machine, as whomever they choose."""
    if not (accounts.settings.demo and visitor.local):
        raise Denied
    user = await _find(accounts, username)
    if user is None:
        raise WrongPassword
    token = await accounts.database.run(lambda tx: _replace_login(tx, accounts, visitor, user))
    accounts.sessions.forget(visitor.login_token)
    return token


async def _find(accounts: Accounts, username: str) -> User | None:
    """A disabled user is treated as one that does not exist, in time too."""
    async with accounts.database.reading() as tx:
        user = await repository.users(tx).named(username.strip()) if username.isprintable() else None
    return user if user is not None and user.disabled_at is None else None


def _is_barred(user: User, password: str, visitor: Visitor, now: datetime) -> bool:
    """The password that everybody knows opens from this machine only; an old hash does not wait for ever."""
    if password == DEFAULT_PASSWORD:
        return not visitor.local or _is_older(user, DEFAULT_PASSWORD_LASTS, now)
    return is_legacy(user.password_hash) and _is_older(user, LEGACY_HASH_LASTS, now)


def _is_older(user: User, lasts: timedelta, now: datetime) -> bool:
    return user.created_at is not None and now - user.created_at > lasts


async def _note_failure(accounts: Accounts, visitor: Visitor, user: User | None, taken: Try) -> None:
    """What was typed as a name is not kept unless it is one: it may be a password."""
    now, subject = accounts.clock.real(), user.username if user else ""

    async def note(tx: Transaction) -> None:
        await audit.record(tx, NOBODY, "login_failed", subject=subject, address=visitor.address, now=now)
        if taken.last:
            await audit.record(tx, NOBODY, "login_throttled", subject=subject, address=visitor.address, now=now)

    await accounts.database.run(note)


async def _refuse_if_changed(tx: Transaction, user: User) -> None:
    """While the password was being checked somebody may have changed it, or disabled the user."""
    current = await repository.users(tx).with_id(user.id)
    if current is None or current.disabled_at or current.password_hash != user.password_hash:
        raise WrongPassword


async def _replace_login(tx: Transaction, accounts: Accounts, visitor: Visitor, user: User) -> str:
    if visitor.login_token:
        await delete_login(tx, token_hash(visitor.login_token))
    token = await accounts.sessions.open(tx, user.id, address=visitor.address, user_agent=visitor.user_agent)
    actor, now = Actor(user.id, user.username), accounts.clock.real()
    await audit.record(tx, actor, "login", subject=user.username, address=visitor.address, now=now)
    return token
