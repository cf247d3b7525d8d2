"""What the page of people does with users: with a one-time link instead of a password that somebody else knows."""

from collections.abc import Sequence
from datetime import datetime

from waia.accounts import people, repository
from waia.accounts import staff_repository as rows
from waia.accounts.errors import LastAdmin
from waia.accounts.link_repository import forget_link
from waia.accounts.links import NO_PASSWORD, Link, new_link
from waia.accounts.logins.repository import revoke_logins
from waia.accounts.models import User
from waia.accounts.office import By
from waia.kit.db import Transaction
from waia.kit.errors import Conflict, Invalid, NotFound
from waia.kit.i18n import LANGUAGES, N_
from waia.kit.overtaken import refuse_overtaken, seen_of

LONGEST_NAME = 100
LONG_NAME = N_("Usa hasta 100 caracteres.")
UNKNOWN_LANGUAGE = N_("Elige uno de los idiomas de la lista.")


class OwnAccount(Conflict):
    code = "own_account"
    message = N_("No puedes hacer esto con tu propia cuenta. Pídeselo a otra persona que administre.")


class HasHistory(Conflict):
    code = "has_history"
    message = N_("Esta persona ya escribió mensajes: desactívala, y su nombre queda en ellos.")


async def invite(tx: Transaction, by: By, *, username: str, name: str, language: str, roles: Sequence[str]) -> Link:
    """A new user who has no password yet. Raises Invalid."""
    _check(name, language)
    user_id = await people.create_user(
        tx,
        by.actor,
        username=username.strip(),
        password_hash=NO_PASSWORD,
        name=name.strip(),
        language=language,
        role_keywords=sorted(set(roles)),
        must_change=False,
        now=by.now,
        address=by.address,
    )
    return await new_link(tx, user_id, username.strip(), by.now)


async def change_user(
    tx: Transaction, by: By, user_id: int, *, username: str, name: str, language: str, seen: str = ""
) -> None:
    """Raises Invalid, NotFound, Overtaken."""
    await rows.lock_user(tx, user_id)
    user, username, name = await user_with(tx, user_id), username.strip(), name.strip()
    _check(name, language)
    await people.check_username(tx, username, user_id)
    before = {"username": user.username, "name": user.display_name, "language": user.language}
    after = {"username": username, "name": name, "language": language}
    if before != after:
        refuse_overtaken(seen, seen_of(user.username, user.display_name, user.language))
        await rows.store_user(tx, user_id, username, name, language)
        await by.note(tx, "user_changed", username, before=before, after=after)
        tx.announce("user_changed", None, str(user_id))


async def reset_password(tx: Transaction, by: By, user_id: int) -> Link:
    """The old password and every login end now; the link is the way back."""
    user = await _another(tx, by, user_id)
    await repository.store_password(tx, user_id, NO_PASSWORD, must_change=False)
    ended = await _end_logins(tx, user_id, by.now)
    link = await new_link(tx, user_id, user.username, by.now)
    await by.note(tx, "password_reset", user.username, logins=ended, until=link.expires_at.isoformat())
    return link


async def end_logins(tx: Transaction, by: By, user_id: int) -> int:
    """All browsers of the user, but the one that asks: it has a page for its own."""
    user = await user_with(tx, user_id)
    own = by.actor.login_id if by.actor.id == user_id else None
    ended = await revoke_logins(tx, user_id, by.now, but=own)
    tx.announce("user_changed", None, str(user_id))
    await by.note(tx, "logins_ended", user.username, logins=ended)
    return ended


async def disable(tx: Transaction, by: By, user_id: int) -> None:
    """Raises LastAdmin, OwnAccount. A link that was not used opens nothing any more."""
    await _another(tx, by, user_id)
    await people.disable_user(tx, by.actor, user_id, now=by.now, address=by.address)
    await forget_link(tx, user_id)


async def enable(tx: Transaction, by: By, user_id: int) -> None:
    await people.enable_user(tx, by.actor, user_id, now=by.now, address=by.address)


async def delete_user(tx: Transaction, by: By, user_id: int) -> None:
    """Only somebody who never wrote anything, such as a slip of the pen. Raises HasHistory, LastAdmin, OwnAccount."""
    user = await _another(tx, by, user_id)
    if await rows.has_written(tx, user_id):
        raise HasHistory
    if await repository.lock_admins(tx) == {user_id}:
        raise LastAdmin
    before = {"username": user.username, "name": user.display_name, "roles": sorted(r.keyword for r in user.roles)}
    await _end_logins(tx, user_id, by.now)
    await rows.remove_user(tx, user_id)
    await by.note(tx, "user_deleted", user.username, before=before)


async def user_with(tx: Transaction, user_id: int) -> User:
    user = await repository.users(tx).with_id(user_id)
    if user is None:
        raise NotFound
    return user


async def _another(tx: Transaction, by: By, user_id: int) -> User:
    user = await user_with(tx, user_id)
    if by.actor.id == user_id:
        raise LastAdmin if await repository.lock_admins(tx) == {user_id} else OwnAccount
    return user


async def _end_logins(tx: Transaction, user_id: int, now: datetime) -> int:
    tx.announce("user_changed", None, str(user_id))
    return await revoke_logins(tx, user_id, now)


def _check(name: str, language: str) -> None:
    if len(name.strip()) > LONGEST_NAME:
        raise Invalid({"name": LONG_NAME})
    if language and language not in LANGUAGES:
        raise Invalid({"language": UNKNOWN_LANGUAGE})
