"""All SQL about logins and failed tries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, or_, select, update

from waia.accounts.models import Login, LoginFailure, Role, User, UserRole
from waia.accounts.signed_in import LoginTimes
from waia.kit.db import Transaction
from waia.kit.events import Counter
from waia.kit.prepared import Prepared
from waia.kit.sql import insert_ignore

TRIES = "sign_in_tries"


@dataclass(frozen=True, slots=True)
class FoundLogin:
    """A login that was not revoked, of a user who is not disabled."""

    id: int
    user_id: int
    username: str
    display_name: str
    language: str
    theme: str
    must_change_password: bool
    is_away: bool
    times: LoginTimes
    roles: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class OpenLogin:
    """One signed-in browser, as its owner sees it in a list."""

    id: int
    created_at: datetime
    last_seen_at: datetime
    address: str
    user_agent: str


_LOGIN = (
    select(
        Login.id,
        Login.user_id,
        User.username,
        User.display_name,
        User.language,
        User.theme,
        User.must_change_password,
        User.away_at,
        Login.created_at,
        Login.last_seen_at,
        Login.confirmed_at,
        Role.id.label("role_id"),
        Role.keyword,
    )
    .join(User, User.id == Login.user_id)
    .outerjoin(UserRole, UserRole.user_id == User.id)
    .outerjoin(Role, Role.id == UserRole.role_id)
    .where(Login.revoked_at.is_(None), User.disabled_at.is_(None))
)


_BY_TOKEN = Prepared(_LOGIN.where(Login.token_hash == bindparam("token")))


async def login_by_token(tx: Transaction, token_hash: str) -> FoundLogin | None:
    return _found(await tx.rows(_BY_TOKEN, {"token": token_hash}))


async def login_by_id(tx: Transaction, login_id: int) -> FoundLogin | None:
    return _found((await tx.execute(_LOGIN.where(Login.id == login_id))).all())


async def logins_with_ids(tx: Transaction, login_ids: Collection[int]) -> list[FoundLogin]:
    """Those that are still there; whether they ended by time is another question."""
    rows = (await tx.execute(_LOGIN.where(Login.id.in_(login_ids)).order_by(Login.id))).all()
    found = (_found(list(group)) for _, group in groupby(rows, key=lambda row: row.id))
    return [login for login in found if login is not None]


async def add_login(
    tx: Transaction, *, token_hash: str, user_id: int, now: datetime, address: str, user_agent: str
) -> int:
    row = {
        "token_hash": token_hash,
        "user_id": user_id,
        "created_at": now,
        "last_seen_at": now,
        "confirmed_at": now,
        "address": address[:64],
        "user_agent": user_agent[:255],
    }
    return int((await tx.execute(insert(Login).values(**row))).inserted_primary_key[0])


async def mark_seen(tx: Transaction, login_id: int, now: datetime) -> bool:
    """False if the login was revoked meanwhile: a late write never brings one back."""
    seen = update(Login).where(Login.id == login_id, Login.revoked_at.is_(None)).values(last_seen_at=now)
    return bool((await tx.execute(seen)).rowcount)


async def mark_confirmed(tx: Transaction, login_id: int, now: datetime) -> None:
    confirmed = update(Login).where(Login.id == login_id, Login.revoked_at.is_(None))
    await tx.execute(confirmed.values(confirmed_at=now, last_seen_at=now))


async def revoke_login(tx: Transaction, user_id: int, login_id: int, now: datetime) -> bool:
    """Only a login of this user; False if it has none with that id that is still open."""
    own = update(Login).where(Login.id == login_id, Login.user_id == user_id, Login.revoked_at.is_(None))
    return bool((await tx.execute(own.values(revoked_at=now))).rowcount)


async def revoke_logins(tx: Transaction, user_id: int, now: datetime, *, but: int | None = None) -> int:
    open_ones = update(Login).where(Login.user_id == user_id, Login.revoked_at.is_(None))
    if but is not None:
        open_ones = open_ones.where(Login.id != but)
    return int((await tx.execute(open_ones.values(revoked_at=now))).rowcount)


async def delete_login(tx: Transaction, token_hash: str) -> None:
    await tx.execute(delete(Login).where(Login.token_hash == token_hash))


async def open_logins(tx: Transaction, user_id: int, *, seen_after: datetime, begun_after: datetime) -> list[OpenLogin]:
    rows = await tx.execute(
        select(Login.id, Login.created_at, Login.last_seen_at, Login.address, Login.user_agent)
        .where(Login.user_id == user_id, Login.revoked_at.is_(None))
        .where(Login.last_seen_at > seen_after, Login.created_at > begun_after)
        .order_by(Login.last_seen_at.desc(), Login.id.desc())
    )
    return [OpenLogin(*row) for row in rows]


async def delete_old_logins(tx: Transaction, before: datetime) -> int:
    """Those that nobody used since, revoked or not."""
    old = delete(Login).where(or_(Login.revoked_at < before, Login.last_seen_at < before))
    return int((await tx.execute(old)).rowcount)


async def failures_of(
    tx: Transaction, address: str, account: str | None, since: datetime, limit: int
) -> tuple[list[datetime], int]:
    """The latest failed tries from an address, of one account or any: the newest, and how many in all."""
    conditions = [LoginFailure.address == address, LoginFailure.at > since]
    if account is not None:
        conditions.append(LoginFailure.account == account)
    newest = select(LoginFailure.at).where(*conditions).order_by(LoginFailure.at.desc()).limit(limit)
    times = list((await tx.execute(newest)).scalars())
    count = select(func.count()).select_from(LoginFailure).where(*conditions)
    return times, int((await tx.execute(count)).scalar_one())


async def take_turn(tx: Transaction) -> None:
    """Whoever counts tries at the same moment, in any process, waits for the end of this transaction."""
    turn = select(Counter.value).where(Counter.name == TRIES).with_for_update()
    if (await tx.execute(turn)).first() is None:
        await tx.execute(insert_ignore(tx.dialect, Counter), [{"name": TRIES, "value": 0}])
        await tx.execute(turn)


async def add_failure(tx: Transaction, account: str, address: str, now: datetime) -> int:
    row = {"account": account, "address": address, "at": now}
    return int((await tx.execute(insert(LoginFailure).values(**row))).inserted_primary_key[0])


async def forget_failures(tx: Transaction, failure_id: int, account: str, address: str) -> None:
    """The try was none; earlier ones of the account stop counting for it, but still count for the address."""
    await tx.execute(delete(LoginFailure).where(LoginFailure.id == failure_id))
    earlier = update(LoginFailure).where(LoginFailure.account == account, LoginFailure.address == address)
    await tx.execute(earlier.values(account=""))


async def delete_old_failures(tx: Transaction, before: datetime) -> int:
    return int((await tx.execute(delete(LoginFailure).where(LoginFailure.at < before))).rowcount)


def _found(rows: Sequence[Row[Any]]) -> FoundLogin | None:
    if not rows:
        return None
    row = rows[0]
    times = LoginTimes(row.created_at, row.last_seen_at, row.confirmed_at)
    carried = tuple((each.role_id, each.keyword) for each in rows if each.role_id is not None)
    facts = (row.id, row.user_id, row.username, row.display_name, row.language, row.theme)
    return FoundLogin(*facts, row.must_change_password, row.away_at is not None, times, carried)
