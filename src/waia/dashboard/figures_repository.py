"""Questions of the board to the roll-ups. Each looks at rows of the days asked for, never at the history."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, case, false, func, select

from waia.accounts.models import Role, User
from waia.chats.models import Alias, Chat, Contact
from waia.dashboard.filters import Filters
from waia.dashboard.models import HOURS, ChatDay, DailyFigure, DailyMessages
from waia.kit.db import Transaction

Counts = Counter[tuple[Any, ...]]
LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)
_MESSAGES = DailyMessages.__table__.c


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is counted: the filters, and where these name a number the chats that have it."""

    filters: Filters
    chat_ids: Sequence[int] | None = None


async def wanted_by(tx: Transaction, filters: Filters) -> Wanted:
    if not filters.number:
        return Wanted(filters)
    return Wanted(filters, await chats_of_number(tx, filters.number))


async def chats_of_number(tx: Transaction, number: str) -> list[int]:
    return list((await tx.execute(select(Chat.id).where(Chat.numero == number))).scalars())


async def messages(tx: Transaction, wanted: Wanted, *by: str) -> Counts:
    """How many, by any of `day`, `roles`, `owner_id`, `author`, `kind`."""
    if wanted.chat_ids is not None:
        return await _of_chats(tx, wanted, by, "m")
    columns = [_MESSAGES[name] for name in by]
    asked = select(*columns, func.sum(_MESSAGES.messages)).where(*_message_filters(wanted.filters)).group_by(*columns)
    return Counter({tuple(row[:-1]): int(row[-1]) for row in await tx.execute(asked) if row[-1]})


async def words(tx: Transaction, wanted: Wanted) -> int:
    if wanted.chat_ids is not None:
        return (await _of_chats(tx, wanted, (), "w")).total()
    asked = select(func.sum(_MESSAGES.words)).where(*_message_filters(wanted.filters))
    return int((await tx.execute(asked)).scalar_one() or 0)


async def hours(tx: Transaction, wanted: Wanted) -> list[int]:
    """Messages by hour of the day."""
    if wanted.chat_ids is not None:
        found = await _of_chats(tx, wanted, ("hour",), "m")
        return [found[(hour,)] for hour in range(24)]
    sums = [func.sum(_MESSAGES[hour]) for hour in HOURS]
    row = (await tx.execute(select(*sums).where(*_message_filters(wanted.filters)))).one()
    return [int(n or 0) for n in row]


async def figures(tx: Transaction, wanted: Wanted, names: Collection[str], *by: str) -> Counts:
    """Counts of these figures, by `figure` and any of `day`, `roles`, `owner_id`, `term`."""
    by = ("figure", *by)
    if wanted.chat_ids is not None:
        return await _of_chats(tx, wanted, by, "f", names)
    columns = [getattr(DailyFigure, name) for name in by]
    asked = select(*columns, func.sum(DailyFigure.n)).where(
        DailyFigure.figure.in_(names), *filtered(DailyFigure, wanted.filters)
    )
    rows = await tx.execute(asked.group_by(*columns))
    return Counter({tuple(row[:-1]): int(row[-1]) for row in rows if row[-1]})


async def waiting_now(tx: Transaction, wanted: Wanted) -> Any:
    """(people: how many wait for a person, oldest; bot: for the bot; unread) of the chats that are not archived."""
    waits, for_people = _waits(), _waits() & (Chat.holder != "bot")
    asked = select(
        func.count(case((for_people, 1))).label("people"),
        func.min(case((for_people, Chat.unanswered_since))).label("oldest"),
        func.count(case((waits & (Chat.holder == "bot"), 1))).label("bot"),
        func.count(case((waits & (Chat.holder == "queue"), 1))).label("queue"),
    ).where(waits)
    return (await tx.execute(asked)).one()


async def longest_waiting(tx: Transaction) -> int | None:
    """The chat that waits longest for a person."""
    asked = select(Chat.id).where(_waits(), Chat.holder != "bot").order_by(Chat.unanswered_since, Chat.id).limit(1)
    chat_id: int | None = (await tx.execute(asked)).scalar_one_or_none()
    return chat_id


async def chat_names(tx: Transaction, chat_ids: Collection[int]) -> Sequence[Any]:
    """What people are called by, and their numbers."""
    columns = (Chat.id, Chat.contact_id, Chat.numero, Contact.name, Contact.username, Contact.phone, Contact.user_id)
    asked = select(*columns, Alias.name.label("alias")).join(Contact, Contact.id == Chat.contact_id)
    asked = asked.outerjoin(Alias, Alias.contact_id == Chat.contact_id).where(Chat.id.in_(chat_ids))
    return (await tx.execute(asked)).all() if chat_ids else []


async def role_names(tx: Transaction) -> Mapping[int, tuple[str, str]]:
    """(keyword, name) by id, in the order of names."""
    rows = await tx.execute(select(Role.id, Role.keyword, Role.name).order_by(Role.name))
    return {row.id: (row.keyword, row.name) for row in rows}


async def people_names(tx: Transaction) -> Mapping[int, str]:
    name = func.coalesce(func.nullif(User.display_name, ""), User.username)
    return {row[0]: row[1] for row in await tx.execute(select(User.id, name).order_by(name))}


async def role_exists(tx: Transaction, role_id: int) -> bool:
    return (await tx.execute(select(Role.id).where(Role.id == role_id))).scalar_one_or_none() is not None


async def all_numbers(tx: Transaction, limit: int) -> list[str]:
    """Numbers of customers who can be filtered by, the newest chats first."""
    asked = select(Chat.numero).where(Chat.numero.is_not(None)).order_by(Chat.last_message_at.desc()).limit(limit)
    return [number for number in (await tx.execute(asked)).scalars() if number]


def _waits() -> ColumnElement[bool]:
    """A span of the index, where IS NOT NULL is none."""
    return Chat.archived_at.is_(None) & (Chat.unanswered_since > LONG_AGO)


def filtered(model: Any, filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [model.day >= filters.first, model.day <= filters.last]
    if filters.role_id is not None:
        found.append(model.roles.contains(f",{filters.role_id},"))
    if filters.owner_id is not None:
        found.append(model.owner_id == filters.owner_id)
    return found


def _message_filters(filters: Filters) -> list[ColumnElement[bool]]:
    found = filtered(_MESSAGES, filters)
    if filters.kind:
        found.append(_MESSAGES.kind == filters.kind)
    if filters.authors:
        found.append(_MESSAGES.author.in_(filters.author_values))
    return found


def among(wanted: Wanted) -> list[ColumnElement[bool]]:
    if wanted.chat_ids is None:
        return []
    return [ChatDay.chat_id.in_(wanted.chat_ids) if wanted.chat_ids else false()]


async def _of_chats(
    tx: Transaction, wanted: Wanted, by: Sequence[str], what: str, names: Collection[str] = ()
) -> Counts:
    """The same counts, of a few chats only: each of their days holds what it added."""
    found: Counts = Counter()
    asked = select(ChatDay.day, ChatDay.counts).where(
        *among(wanted), ChatDay.day >= wanted.filters.first, ChatDay.day <= wanted.filters.last
    )
    for day, counts in await tx.execute(asked):
        for key, n in msgspec.json.decode(counts):
            told = _told(what, key)
            if key[0] == what and _admits(wanted.filters, told) and (not names or told["figure"] in names):
                found[tuple(day if name == "day" else told[name] for name in by)] += n
    return found


def _told(what: str, key: Sequence[Any]) -> dict[str, Any]:
    parts = ("figure", "roles", "owner_id", "term") if what == "f" else ("roles", "owner_id", "author", "kind", "hour")
    return dict(zip(parts, key[1:], strict=False))


def _admits(filters: Filters, told: Mapping[str, Any]) -> bool:
    return (
        (filters.role_id is None or f",{filters.role_id}," in told["roles"])
        and (filters.owner_id is None or told["owner_id"] == filters.owner_id)
        and (not filters.kind or told.get("kind", filters.kind) == filters.kind)
        and (not filters.authors or told.get("author") is None or told["author"] in filters.author_values)
    )
