"""Which quick replies are shown: those that hold what is looked for, as many as a page can take."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

import msgspec

from waia.accounts.signed_in import SignedIn
from waia.bot.normalise import normalise, raw_key
from waia.kit.db import Transaction
from waia.quick_replies import repository as rows
from waia.quick_replies.models import QuickReply
from waia.quick_replies.repository import Words
from waia.quick_replies.values import ReplyLine, is_number

PAGE, MOST_ROWS, MOST_OFFERED, LONGEST = "/configuracion/botones", 200, 100, 200


class Asked(msgspec.Struct, frozen=True):
    """From the address of the page: what is looked for, and where the page begins, counted from 0."""

    q: str = ""
    desde: int = 0

    def address(self, first: int) -> str:
        """The page with the same words that begins there."""
        named = urlencode({name: value for name, value in (("q", self.q), ("desde", first)) if value})
        return f"{PAGE}?{named}" if named else PAGE


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the table, `first` counted from 0; `before` and `after` are the addresses beside it."""

    lines: list[ReplyLine]
    first: int
    end: int
    total: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Offered:
    """What may be sent and holds the words, some of it: names that begin so come first; `more`: there are others."""

    replies: Sequence[QuickReply]
    more: bool


def asked_of(query: str) -> Asked:
    """From the address after its `?`; what cannot be read asks for nothing."""
    named = dict(parse_qsl(query))
    first = named.get("desde", "")
    return Asked(named.get("q", "").strip()[:LONGEST], int(first) if is_number(first) else 0)


async def listed(tx: Transaction, user: SignedIn, asked: Asked) -> Listed:
    if asked.q:
        words = await rows.words_shown(tx, user)
        places = {one.id: place for place, one in enumerate(words, 1)}
        found = await asyncio.to_thread(_ids_holding, words, asked.q)
    else:
        places = await rows.places(tx, user)
        found = list(places)
    first = min(asked.desde, max(len(found) - 1, 0)) // MOST_ROWS * MOST_ROWS
    end = min(first + MOST_ROWS, len(found))
    lines = await rows.reply_lines(tx, user, {reply_id: places[reply_id] for reply_id in found[first:end]})
    before = asked.address(first - MOST_ROWS) if first else ""
    return Listed(lines, first, end, len(found), before, asked.address(end) if end < len(found) else "")


async def offered(tx: Transaction, user: SignedIn, q: str) -> Offered:
    found = await asyncio.to_thread(_ranked, await rows.words_offered(tx, user), q.strip()[:LONGEST])
    replies = {reply.id: reply for reply in await rows.quick_replies(tx).with_ids(found[:MOST_OFFERED])}
    return Offered([replies[reply_id] for reply_id in found if reply_id in replies], len(found) > MOST_OFFERED)


def _ranked(words: Sequence[Words], q: str) -> list[int]:
    """As replies.js ranks what it has: `/hor` means the hours before a text in which somebody comes in an hour."""
    names, begin = {one.id: normalise(one.name) for one in words}, normalise(q)
    return sorted(
        _ids_holding(words, q),
        key=lambda reply_id: (not names[reply_id].startswith(begin), begin not in names[reply_id]),
    )


def _ids_holding(words: Sequence[Words], q: str) -> list[int]:
    """Each word is in the name or the text, also within another; of emoji alone, the same signs."""
    wanted = normalise(q).split()
    if not wanted:
        sign = raw_key(q.removeprefix("/"))
        return [one.id for one in words if sign in raw_key(f"{one.name} {one.text}")]
    texts = ((one.id, normalise(f"{one.name} {one.text}")) for one in words)
    return [reply_id for reply_id, text in texts if all(word in text for word in wanted)]
