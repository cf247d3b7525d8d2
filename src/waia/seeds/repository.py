"""SQL of the demo's start: who is there already, and whose window is still open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from waia.accounts.models import Role, User
from waia.chats.models import Chat, Contact
from waia.kit.db import Transaction

WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """A customer who may be written to freely, as Meta would know."""

    phone_number_id: str
    wa_id: str
    user_id: str
    opened_at: datetime


async def open_windows(tx: Transaction, now: datetime) -> list[OpenWindow]:
    """For a simulated Meta that begins with an empty memory beside a database that has chats."""
    found = await tx.execute(
        select(Chat.phone_number_id, Contact.phone, Contact.user_id, Chat.window_ends_at)
        .join(Contact, Contact.id == Chat.contact_id)
        .where(Chat.window_ends_at > now)
    )
    return [OpenWindow(pnid, phone, user_id, ends_at - WINDOW) for pnid, phone, user_id, ends_at in found]


async def newest_message_at(tx: Transaction) -> datetime | None:
    """Business time of the newest message: the demo's clock may have been moved ahead before a restart."""
    found: datetime | None = (await tx.execute(select(func.max(Chat.last_message_at)))).scalar_one_or_none()
    return found


async def user_ids(tx: Transaction) -> Mapping[str, int]:
    return {row.username: row.id for row in await tx.execute(select(User.username, User.id))}


async def role_ids(tx: Transaction) -> Mapping[str, int]:
    return {row.keyword: row.id for row in await tx.execute(select(Role.keyword, Role.id))}
