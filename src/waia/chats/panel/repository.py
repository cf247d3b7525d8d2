"""The panel's questions to the database: one statement per kind of thing, never one per row."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from waia.accounts.models import Role, User
from waia.chats.access import Sight, few_of
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
from waia.chats.overdue.repository import late_level
from waia.chats.panel.listing import Filters, Listing
from waia.chats.panel.viewmodels import MOST_COUNTED, View
from waia.chats.search.find_repository import Among
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
        Chat.resume_at, Chat.window_ends_at, Chat.step, Chat.queue_role_id, Chat.archived_at,
        Contact.name, Contact.username, Contact.phone, Contact.user_id, Contact.needs_review, Contact.created_at,
        late_level().label("late"), Alias.name.label("alias"), _Queue.name.label("queue_name"),
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
    sight: Sight,
    listing: Listing,
    after: tuple[datetime, int] | None,
    limit: int,
) -> Sequence[AnyRow]:
    """A page of the listing's chats that the user sees, beyond the key (time, id) of the last row shown."""
    asked = _among(tx, select(Chat.id), sight, await _few(tx, sight, listing.filters))
    asked = asked.where(*in_listing(listing, sight.user.id))
    oldest_first = listing.view is View.UNANSWERED
    moment = _MOMENTS.get(listing.view, Chat.last_message_at)
    if after is not None:
        at, chat_id = after
        beyond = Chat.id > chat_id if oldest_first else Chat.id < chat_id
        asked = asked.where(moment >= at if oldest_first else moment <= at).where(or_(moment != at, beyond))
    order = (moment, Chat.id) if oldest_first else (moment.desc(), Chat.id.desc())
    ids = list((await tx.execute(asked.order_by(*order).limit(limit))).scalars())
    found = {row.id: row for row in await chats_by_id(tx, ids)} if ids else {}
    return [found[chat_id] for chat_id in ids if chat_id in found]


async def searched(tx: Transaction, sight: Sight, filters: Filters) -> Among:
    """Where a search looks: in all tabs, the archive too, within the filters."""
    few = await _few(tx, sight, filters)
    ids = None if few is None else sorted((await tx.execute(select(few.c.id))).scalars())
    return Among((sight.gate, *_admitted(filters)), ids)


def in_listing(listing: Listing, user_id: int) -> list[ColumnElement[bool]]:
    """What a chat has to be to stand in this list of this person; the gate is another question."""
    return [*_in_view(listing.view, user_id), *_admitted(listing.filters)]


def of_chat(chat_id: int) -> tuple[ColumnElement[bool], ...]:
    """One chat, whose gate was passed before."""
    return (Chat.id == chat_id,)


async def chats_by_id(tx: Transaction, chat_ids: Collection[int]) -> Sequence[AnyRow]:
    return (await tx.execute(_CHAT.where(Chat.id.in_(chat_ids)))).all()  # type: ignore[no-any-return]


async def roles_by_chat(tx: Transaction, chat_ids: Collection[int]) -> Sequence[AnyRow]:
    """(chat id, keyword, name), in the order of the roles."""
    statement = select(ChatRole.chat_id, Role.keyword, Role.name).join(Role, Role.id == ChatRole.role_id)
    found = await tx.execute(statement.where(ChatRole.chat_id.in_(chat_ids)).order_by(Role.name))
    return found.all()  # type: ignore[no-any-return]


async def count_chats(tx: Transaction, sight: Sight) -> AnyRow:
    """How many of the chats that the user sees each tab holds, by its name; none is counted beyond MOST_COUNTED."""
    if sight.few is not None:
        return await _count_few(tx, sight)
    numbers = []
    for view in View:
        held = select(Chat.id).where(*_in_view(view, sight.user.id), sight.gate)
        first = held.limit(MOST_COUNTED).subquery()
        numbers.append(select(func.count()).select_from(first).scalar_subquery().label(view.name.lower()))
    return (await tx.execute(select(*numbers))).one()  # type: ignore[no-any-return]


async def _count_few(tx: Transaction, sight: Sight) -> AnyRow:
    """All tabs in one walk through the few."""
    held = ((view, and_(*_in_view(view, sight.user.id))) for view in View)
    numbers = [func.coalesce(func.sum(case((holds, 1), else_=0)), 0).label(view.name.lower()) for view, holds in held]
    return (await tx.execute(_among(tx, select(*numbers), sight, sight.few))).one()  # type: ignore[no-any-return]


async def filter_choices(tx: Transaction) -> tuple[Sequence[AnyRow], Sequence[AnyRow]]:
    """Roles as (keyword, name) and people as (id, name), for the form of the filters."""
    roles = select(func.lower(Role.keyword).label("value"), Role.name).order_by(Role.name)
    name = func.coalesce(func.nullif(User.display_name, ""), User.username).label("name")
    people = select(User.id.label("value"), name).where(User.disabled_at.is_(None)).order_by(name)
    return (await tx.execute(roles)).all(), (await tx.execute(people)).all()


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
    """Each finds its rows in the index that also has their order."""
    archived = Chat.archived_at.is_not(None) if view is View.ARCHIVED else Chat.archived_at.is_(None)
    match view:
        case View.UNANSWERED:
            return [archived, Chat.unanswered_since.is_not(None)]
        case View.MINE:
            return [archived, Chat.owner_id == user_id]
        case View.UNREAD:
            return [archived, Chat.is_unread == literal(1)]
        case View.BOT:
            return [archived, Chat.holder == "bot"]
        case _:
            return [archived]


def _admitted(filters: Filters) -> list[Any]:
    wanted: list[Any] = []
    if filters.role:
        carries = (
            select(1).select_from(ChatRole).join(Role, Role.id == ChatRole.role_id).where(ChatRole.chat_id == Chat.id)
        )
        wanted.append(exists(carries.where(func.lower(Role.keyword) == filters.role)))
    if filters.owner is not None:
        wanted.append(Chat.owner_id == filters.owner if filters.owner else Chat.owner_id.is_(None))
    if filters.estado:
        wanted.append(Chat.estado == filters.estado)
    if filters.since is not None:
        wanted.append(Chat.last_message_at >= filters.since)
    if filters.until is not None:
        wanted.append(Chat.last_message_at < filters.until)
    return wanted


async def _few(tx: Transaction, sight: Sight, filters: Filters) -> Subquery | None:
    """Ids that hold all chats wanted, where these are few: then nobody walks through all others."""
    if sight.few is not None or not filters.role:
        return sight.few
    carrying = select(ChatRole.chat_id.label("id")).join(Role, Role.id == ChatRole.role_id)
    return await few_of(tx, [carrying.where(func.lower(Role.keyword) == filters.role)])


def _among(tx: Transaction, asked: Select[Any], sight: Sight, few: Subquery | None) -> Select[Any]:
    """The few that the user sees are the gate's own verdict; other few ids still have to pass it.

    They are found first and then looked up, one by one: an optimiser that takes the list's order walks through all.
    Each needs its own words for that (EXPLAIN on 100,000 chats).
    """
    seen = asked if sight.few is not None else asked.where(sight.gate)
    if few is None:
        return seen
    if tx.dialect == "sqlite":
        return seen.where(Chat.id.in_(select(few.c.id)))
    return seen.select_from(few.join(Chat, Chat.id == few.c.id)).prefix_with("STRAIGHT_JOIN", dialect="mysql")


_MOMENTS = {View.UNANSWERED: Chat.unanswered_since, View.ARCHIVED: Chat.archived_at}


_MESSAGE_FACTS = select(
    Message.id, Message.chat_id, Message.wamid, Message.kind, Message.author, Message.text,
    Message.decision_id, Message.bot_may_run, Message.timestamp, Message.received_at,
)  # fmt: skip
