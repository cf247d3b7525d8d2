"""Somebody whose work goes on without a request of theirs, with the rights of this moment."""

import hashlib

from waia.accounts.repository import users
from waia.accounts.signed_in import ADMIN, SignedIn
from waia.kit.db import Transaction

NO_LOGIN = 0


async def acting(tx: Transaction, user_id: int) -> SignedIn | None:
    """None when they are gone or disabled."""
    user = await users(tx).with_id(user_id)
    if user is None or user.disabled_at is not None:
        return None
    keywords = frozenset(role.keyword for role in user.roles)
    return SignedIn(
        id=user.id,
        username=user.username,
        name=user.display_name or user.username,
        role_ids=frozenset(role.id for role in user.roles),
        role_keywords=keywords,
        is_admin=ADMIN in keywords,
        login_id=NO_LOGIN,
        csrf_token="",
        language=user.language,
        must_change_password=user.must_change_password,
    )


def rights_of(user: SignedIn) -> str:
    """A short name of what their roles open; another one as soon as a role comes or goes."""
    roles = ",".join(str(role_id) for role_id in sorted(user.role_ids))
    return hashlib.sha256(f"{user.is_admin} {roles}".encode()).hexdigest()
