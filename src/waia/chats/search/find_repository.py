"""Questions to the index of search, newest first; who asks and what is filtered comes in as conditions on the chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, column, func, literal_column, select, table
from sqlalchemy.dialects.mysql import match

from waia.chats.models import Chat, Message
from waia.chats.search.index_repository import MARK, chat_mark
from waia.chats.search.words import Query
from waia.kit.db import Transaction

Pairs = list[tuple[int, int]]
NEWEST = 20_000
FEW_MESSAGES = 50_000
AT_ONCE = 10
_FOUND = table("message_search", column("rowid"), column("message_id"), column("words", String), column("chat_id"))
_PEOPLE = table("contact_search", column("rowid"), column("contact_id"), column("words", String))


@dataclass(frozen=True, slots=True)
class Among:
    """The chats that are searched: those that meet `conditions`; `few` are their ids, where there are few."""

    conditions: tuple[ColumnElement[bool], ...]
    few: Sequence[int] | None = None


async def chats_named(tx: Transaction, query: Query, among: Among, limit: int) -> list[int]:
    """Chats with people of that name or number, the newest first; each word may be only begun."""
    words = [word for word in query.all if len(word) > 2 or not word.isdigit()]
    if not words:
        return []
    if tx.dialect == "sqlite":
        key, asked = _PEOPLE.c.rowid, " AND ".join(f'"{word}"*' for word in words)
        holds: ColumnElement[Any] = literal_column("contact_search").op("MATCH")(asked)
    else:
        key, asked = _PEOPLE.c.contact_id, " ".join(f"+{MARK}{word}*" for word in words)
        holds = match(_PEOPLE.c.words, against=asked).in_boolean_mode()
    found = select(Chat.id).select_from(_PEOPLE).join(Chat, Chat.contact_id == key).where(holds, *among.conditions)
    newest = found.order_by(Chat.last_message_at.desc(), Chat.id.desc()).limit(limit)
    return list((await tx.execute(newest)).scalars())


async def messages_with(
    tx: Transaction, query: Query, among: Among, found: Pairs, *, before: int | None, limit: int
) -> None:
    """Adds (message id, chat id) of messages that hold the words, older than `before`, to `found`, the newest first
    and as they come: what was found before a deadline is kept."""
    if not query:
        return
    if tx.dialect == "sqlite":
        await _on_sqlite(tx, query, among, found, before, limit)
    else:
        await _on_mysql(tx, query, among, found, before, limit)


async def texts_of(tx: Transaction, message_ids: Sequence[int]) -> Sequence[Any]:
    """What a line of the results shows, newest first."""
    found = await tx.execute(
        select(
            Message.id, Message.chat_id, Message.text, Message.kind, Message.details, Message.author,
            Message.timestamp,
        )
        .where(Message.id.in_(message_ids))
        .order_by(Message.id.desc())
    )  # fmt: skip
    return found.all()  # type: ignore[no-any-return]


async def _on_sqlite(tx: Transaction, query: Query, among: Among, found: Pairs, before: int | None, limit: int) -> None:
    asked = " AND ".join(
        [*(f'"{word}"' for word in query.words), *([f'"{query.beginning}"*'] if query.beginning else [])]
    )
    if among.few is not None:
        marks = " OR ".join(f'"{chat_mark(chat_id)}"' for chat_id in among.few)
        if not marks:
            return
        asked = f"{asked} AND ({marks})"
    wanted = select(_FOUND.c.rowid, _FOUND.c.chat_id).join(Chat, Chat.id == _FOUND.c.chat_id)
    wanted = wanted.where(literal_column("message_search").op("MATCH")(asked), *among.conditions)
    if before is not None:
        wanted = wanted.where(_FOUND.c.rowid < before)
    newest = wanted.order_by(_FOUND.c.rowid.desc()).limit(limit)
    async with tx.connection.stream(newest, execution_options={"yield_per": AT_ONCE}) as rows:
        async for some in rows.partitions():
            found += _pairs(some)


async def _on_mysql(tx: Transaction, query: Query, among: Among, found: Pairs, before: int | None, limit: int) -> None:
    """FULLTEXT collects all that match before it sorts, so it is asked last: a common word is soon found among the
    newest messages, and whoever sees few chats has few messages to look through."""
    if among.few is not None and await _is_small(tx, among.few):
        found += await _by_reading(tx, query, among, _FOUND.c.chat_id.in_(among.few), before, limit)
        return
    newest = await _newest(tx) - NEWEST if before is None else before - NEWEST
    found += await _by_reading(tx, query, among, _FOUND.c.message_id > newest, before, limit)
    if len(found) < limit:
        found[:] = await _by_fulltext(tx, query, among, before, limit)


async def _is_small(tx: Transaction, chat_ids: Sequence[int]) -> bool:
    some = select(_FOUND.c.message_id).where(_FOUND.c.chat_id.in_(chat_ids)).limit(FEW_MESSAGES + 1).subquery()
    return bool((await tx.execute(select(func.count()).select_from(some))).scalar_one() <= FEW_MESSAGES)


async def _newest(tx: Transaction) -> int:
    return (await tx.execute(select(func.max(_FOUND.c.message_id)))).scalar_one() or 0


async def _by_reading(
    tx: Transaction, query: Query, among: Among, where: ColumnElement[bool], before: int | None, limit: int
) -> Pairs:
    whole = [_FOUND.c.words.contains(f" {MARK}{word} ") for word in query.words]
    begun = [_FOUND.c.words.contains(f" {MARK}{query.beginning}")] if query.beginning else []
    return await _read(tx, and_(where, *whole, *begun), among, before, limit)


async def _by_fulltext(tx: Transaction, query: Query, among: Among, before: int | None, limit: int) -> Pairs:
    asked = [f"+{MARK}{word}" for word in query.words] + ([f"+{MARK}{query.beginning}*"] if query.beginning else [])
    holds = match(_FOUND.c.words, against=" ".join(asked)).in_boolean_mode()
    return await _read(tx, holds, among, before, limit)


async def _read(tx: Transaction, holds: ColumnElement[bool], among: Among, before: int | None, limit: int) -> Pairs:
    found: Select[Any] = select(_FOUND.c.message_id, _FOUND.c.chat_id).join(Chat, Chat.id == _FOUND.c.chat_id)
    found = found.where(holds, *among.conditions)
    if before is not None:
        found = found.where(_FOUND.c.message_id < before)
    return _pairs(await tx.execute(found.order_by(_FOUND.c.message_id.desc()).limit(limit)))


def _pairs(rows: Any) -> Pairs:
    return [(row[0], row[1]) for row in rows]
