"""SQL of one-time links."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from waia.accounts.models import PasswordLink, User
from waia.kit.db import Transaction


@dataclass(frozen=True, slots=True)
class OpenLink:
    user_id: int
    username: str
    name: str
    expires_at: datetime
    disabled: bool


async def store_link(tx: Transaction, user_id: int, token_hash: str, now: datetime, expires_at: datetime) -> None:
    row = {"user_id": user_id, "token_hash": token_hash, "created_at": now, "expires_at": expires_at}
    await tx.execute(insert(PasswordLink).values(**row))


async def link_by_token(tx: Transaction, token_hash: str) -> OpenLink | None:
    wanted = (
        select(User.id, User.username, User.display_name, PasswordLink.expires_at, User.disabled_at)
        .join(User, User.id == PasswordLink.user_id)
        .where(PasswordLink.token_hash == token_hash)
    )
    row = (await tx.execute(wanted)).one_or_none()
    return OpenLink(row[0], row[1], row[2] or row[1], row[3], row[4] is not None) if row else None


async def forget_link(tx: Transaction, user_id: int) -> bool:
    return bool((await tx.execute(delete(PasswordLink).where(PasswordLink.user_id == user_id))).rowcount)


async def delete_old_links(tx: Transaction, before: datetime) -> int:
    return int((await tx.execute(delete(PasswordLink).where(PasswordLink.expires_at < before))).rowcount)
