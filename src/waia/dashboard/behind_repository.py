"""The rows behind a figure, newest first, a page at a time; each passes the gate of access."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from waia.accounts.models import User
from waia.accounts.signed_in import SignedIn
from waia.chats.access import visible_to
from waia.chats.delivery_state import DeliveryState
from waia.chats.models import Alias, Chat, ChatRole, Contact, Message
from waia.dashboard.behind import Behind, Narrowing, Place
from waia.dashboard.figures_repository import Wanted
from waia.dashboard.filters import Filters
from waia.dashboard.kept_repository import AfterChat
from waia.dashboard.models import ConversationRow
from waia.dashboard.timeline import AUTHORS, UNCOUNTED_KINDS
from waia.dashboard.tops_repository import chats_without_person
from waia.kit.db import Transaction

PAGE, BATCH, MOST_READ = 50, 200, 4_000
_PERSON = (
    Chat.contact_id, Contact.name, Contact.username, Contact.phone, Contact.user_id, Alias.name.label("alias"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Looker:
    """Who asks, what they may see, and in which zone days and hours are."""

    user: SignedIn
    without_role: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Found:
    """`place`: where the list goes on, None at its end."""

    rows: Sequence[Any]
    place: Place | AfterChat | None


async def messages_behind(tx: Transaction, behind: Behind, looker: Looker) -> Found:
    """Looks at so many messages at most; where words are asked for a page may hold few, and still go on."""
    rows: list[Any] = []
    read = 0
    for since, until in behind.spans(looker.zone):
        place = behind.place
        if place is not None and since > place.at:
            continue
        while True:
            asked = _messages(behind, looker).where(Message.timestamp >= since, Message.timestamp < until)
            if place is not None:
                asked = asked.where(_beyond(place))
            found = (await tx.execute(asked.limit(BATCH))).all()
            read += len(found)
            for row in found:
                place = Place(row.timestamp, row.id)
                if behind.narrowing.admits(row.text or ""):
                    rows.append(row)
                if len(rows) == PAGE:
                    return Found(rows, place)
            if len(found) < BATCH:
                break
            if read >= MOST_READ:
                return Found(rows, place)
    return Found(rows, None)


async def conversations_behind(tx: Transaction, behind: Behind, looker: Looker) -> Found:
    asked = (
        select(ConversationRow.__table__, *_PERSON)
        .join(Chat, Chat.id == ConversationRow.chat_id)
        .join(Contact, Contact.id == Chat.contact_id)
        .outerjoin(Alias, Alias.contact_id == Chat.contact_id)
        .where(visible_to(looker.user, looker.without_role), *_talk_filters(behind))
        .order_by(ConversationRow.opened_at.desc(), ConversationRow.chat_id.desc())
    )
    if behind.place is not None:
        at, chat_id = behind.place.at, behind.place.id
        older = and_(ConversationRow.opened_at == at, ConversationRow.chat_id < chat_id)
        asked = asked.where(or_(ConversationRow.opened_at < at, older))
    rows = (await tx.execute(asked.limit(PAGE + 1))).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Found(rows[:PAGE], Place(last.opened_at, last.chat_id) if last is not None else None)


async def customers_behind(tx: Transaction, wanted: Wanted, looker: Looker, beyond: AfterChat | None) -> Found:
    """(row, how much they wrote) of those to whom no person wrote, the most first."""
    found = await chats_without_person(tx, wanted, PAGE + 1, beyond)
    shown = found[:PAGE]
    asked = (
        select(Chat.id, Chat.numero, Chat.last_message_at, *_PERSON)
        .join(Contact, Contact.id == Chat.contact_id)
        .outerjoin(Alias, Alias.contact_id == Chat.contact_id)
        .where(visible_to(looker.user, looker.without_role), Chat.id.in_([chat_id for chat_id, _ in shown]))
    )
    known = {row.id: row for row in await tx.execute(asked)}
    rows = [(known[chat_id], received) for chat_id, received in shown if chat_id in known]
    last = AfterChat(shown[-1][1], shown[-1][0]) if len(found) > PAGE else None
    return Found(rows, last)


def _messages(behind: Behind, looker: Looker) -> Select[Any]:
    columns = (
        Message.id, Message.chat_id, Message.timestamp, Message.author, Message.kind, Message.text, Message.status,
        Message.error_code, Message.error_text, User.display_name, User.username.label("user_name"),
    )  # fmt: skip
    return (
        select(*columns, *_PERSON)
        .join(Chat, Chat.id == Message.chat_id)
        .join(Contact, Contact.id == Chat.contact_id)
        .outerjoin(Alias, Alias.contact_id == Chat.contact_id)
        .outerjoin(User, User.id == Message.user_id)
        .where(visible_to(looker.user, looker.without_role), *_message_filters(behind))
        .order_by(Message.timestamp.desc(), Message.id.desc())
    )


def _beyond(place: Place) -> ColumnElement[bool]:
    return and_(Message.timestamp <= place.at, or_(Message.timestamp < place.at, Message.id < place.id))


def _message_filters(behind: Behind) -> list[ColumnElement[bool]]:
    """What the roll-ups count, said once more for the database."""
    filters = behind.filters
    found: list[ColumnElement[bool]] = [Message.author.in_(AUTHORS), Message.kind.not_in(UNCOUNTED_KINDS)]
    found += [*_chat_filters(filters), *_narrowed(behind.narrowing)]
    if filters.kind:
        found.append(Message.kind == filters.kind)
    if filters.authors:
        found.append(Message.author.in_(filters.author_values))
    if filters.number:
        found.append(Chat.numero == filters.number)
    return found


def _narrowed(narrowing: Narrowing) -> list[ColumnElement[bool]]:
    failed, cancelled = int(DeliveryState.FAILED), int(DeliveryState.CANCELLED)
    found: list[ColumnElement[bool]] = [Message.status.not_in((failed, cancelled))]
    if narrowing.failed:
        found = [Message.direction == "out", Message.status == failed]
    if narrowing.failed.isdigit():
        code = int(narrowing.failed)
        found.append(Message.error_code == code if code else func.coalesce(Message.error_code, 0) == 0)
    if narrowing.uncertain:
        found.append(Message.status == int(DeliveryState.UNCERTAIN))
    if narrowing.chat_id is not None:
        found.append(Message.chat_id == narrowing.chat_id)
    if narrowing.by_phone:
        found.append(Message.author == "phone")
    if narrowing.phrase:
        found.append(Message.unmatched.is_(True))
    if narrowing.without_role:
        found.append(or_(Message.roles_then == "", and_(Message.roles_then.is_(None), ~_carries())))
    return found


def _chat_filters(filters: Filters) -> list[ColumnElement[bool]]:
    """Of old messages nobody noted the roles of their time: those of today stand for them, here as in the figures."""
    found: list[ColumnElement[bool]] = []
    if filters.role_id is not None:
        then = Message.roles_then.contains(f",{filters.role_id},")
        found.append(or_(then, and_(Message.roles_then.is_(None), _carries(ChatRole.role_id == filters.role_id))))
    if filters.owner_id is not None:
        wrote = case((Message.author == "user", Message.user_id))
        found.append(func.coalesce(func.nullif(Message.owner_then, 0), wrote, 0) == filters.owner_id)
    return found


def _carries(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(1).where(ChatRole.chat_id == Message.chat_id, *which))


def _talk_filters(behind: Behind) -> list[ColumnElement[bool]]:
    filters, narrowing = behind.filters, behind.narrowing
    row = ConversationRow
    found: list[ColumnElement[bool]] = [row.day >= filters.first, row.day <= filters.last]
    if filters.role_id is not None:
        found.append(row.roles.contains(f",{filters.role_id},"))
    if filters.owner_id is not None:
        whose = row.person_id if narrowing.answered_by == "persona" else row.owner_id  # as counting.PERSONAL
        found.append(whose == filters.owner_id)
    if filters.number:
        found.append(Chat.numero == filters.number)
    if narrowing.handled:
        found.append(row.handled_by == narrowing.handled)
    if narrowing.customer:
        found.append(row.is_new.is_(narrowing.customer == "nuevo"))
    if narrowing.answered_by:
        found.append((row.bot_s if narrowing.answered_by == "bot" else row.person_s).is_not(None))
    if narrowing.closed_with:
        by_person = row.handled_by == "person"
        found += [row.closed_at.is_not(None), by_person if narrowing.closed_with == "persona" else ~by_person]
    return found
