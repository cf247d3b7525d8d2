"""What a search shows: people first, then messages by chat, the newest first, cut short where it takes too long."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from time import monotonic
from typing import Any

from waia.chats.access import Sight
from waia.chats.panel import presenters, repository
from waia.chats.panel.listing import Filters
from waia.chats.panel.viewmodels import ChatRow
from waia.chats.panel.whatsapp_text import plain, unturned
from waia.chats.search.find_repository import Among, chats_named, messages_with, texts_of
from waia.chats.search.words import Query, marked, read_query, told_in
from waia.kit.db import Transaction
from waia.kit.deadline import TookTooLong, within

PATIENCE_S = 3.0
MOST_PEOPLE, MOST_OFFERED, MOST_HITS, HITS_A_CHAT, MOST_IN_CHAT = 30, 8, 150, 3, 500
BEFORE, LONGEST_EXCERPT = 40, 160
Marked = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found. `pieces`: its words, and whether each was asked for."""

    message_id: int
    author: str
    kind: str
    at: datetime
    pieces: Marked


@dataclass(frozen=True, slots=True)
class Group:
    """The newest hits of a chat; `more` of them are not shown."""

    row: ChatRow
    hits: tuple[Hit, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Found:
    """`before`: the message where the search goes on, 0 at the end. `cut`: there was no time to look at everything."""

    people: tuple[ChatRow, ...] = ()
    groups: tuple[Group, ...] = ()
    before: int = 0
    cut: bool = False


async def find(tx: Transaction, sight: Sight, words: str, filters: Filters, before: int | None) -> Found:
    """People only on the first page of results."""
    query = read_query(words)
    if not query:
        return Found()
    among = await repository.searched(tx, sight, filters)
    ends = monotonic() + PATIENCE_S
    people: list[int] = []
    pairs: list[tuple[int, int]] = []
    cut = False
    try:
        async with within(tx, ends - monotonic()):
            people = await chats_named(tx, query, among, MOST_PEOPLE) if before is None else []
        async with within(tx, ends - monotonic()):
            await messages_with(tx, query, among, pairs, before=before, limit=MOST_HITS)
    except TookTooLong:
        cut = True
    return await _found(tx, query, people, pairs, cut)


async def find_people(tx: Transaction, sight: Sight, words: str) -> tuple[ChatRow, ...]:
    """Chats with people of that name or number, the newest first; those of them that there is time for."""
    query = read_query(words)
    if not query:
        return ()
    among = await repository.searched(tx, sight, Filters())
    try:
        async with within(tx, PATIENCE_S):
            found = await chats_named(tx, query, among, MOST_OFFERED)
    except TookTooLong:
        return ()
    rows = await presenters.rows_by_id(tx, found) if found else {}
    return tuple(rows[chat_id] for chat_id in found if chat_id in rows)


async def find_in_chat(tx: Transaction, chat_id: int, words: str) -> tuple[list[int], bool]:
    """Ids of the messages of one chat that hold the words, the newest first; whether there was no time for all."""
    query = read_query(words)
    among = Among(repository.of_chat(chat_id), (chat_id,))
    pairs: list[tuple[int, int]] = []
    cut = False
    try:
        async with within(tx, PATIENCE_S):
            await messages_with(tx, query, among, pairs, before=None, limit=MOST_IN_CHAT)
    except TookTooLong:
        cut = True
    return [pair[0] for pair in pairs], cut


async def _found(
    tx: Transaction, query: Query, people: Sequence[int], pairs: Sequence[tuple[int, int]], cut: bool
) -> Found:
    by_chat: dict[int, list[int]] = {}
    for message_id, chat_id in pairs:
        by_chat.setdefault(chat_id, []).append(message_id)
    shown = [message_id for ids in by_chat.values() for message_id in ids[:HITS_A_CHAT]]
    rows = await presenters.rows_by_id(tx, {*people, *by_chat}) if people or by_chat else {}
    hits = await _hits(tx, query, shown)
    groups = (_group(rows[chat_id], ids, hits) for chat_id, ids in by_chat.items() if chat_id in rows)
    return Found(
        people=tuple(rows[chat_id] for chat_id in people if chat_id in rows),
        groups=tuple(group for group in groups if group.hits),
        before=pairs[-1][0] if len(pairs) == MOST_HITS else 0,
        cut=cut,
    )


def _group(row: ChatRow, ids: Sequence[int], hits: Mapping[int, Hit]) -> Group:
    shown = tuple(hits[message_id] for message_id in ids[:HITS_A_CHAT] if message_id in hits)
    return Group(row, shown, max(len(ids) - HITS_A_CHAT, 0))


async def _hits(tx: Transaction, query: Query, message_ids: Sequence[int]) -> Mapping[int, Hit]:
    rows = await texts_of(tx, message_ids) if message_ids else ()
    return {row.id: _hit(row, query) for row in rows}


def _hit(row: Any, query: Query) -> Hit:
    text = plain(told_in(row.kind, row.text, row.details if isinstance(row.details, dict) else {}))
    return Hit(row.id, row.author, row.kind, row.timestamp, excerpt(text, query))


def excerpt(text: str, query: Query) -> Marked:
    """The place of the first word that was asked for, with a little around it."""
    pieces = list(marked(text, query))
    first = len("".join(piece for piece, is_asked in _until_asked(pieces)))
    start = 0 if first <= BEFORE else text.rfind(" ", 0, first - BEFORE // 2) + 1 or first
    shown = _cut(pieces, start, start + LONGEST_EXCERPT)
    told = [(unturned(piece), is_asked) for piece, is_asked in shown]
    before = [("… ", False)] if start else []
    after = [(" …", False)] if sum(len(piece) for piece, _ in pieces) > start + LONGEST_EXCERPT else []
    return (*before, *told, *after)


def _until_asked(pieces: Iterable[tuple[str, bool]]) -> Iterable[tuple[str, bool]]:
    is_asked, found = next(groupby(pieces, key=lambda piece: piece[1]), (True, iter(())))
    return () if is_asked else found


def _cut(pieces: Iterable[tuple[str, bool]], start: int, end: int) -> Iterable[tuple[str, bool]]:
    at = 0
    for piece, is_asked in pieces:
        shown = piece[max(start - at, 0) : max(end - at, 0)]
        at += len(piece)
        if shown:
            yield shown, is_asked
