"""The contact card's questions to the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, case, select

from waia.accounts.models import Role
from waia.chats.models import Alias, BotSession, Chat, ChatRole, Contact, ContactIdentity
from waia.kit.db import Transaction


async def names_of(tx: Transaction, chat_id: int) -> Any:
    """(alias, profile name)"""
    named = (
        select(Alias.name.label("alias"), Contact.name)
        .select_from(Chat)
        .join(Contact, Contact.id == Chat.contact_id)
        .outerjoin(Alias, Alias.contact_id == Chat.contact_id)
    )
    return (await tx.execute(named.where(Chat.id == chat_id))).one()


async def roles_for(tx: Transaction, chat_id: int) -> Sequence[Any]:
    """All roles: (id, keyword, name, whether the chat carries it)."""
    carried = and_(ChatRole.role_id == Role.id, ChatRole.chat_id == chat_id)
    roles = select(Role.id, Role.keyword, Role.name, case((ChatRole.role_id.is_not(None), 1), else_=0).label("carried"))
    found: Sequence[Any] = (await tx.execute(roles.outerjoin(ChatRole, carried).order_by(Role.name, Role.id))).all()
    return found


async def sessions_of(tx: Transaction, chat_id: int, limit: int) -> Sequence[Any]:
    """(from, to, how it ended), newest first."""
    sessions = select(BotSession.started_at, BotSession.ended_at, BotSession.end_reason)
    newest = sessions.where(BotSession.chat_id == chat_id).order_by(BotSession.id.desc()).limit(limit)
    found: Sequence[Any] = (await tx.execute(newest)).all()
    return found


async def identities_of(tx: Transaction, chat_id: int, limit: int) -> Sequence[Any]:
    """(kind, value, from, to), what is valid today first."""
    known = (
        select(ContactIdentity.kind, ContactIdentity.value, ContactIdentity.valid_from, ContactIdentity.valid_to)
        .join(Chat, Chat.contact_id == ContactIdentity.contact_id)
        .where(Chat.id == chat_id)
        .order_by(ContactIdentity.open.is_(None), ContactIdentity.valid_from.desc(), ContactIdentity.id.desc())
    )
    found: Sequence[Any] = (await tx.execute(known.limit(limit))).all()
    return found
