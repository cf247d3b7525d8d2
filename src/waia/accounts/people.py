"""Creates, changes and disables users. Whatever takes rights away also ends the logins that had them."""

import re
from collections.abc import Collection
from datetime import datetime

from waia.accounts import audit, repository
from waia.accounts.audit import Actor
from waia.accounts.errors import LastAdmin, NameTaken
from waia.accounts.logins.repository import revoke_logins
from waia.accounts.models import Role, User
from waia.accounts.signed_in import ADMIN, SignedIn
from waia.kit.db import Transaction
from waia.kit.errors import Invalid, NotFound
from waia.kit.i18n import N_

USERNAME = re.compile(r"[^\s\x00-\x1f\x7f]{1,50}")
BAD_USERNAME = N_("Usa de 1 a 50 caracteres sin espacios.")
UNKNOWN_ROLE = N_("Ese rol no existe.")


async def create_user(
    tx: Transaction,
    actor: SignedIn | Actor,
    *,
    username: str,
    password_hash: str,
    name: str = "",
    language: str = "",
    role_keywords: Collection[str] = (),
    must_change: bool,
    now: datetime,
    address: str = "",
) -> int:
    """The hash comes in ready made, because making it takes long. Raises Invalid or NameTaken."""
    await check_username(tx, username)
    carried = await roles_with(tx, role_keywords)
    user = await repository.users(tx).add(
        User(
            username=username,
            password_hash=password_hash,
            display_name=name[:100],
            language=language,
            must_change_password=must_change,
            created_at=now,
        )
    )
    await repository.store_roles(tx, user.id, [role.id for role in carried])
    details: dict[str, audit.Detail] = {"after": {"username": username, "name": name, "roles": sorted(role_keywords)}}
    await audit.record(tx, actor, "user_created", subject=username, details=details, address=address, now=now)
    tx.announce("user_changed", None, str(user.id))
    return user.id


async def set_password(
    tx: Transaction,
    actor: SignedIn | Actor,
    user_id: int,
    password_hash: str,
    *,
    must_change: bool,
    now: datetime,
    address: str = "",
) -> None:
    """Ends every login of the user, also the one that asked for it."""
    user = await _user(tx, user_id)
    await repository.store_password(tx, user_id, password_hash, must_change=must_change)
    await _rights_changed(tx, user_id, now)
    await audit.record(tx, actor, "password_changed", subject=user.username, address=address, now=now)


async def disable_user(
    tx: Transaction, actor: SignedIn | Actor, user_id: int, *, now: datetime, address: str = ""
) -> None:
    """Raises LastAdmin."""
    user = await _user(tx, user_id)
    if user.disabled_at is not None:
        return
    if await repository.lock_admins(tx) == {user_id}:
        raise LastAdmin
    await repository.store_disabled(tx, user_id, now)
    await _rights_changed(tx, user_id, now)
    await _note_state(tx, actor, "user_disabled", user, address, now)


async def enable_user(
    tx: Transaction, actor: SignedIn | Actor, user_id: int, *, now: datetime, address: str = ""
) -> None:
    user = await _user(tx, user_id)
    if user.disabled_at is None:
        return
    await repository.store_disabled(tx, user_id, None)
    await _note_state(tx, actor, "user_enabled", user, address, now)
    tx.announce("user_changed", None, str(user_id))


async def set_roles(
    tx: Transaction,
    actor: SignedIn | Actor,
    user_id: int,
    role_keywords: Collection[str],
    *,
    now: datetime,
    address: str = "",
) -> None:
    """Raises LastAdmin when nobody else who is not disabled would be an admin."""
    user = await _user(tx, user_id)
    before = sorted(role.keyword for role in user.roles)
    if before == sorted(set(role_keywords)):
        return
    if ADMIN not in role_keywords and await repository.lock_admins(tx) == {user_id}:
        raise LastAdmin
    carried = await roles_with(tx, role_keywords)
    await repository.store_roles(tx, user_id, [role.id for role in carried])
    await _rights_changed(tx, user_id, now)
    details = {"before": before, "after": sorted(set(role_keywords))}
    await audit.record(tx, actor, "roles_changed", subject=user.username, details=details, address=address, now=now)


async def check_username(tx: Transaction, username: str, but: int | None = None) -> None:
    """Raises Invalid or NameTaken; `but` is the user whose name it may be already."""
    if not USERNAME.fullmatch(username):
        raise Invalid({"username": BAD_USERNAME})
    found = await repository.users(tx).named(username)
    if found is not None and found.id != but:
        raise NameTaken


async def roles_with(tx: Transaction, keywords: Collection[str]) -> list[Role]:
    """Raises Invalid when one of the keywords names no role."""
    found = list(await repository.roles(tx).with_keywords(keywords)) if keywords else []
    if {role.keyword for role in found} != set(keywords):
        raise Invalid({"roles": UNKNOWN_ROLE})
    return found


async def _user(tx: Transaction, user_id: int) -> User:
    user = await repository.users(tx).with_id(user_id)
    if user is None:
        raise NotFound
    return user


async def _note_state(
    tx: Transaction, actor: SignedIn | Actor, action: str, user: User, address: str, now: datetime
) -> None:
    enabled = action == "user_enabled"
    details: dict[str, audit.Detail] = {"before": {"enabled": not enabled}, "after": {"enabled": enabled}}
    await audit.record(tx, actor, action, subject=user.username, details=details, address=address, now=now)


async def _rights_changed(tx: Transaction, user_id: int, now: datetime) -> None:
    await revoke_logins(tx, user_id, now)
    tx.announce("user_changed", None, str(user_id))
