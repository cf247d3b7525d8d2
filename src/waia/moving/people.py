"""Brings over roles and users: hashes stay as they are until their owner signs in."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from waia.accounts import audit, repository
from waia.accounts.audit import Actor
from waia.accounts.legacy_hashes import is_legacy, legacy_matches
from waia.accounts.models import Role, User
from waia.accounts.password_policy import DEFAULT_PASSWORD
from waia.kit.db import Transaction
from waia.moving.original import OldMember, OldRole, OldUser
from waia.moving.tally import Mend, Tally

COMMAND = Actor(None, "waia import-legacy")
UNUSABLE = "!"
LONGEST_NAME, LONGEST_KEYWORD, LONGEST_HASH = 50, 20, 255
_WHOLE = re.compile(r"(scrypt(:\d+:\d+:\d+)?\$[^$]+\$[0-9a-f]{128}|pbkdf2:\w+(:\d+)?\$[^$]+\$[0-9a-f]{40,128})")


@dataclass(frozen=True)
class Staff:
    """What the original knows of people; `default` are the users who never changed admin123."""

    roles: Sequence[OldRole]
    users: Sequence[OldUser]
    members: Sequence[OldMember]
    default: frozenset[int] = field(default_factory=frozenset)


async def with_known_passwords(staff: Staff) -> Staff:
    """Tries the password that everybody knows; it takes a while for each user."""

    def find() -> frozenset[int]:
        return frozenset(user.id for user in staff.users if _verifies(user.password or ""))

    return Staff(staff.roles, staff.users, staff.members, await asyncio.to_thread(find))


def keywords_of(staff: Staff) -> dict[int, str]:
    """Keywords of the original's roles, by their numbers there."""
    return {role.id: (role.keyword or "").strip()[:LONGEST_KEYWORD] for role in staff.roles}


async def bring_roles(tx: Transaction, staff: Staff, after: int, tally: Tally) -> None:
    """By keyword, those with a number above `after`; a role that is here keeps its name.

    Very old databases have a word with each user instead.
    """
    new = ((role, keyword) for role, keyword in _with_keywords(staff) if role.id > after)
    named = {keyword: (role.name or keyword)[:LONGEST_NAME] for role, keyword in new}
    for word in filter(None, ((user.rol or "").strip()[:LONGEST_KEYWORD] for user in staff.users)):
        named.setdefault(word, word.capitalize())
    here = {role.keyword for role in await repository.roles(tx).with_keywords(list(named))}
    tally.count("roles_read", len(staff.roles))
    tally.count("roles_new", len(set(named) - here))
    if named:
        await repository.add_roles_once(tx, [(name, keyword) for keyword, name in named.items()])


def check_users(staff: Staff, tally: Tally) -> None:
    """Counts what would be mended, and changes nothing."""
    tally.count("roles_read", len(staff.roles))
    tally.count("users_read", len(staff.users))
    _keywords_by_user(staff, tally)
    for user in staff.users:
        _hash(user, tally)
        if user.id in staff.default:
            tally.mend(Mend.KNOWN_PASSWORD, user.username)
        if not (user.username or "").strip():
            tally.mend(Mend.NO_NAME, user.id)
        elif _is_twin(user, staff):
            tally.mend(Mend.NAME_TAKEN, user.username)


async def bring_users(tx: Transaction, staff: Staff, after: int, now: datetime, tally: Tally) -> None:
    """Those with a number above `after`. Who never chose a password here takes the old one."""
    keywords = _keywords_by_user(staff, tally)
    wanted = {keyword for some in keywords.values() for keyword in some}
    roles = {role.keyword: role for role in await repository.roles(tx).with_keywords(list(wanted))}
    tally.count("users_read", len(staff.users))
    for user in (user for user in staff.users if user.id > after):
        if not (user.username or "").strip():
            tally.mend(Mend.NO_NAME, user.id)
            continue
        await _bring(tx, user, [roles[each] for each in keywords[user.id] if each in roles], staff, now, tally)


async def _bring(tx: Transaction, user: OldUser, roles: list[Role], staff: Staff, now: datetime, tally: Tally) -> None:
    name, hashed = (user.username or "").strip()[:LONGEST_NAME], _hash(user, tally)
    if user.id in staff.default:
        tally.mend(Mend.KNOWN_PASSWORD, name)
    here = await repository.users(tx).named(name)
    if here is not None and _is_twin(user, staff):
        tally.mend(Mend.NAME_TAKEN, name)
        name, here = f"{name[: LONGEST_NAME - 8]}-{user.id}", None
        here = await repository.users(tx).named(name)
    must_change = user.id in staff.default or hashed == UNUSABLE
    if here is None:
        await _add(tx, name, hashed, roles, must_change, now)
        tally.count("users_new")
        return
    if here.must_change_password and here.created_at is not None and not is_legacy(here.password_hash):
        await repository.store_password(tx, here.id, hashed, must_change=must_change)
        tally.count("users_same")
    else:
        tally.mend(Mend.USER_HERE, name)
    await repository.store_roles(tx, here.id, {role.id for role in (*here.roles, *roles)})


async def _add(tx: Transaction, name: str, hashed: str, roles: list[Role], must_change: bool, now: datetime) -> None:
    """`created_at` is now: old hashes open for a while from today on."""
    user = User(username=name, password_hash=hashed, must_change_password=must_change, created_at=now)
    added = await repository.users(tx).add(user)
    await repository.store_roles(tx, added.id, {role.id for role in roles})
    after: Mapping[str, audit.Detail] = {"after": {"username": name, "roles": sorted(role.keyword for role in roles)}}
    await audit.record(tx, COMMAND, "user_created", subject=name, details=dict(after), now=now)
    tx.announce("user_changed", None, str(added.id))


def _is_twin(user: OldUser, staff: Staff) -> bool:
    """Whether a user before this one has the same name but for capitals."""
    name = (user.username or "").strip().lower()
    return any((other.username or "").strip().lower() == name for other in staff.users if other.id < user.id)


def _hash(user: OldUser, tally: Tally) -> str:
    """As it is; a hash that was cut, or that nobody can check, opens nothing."""
    stored = (user.password or "").strip()
    if len(stored) <= LONGEST_HASH and is_legacy(stored) and ("$" not in stored or _WHOLE.fullmatch(stored)):
        return stored
    tally.mend(Mend.NO_PASSWORD, user.username or user.id)
    return UNUSABLE


def _verifies(stored: str) -> bool:
    return is_legacy(stored) and legacy_matches(DEFAULT_PASSWORD, stored)


def _with_keywords(staff: Staff) -> Iterable[tuple[OldRole, str]]:
    keywords = keywords_of(staff)
    return ((role, keywords[role.id]) for role in staff.roles)


def _keywords_by_user(staff: Staff, tally: Tally) -> dict[int, list[str]]:
    keywords, found = keywords_of(staff), defaultdict[int, list[str]](list)
    users = {user.id for user in staff.users}
    for member in staff.members:
        if member.role_id not in keywords:
            tally.mend(Mend.NO_SUCH_ROLE, f"user_roles {member.user_id}, {member.role_id}")
        elif member.user_id not in users:
            tally.mend(Mend.NO_SUCH_USER, f"user_roles {member.user_id}, {member.role_id}")
        else:
            found[member.user_id].append(keywords[member.role_id])
    for user in staff.users:
        if word := (user.rol or "").strip()[:LONGEST_KEYWORD]:
            found[user.id].append(word)
    return defaultdict(list, {user_id: list(dict.fromkeys(some)) for user_id, some in found.items()})
