"""The panel's questions to the database: one statement per kind of thing, never one per row."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, String, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import aliased

from waia.accounts.models import Role, User
from waia.accounts.signed_in import SignedIn
from waia.chats.access import visible_to
from waia.chats.models import (
    Alias,
    CapturedAnswer,
    Chat,
    ChatRole,
    Contact,
    DecisionRow,
    Message,
    OutboxItem,
    Reaction,
)
from waia.chats.panel.viewmodels import View
from waia.kit.db import Transaction
from waia.rules.models import RuleRow

AnyRow = Row[Any]
TAPS = ("button_reply", "list_reply", "button")
_Queue = aliased(Role)
_Author = aliased(User)
_CHAT = (
    select(
        Chat.id, Chat.contact_id, Chat.preview, Chat.preview_kind, Chat.preview_author,
        Chat.preview_user_id, Chat.preview_status,
        Chat.last_message_at, Chat.unread, Chat.estado, Chat.holder, Chat.owner_id, Chat.unanswered_since,
        Chat.resume_at, Chat.window_ends_at, Chat.step,
        Contact.name, Contact.username, Contact.phone, Contact.user_id, Contact.needs_review, Contact.created_at,
        Alias.name.label("alias"), _Queue.name.label("queue_name"),
        func.coalesce(func.nullif(User.display_name, ""), User.username, "").label("owner_name"),
        func.coalesce(func.nullif(_Author.display_name, ""), _Author.username, "").label("preview_user_name"),
    )
    .join(Contact, Contact.id == Chat.contact_id)
    .outerjoin(Alias, Alias.contact_id == Chat.contact_id)
    .outerjoin(User, User.id == Chat.owner_id)
    .outerjoin(_Author, _Author.id == Chat.preview_user_id)
    .outerjoin(_Queue, _Queue.id == Chat.queue_role_id)
)  # fmt: skip
_MESSAGE = (
    select(
        Message.id, Message.chat_id, Message.wamid, Message.quoted_wamid, Message.text, Message.mime_type,
        Message.step, Message.rule_id, Message.timestamp, Message.direction, Message.author, Message.user_id,
        Message.kind, Message.details, Message.status, Message.error_code, Message.error_text,
        Message.edited_at, Message.revoked_at,
        func.coalesce(func.nullif(User.display_name, ""), User.username, "").label("user_name"),
        func.coalesce(OutboxItem.possible_duplicate, literal(False)).label("possible_duplicate"),
    )
    .outerjoin(User, User.id == Message.user_id)
    .outerjoin(OutboxItem, OutboxItem.public_id == Message.public_id)
)  # fmt: skip


async def chats_of(
    tx: Transaction,
    user: SignedIn,
    without_role: str,
    view: View,
    words: str,
    after: tuple[datetime, int] | None,
    limit: int,
) -> Sequence[AnyRow]:
    """A page of the view's chats that the user may see, beyond the key (time, id) of the last row shown."""
    statement = _CHAT.where(visible_to(user, without_role), *_in_view(view, user.id), *_with_words(words))
    oldest_first = view is View.UNANSWERED
    moment = Chat.unanswered_since if oldest_first else Chat.last_message_at
    if after is not None:
        at, chat_id = after
        beyond = (moment > at, Chat.id > chat_id) if oldest_first else (moment < at, Chat.id < chat_id)
        statement = statement.where(or_(beyond[0], and_(moment == at, beyond[1])))
    order = (moment, Chat.id) if oldest_first else (moment.desc(), Chat.id.desc())
    return (await tx.execute(statement.order_by(*order).limit(limit))).all()  # type: ignore[no-any-return]


async def chats_by_id(tx: Transaction, chat_ids: Collection[int]) -> Sequence[AnyRow]:
    return (await tx.execute(_CHAT.where(Chat.id.in_(chat_ids)))).all()  # type: ignore[no-any-return]


async def roles_by_chat(tx: Transaction, chat_ids: Collection[int]) -> Sequence[AnyRow]:
    """(chat id, keyword, name), in the order of the roles."""
    statement = select(ChatRole.chat_id, Role.keyword, Role.name).join(Role, Role.id == ChatRole.role_id)
    found = await tx.execute(statement.where(ChatRole.chat_id.in_(chat_ids)).order_by(Role.name))
    return found.all()  # type: ignore[no-any-return]


async def count_chats(tx: Transaction, user: SignedIn, without_role: str) -> AnyRow:
    """(unanswered, mine, unread) among the chats that the user may see."""
    statement = select(
        func.coalesce(func.sum(case((Chat.unanswered_since.is_not(None), 1), else_=0)), 0),
        func.coalesce(func.sum(case((Chat.owner_id == user.id, 1), else_=0)), 0),
        func.coalesce(func.sum(case((Chat.unread > 0, 1), else_=0)), 0),
    ).where(visible_to(user, without_role))
    return (await tx.execute(statement)).one()  # type: ignore[no-any-return]


async def captured_of(tx: Transaction, chat_id: int) -> Sequence[AnyRow]:
    statement = select(CapturedAnswer.name, CapturedAnswer.value, CapturedAnswer.at)
    found = await tx.execute(statement.where(CapturedAnswer.chat_id == chat_id).order_by(CapturedAnswer.at))
    return found.all()  # type: ignore[no-any-return]


async def messages_before(tx: Transaction, chat_id: int, before: int | None, limit: int) -> Sequence[AnyRow]:
    """The newest `limit` messages older than `before`, newest first."""
    statement = _MESSAGE.where(Message.chat_id == chat_id)
    if before is not None:
        statement = statement.where(Message.id < before)
    return (await tx.execute(statement.order_by(Message.id.desc()).limit(limit))).all()  # type: ignore[no-any-return]


async def messages_since(tx: Transaction, chat_id: int, first: int, limit: int) -> Sequence[AnyRow]:
    """This message and those after it, oldest first."""
    statement = _MESSAGE.where(Message.chat_id == chat_id, Message.id >= first).order_by(Message.id)
    return (await tx.execute(statement.limit(limit))).all()  # type: ignore[no-any-return]


async def messages_by_id(tx: Transaction, chat_id: int, ids: Collection[int]) -> Sequence[AnyRow]:
    """These messages and the one before each, newest first: what a bubble looks like depends on its predecessor."""
    before = aliased(Message)
    previous = select(func.max(before.id)).where(before.chat_id == chat_id, before.id < Message.id).scalar_subquery()
    wanted = select(previous).where(Message.id.in_(ids), Message.chat_id == chat_id)
    known = [found for found in (await tx.execute(wanted)).scalars() if found is not None]
    statement = _MESSAGE.where(Message.chat_id == chat_id, Message.id.in_({*ids, *known}))
    return (await tx.execute(statement.order_by(Message.id.desc()))).all()  # type: ignore[no-any-return]


async def quoted_messages(tx: Transaction, chat_id: int, wamids: Collection[str]) -> Sequence[AnyRow]:
    statement = _MESSAGE.where(Message.chat_id == chat_id, Message.wamid.in_(wamids))
    return (await tx.execute(statement)).all() if wamids else []


async def taps_on(tx: Transaction, chat_id: int, wamids: Collection[str]) -> Sequence[AnyRow]:
    """(wamid of the menu, details of the tap), oldest first."""
    statement = select(Message.quoted_wamid, Message.details, Message.text).where(
        Message.chat_id == chat_id, Message.quoted_wamid.in_(wamids), Message.kind.in_(TAPS)
    )
    return (await tx.execute(statement.order_by(Message.id))).all() if wamids else []


async def reactions_to(tx: Transaction, wamids: Collection[str]) -> Sequence[AnyRow]:
    """(wamid, emoji, author), oldest first."""
    statement = select(Reaction.wamid, Reaction.emoji, Reaction.author).where(Reaction.wamid.in_(wamids))
    return (await tx.execute(statement.order_by(Reaction.at))).all() if wamids else []


async def message_of(tx: Transaction, message_id: int) -> AnyRow | None:
    """(id, chat id, wamid, kind, author, text, decision id, when) of one message."""
    return (await tx.execute(_MESSAGE_FACTS.where(Message.id == message_id))).one_or_none()  # type: ignore[no-any-return]


async def message_of_wamid(tx: Transaction, wamid: str) -> AnyRow | None:
    """The same, found by Meta's id."""
    return (await tx.execute(_MESSAGE_FACTS.where(Message.wamid == wamid))).one_or_none()  # type: ignore[no-any-return]


async def decision(tx: Transaction, decision_id: int) -> AnyRow | None:
    statement = select(DecisionRow.at, DecisionRow.duration_us, DecisionRow.silent_reason, DecisionRow.trace)
    return (await tx.execute(statement.where(DecisionRow.id == decision_id))).one_or_none()  # type: ignore[no-any-return]


async def rules_by_id(tx: Transaction, rule_ids: Collection[int]) -> Sequence[AnyRow]:
    """(id, step, triggers, text) of rules that still exist."""
    statement = select(RuleRow.id, RuleRow.step, RuleRow.triggers, RuleRow.text).where(RuleRow.id.in_(rule_ids))
    return (await tx.execute(statement)).all() if rule_ids else []


def _in_view(view: View, user_id: int) -> list[Any]:
    match view:
        case View.UNANSWERED:
            return [Chat.unanswered_since.is_not(None)]
        case View.MINE:
            return [Chat.owner_id == user_id]
        case View.UNREAD:
            return [Chat.unread > 0]
        case _:
            return []


def _with_words(words: str) -> list[Any]:
    """Chats whose name, alias, username or number holds the words."""
    wanted = words.strip().lower()
    if not wanted:
        return []
    named = [
        func.lower(column).contains(wanted.lstrip("@"), autoescape=True)
        for column in (Contact.name, Alias.name, cast(Contact.username, String))
    ]
    digits = "".join(sign for sign in wanted if sign.isdigit())
    if len(digits) >= 3 and not any(sign.isalpha() for sign in wanted):
        named.append(Contact.phone.contains(digits, autoescape=True))
    return [or_(*named)]


_MESSAGE_FACTS = select(
    Message.id, Message.chat_id, Message.wamid, Message.kind, Message.author, Message.text,
    Message.decision_id, Message.bot_may_run, Message.timestamp, Message.received_at,
)  # fmt: skip
