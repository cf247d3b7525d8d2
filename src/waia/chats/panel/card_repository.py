"""The contact card's questions to the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, select

from waia.accounts.models import Role, User
from waia.chats.models import Alias, BotSession, Chat, ChatRole, Contact, ContactIdentity, Message
from waia.kit.db import Transaction
from waia.media.models import Media
from waia.media.values import Scope


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
    """(id, from, to, how it ended), newest first."""
    sessions = select(BotSession.id, BotSession.started_at, BotSession.ended_at, BotSession.end_reason)
    newest = sessions.where(BotSession.chat_id == chat_id).order_by(BotSession.id.desc()).limit(limit)
    found: Sequence[Any] = (await tx.execute(newest)).all()
    return found


async def messages_by_session(tx: Transaction, chat_id: int, begins: Sequence[tuple[int, datetime]]) -> Sequence[Any]:
    """(session, author, step, name of the agent, how many, the first), the oldest first; `begins` newest first."""
    if not begins:
        return ()
    session = case(*((Message.timestamp >= at, session_id) for session_id, at in begins)).label("session")
    first = func.min(Message.id).label("first_message")
    agent = func.coalesce(func.nullif(User.display_name, ""), User.username, "").label("agent")
    counted = (
        select(session, Message.author, Message.step, agent, func.count().label("messages"), first)
        .outerjoin(User, User.id == Message.user_id)
        .where(Message.chat_id == chat_id, Message.timestamp >= begins[-1][1])
        .where(Message.author.in_(("customer", "bot", "user", "phone")))
        .group_by("session", Message.author, Message.step, "agent")
        .order_by("first_message")
    )
    found: Sequence[Any] = (await tx.execute(counted)).all()
    return found


async def messages_with_files(tx: Transaction, chat_id: int, before: int | None, limit: int) -> list[int]:
    """Ids of messages with a file in them, the newest first; stickers and voice notes are talk, not files."""
    files = (
        select(Media.message_id)
        .join(Message, Message.id == Media.message_id)
        .where(Media.chat_id == chat_id, Media.scope == Scope.CHAT, Message.revoked_at.is_(None))
        .where(Media.kind != "sticker", ~Media.voice)
    )
    older = files.where(Media.message_id < before) if before is not None else files
    return list((await tx.execute(older.distinct().order_by(Media.message_id.desc()).limit(limit))).scalars())


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
