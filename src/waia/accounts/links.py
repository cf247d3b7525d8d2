"""One-time links: whoever holds one chooses the user's password, once, within three days."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from waia.accounts import link_repository as rows
from waia.accounts.cookies import is_token, new_token, token_hash
from waia.accounts.repository import store_password
from waia.kit.db import Transaction
from waia.kit.errors import NotFound
from waia.kit.i18n import N_

LIVES = timedelta(hours=72)
# A hash that nothing matches: until the link was used nobody can sign in with a password.
NO_PASSWORD = "!"  # noqa: S105


class LinkGone(NotFound):
    """Unknown, used or too old: the three look the same."""

    code = "link_gone"
    message = N_("Este enlace ya se usó o venció. Pide otro a quien administra.")


@dataclass(frozen=True, slots=True)
class Link:
    """What the admin hands over; the token is nowhere else from now on."""

    user_id: int
    username: str
    token: str
    expires_at: datetime

    @property
    def path(self) -> str:
        return f"/acceso/{self.token}"


async def new_link(tx: Transaction, user_id: int, username: str, now: datetime) -> Link:
    """Replaces an earlier one of the user, which opens nothing any more."""
    link = Link(user_id, username, new_token(), now + LIVES)
    await rows.forget_link(tx, user_id)
    await rows.store_link(tx, user_id, token_hash(link.token), now, link.expires_at)
    return link


async def find_link(tx: Transaction, token: str, now: datetime) -> rows.OpenLink:
    """Raises LinkGone, also for users who are disabled."""
    found = await rows.link_by_token(tx, token_hash(token)) if is_token(token) else None
    if found is None or found.expires_at <= now or found.disabled:
        raise LinkGone
    return found


async def use_link(tx: Transaction, token: str, password_hash: str, now: datetime) -> rows.OpenLink:
    """The password counts from now on, and the link no more. Raises LinkGone when somebody was faster."""
    link = await find_link(tx, token, now)
    if not await rows.forget_link(tx, link.user_id):
        raise LinkGone
    await store_password(tx, link.user_id, password_hash, must_change=False)
    return link
