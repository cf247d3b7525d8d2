"""Turns rows of chats into what the list, the holder strip and the contact card draw."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from waia.chats.access import Sight
from waia.chats.panel import repository
from waia.chats.panel.listing import Listing
from waia.chats.panel.repository import AnyRow
from waia.chats.panel.viewmodels import (
    HUES,
    Captured,
    ChatRow,
    Counts,
    Facts,
    FilterChoices,
    HolderStrip,
    Person,
    RoleBadge,
    Rows,
)
from waia.chats.panel.whatsapp_text import plain, revealed
from waia.kit.db import Transaction

PAGE = 40
_KEY_TIME, _KEY_LENGTH = "%Y%m%d%H%M%S%f", 32


async def chat_rows(tx: Transaction, sight: Sight, listing: Listing, after: str = "") -> Rows:
    """A page of the list as this user sees it. `after` is the `next_key` of the page before."""
    key = read_key(after)
    found = await repository.chats_of(tx, sight, listing, key, PAGE + 1)
    rows = await _rows(tx, found[:PAGE])
    return Rows(rows, rows[-1].key(listing.view) if len(found) > PAGE else "")


async def rows_by_id(tx: Transaction, chat_ids: Collection[int]) -> dict[int, ChatRow]:
    """Rows for the stream, which asks `ChatRow.is_in` and the gate of access itself."""
    found = await repository.chats_by_id(tx, chat_ids)
    return {row.id: row for row in await _rows(tx, found)}


async def chat_row(tx: Transaction, chat_id: int) -> ChatRow | None:
    return (await rows_by_id(tx, (chat_id,))).get(chat_id)


async def counts(tx: Transaction, sight: Sight) -> Counts:
    """The numbers on the tabs."""
    found = (await repository.count_chats(tx, sight))._mapping
    return Counts(**{name: int(number) for name, number in found.items()})


async def filter_choices(tx: Transaction) -> FilterChoices:
    roles, people = await repository.filter_choices(tx)
    return FilterChoices(
        tuple((row.value, row.name) for row in roles), tuple((str(row.value), row.name) for row in people)
    )


async def holder_strip(tx: Transaction, chat_id: int) -> HolderStrip | None:
    found = await repository.chats_by_id(tx, (chat_id,))
    return _strip(found[0]) if found else None


async def holder_strips(tx: Transaction, chat_ids: Collection[int]) -> tuple[HolderStrip, ...]:
    return tuple(_strip(row) for row in await repository.chats_by_id(tx, chat_ids)) if chat_ids else ()


async def facts(tx: Transaction, chat_id: int) -> Facts | None:
    found = await repository.chats_by_id(tx, (chat_id,))
    if not found:
        return None
    row, roles = found[0], await _roles(tx, (chat_id,))
    captured = tuple(Captured(*answer) for answer in await repository.captured_of(tx, chat_id))
    return Facts(
        chat_id=chat_id,
        person=person(row),
        phone=_international(row.phone),
        username=_at(row.username),
        since=row.created_at,
        step=row.step or "",
        needs_review=row.needs_review,
        roles=roles[chat_id],
        captured=captured,
    )


def person(row: AnyRow) -> Person:
    """Alias, else profile name, else @username, else number, else the end of an id."""
    phone, username = _international(row.phone), _at(row.username)
    name = revealed(row.alias or row.name or "") or username or phone
    address = phone or username
    return Person(
        name=name,
        tail="" if name else (row.user_id or str(row.contact_id))[-4:],
        address="" if address == name else address,
        initial=next((sign.upper() for sign in name if sign.isalnum()), ""),
        hue=row.contact_id % HUES,
    )


def initials(name: str) -> str:
    """Of the first and the last word: AT for Ana María Torres."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0].upper() for word in dict.fromkeys((words[0], words[-1]))) if words else ""


def key_of(at: datetime, chat_id: int) -> str:
    """Digits that sort as (time, id) do, also where a browser compares them as one number."""
    return f"{at.astimezone(UTC).strftime(_KEY_TIME)}{chat_id:012d}"


def read_key(key: str) -> tuple[datetime, int] | None:
    if len(key) != _KEY_LENGTH or not (key.isascii() and key.isdigit()):
        return None
    try:
        at = datetime.strptime(key[:20], _KEY_TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
    return at, int(key[20:])


async def _rows(tx: Transaction, found: Sequence[AnyRow]) -> tuple[ChatRow, ...]:
    roles = await _roles(tx, [row.id for row in found])
    return tuple(_row(row, roles) for row in found)


async def _roles(tx: Transaction, chat_ids: Collection[int]) -> Mapping[int, tuple[RoleBadge, ...]]:
    badges: defaultdict[int, tuple[RoleBadge, ...]] = defaultdict(tuple)
    for chat_id, keyword, name in await repository.roles_by_chat(tx, chat_ids):
        badges[chat_id] += (RoleBadge(keyword, revealed(name)),)
    return badges


def _row(row: AnyRow, roles: Mapping[int, tuple[RoleBadge, ...]]) -> ChatRow:
    return ChatRow(
        id=row.id,
        person=person(row),
        preview=plain(row.preview),
        preview_kind=row.preview_kind,
        preview_author=row.preview_author,
        preview_user_id=row.preview_user_id,
        preview_user_name=revealed(row.preview_user_name),
        preview_status=row.preview_status,
        at=row.last_message_at,
        unread=row.unread,
        estado=row.estado or "",
        holder=row.holder,
        owner_id=row.owner_id,
        owner_name=revealed(row.owner_name or ""),
        owner_initials=initials(row.owner_name or ""),
        queue_name=row.queue_name or "",
        roles=roles[row.id],
        waiting_since=row.unanswered_since,
        late=row.late or 0,
        window_ends_at=row.window_ends_at,
        archived_at=row.archived_at,
        recent_key=key_of(row.last_message_at, row.id),
        wait_key=key_of(row.unanswered_since or row.last_message_at, row.id),
        archived_key=key_of(row.archived_at or row.last_message_at, row.id),
    )


def _strip(row: AnyRow) -> HolderStrip:
    return HolderStrip(
        chat_id=row.id,
        holder=row.holder,
        owner_id=row.owner_id,
        owner_name=revealed(row.owner_name or ""),
        queue_role_id=row.queue_role_id,
        queue_name=row.queue_name or "",
        estado=row.estado or "",
        is_archived=row.archived_at is not None,
        waiting_since=row.unanswered_since,
        resume_at=row.resume_at,
        window_ends_at=row.window_ends_at,
        unread=row.unread,
    )


def _at(username: str) -> str:
    return f"@{revealed(username)}" if username else ""


def _international(phone: str) -> str:
    return f"+{phone}" if phone.isdigit() else phone
