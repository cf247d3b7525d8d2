"""Turns rows of messages into bubbles: grouped, with quotes, reactions, choices and day starts, set by set."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from itertools import pairwise

from waia.chats.panel import repository
from waia.chats.panel.bubble import Bubble, Quote, ReactionChip, Trouble
from waia.chats.panel.extras import read_extras
from waia.chats.panel.files import WITH_FILES
from waia.chats.panel.repository import AnyRow
from waia.chats.panel.spoken import Spoken, read_spoken
from waia.chats.panel.whatsapp_text import pieces, plain, revealed, unturned
from waia.kit.db import Transaction
from waia.media.repository import attachments_of
from waia.media.values import Attachment
from waia.transcription.repository import transcripts_of
from waia.whatsapp.error_words import has_words, reason_words

PAGE = 50
FARTHEST, CONTEXT = 400, 10
GROUP = timedelta(minutes=3)
MENU_KINDS = frozenset({"list", "buttons"})
SPOKEN_KINDS = frozenset({"audio", "voice"})
QUOTE_LENGTH, FEW_EMOJI = 160, 8
_JOINERS = frozenset({"\u200d", "\ufe0f", "\u20e3"})


@dataclass(frozen=True, slots=True)
class Page:
    """Bubbles, oldest first; `has_older` and `has_newer` say whether there is more before and after them."""

    bubbles: tuple[Bubble, ...]
    has_older: bool
    has_newer: bool = False

    @property
    def oldest_id(self) -> int:
        return self.bubbles[0].id if self.bubbles else 0

    def new_after(self, unread: int) -> int | None:
        """The id after which the unread messages begin; None when nothing is unread, or more than is shown."""
        heard = [bubble.id for bubble in self.bubbles if bubble.author == "customer"]
        return heard[-unread] - 1 if 0 < unread <= len(heard) else None


async def page_before(
    tx: Transaction, chat_id: int, zone: tzinfo, before: int | None = None, limit: int = PAGE
) -> Page:
    """The newest messages older than `before` (None: the newest of all)."""
    found = await repository.messages_before(tx, chat_id, before, limit + 1)
    bubbles = await _bubbles(tx, chat_id, list(reversed(found)), zone)
    return Page(bubbles[-limit:], len(found) > limit, has_newer=before is not None)


async def page_back_to(
    tx: Transaction, chat_id: int, zone: tzinfo, message_id: int, before: int | None = None
) -> Page | None:
    """From a little before this message up to `before` (None: the newest of all); None when that is too far."""
    found = await repository.messages_before(tx, chat_id, before, FARTHEST)
    place = next((n for n, row in enumerate(found) if row.id == message_id), None)
    if place is None:
        return None
    limit = max(place + CONTEXT, PAGE)
    bubbles = await _bubbles(tx, chat_id, list(reversed(found[: limit + 1])), zone)
    return Page(bubbles[-limit:], len(found) > limit)


async def page_around(tx: Transaction, chat_id: int, zone: tzinfo, message_id: int) -> Page:
    """With everything that came since, where that is not too much; else what stands around the message."""
    if near := await page_back_to(tx, chat_id, zone, message_id):
        return near
    older = await repository.messages_before(tx, chat_id, message_id, PAGE // 2 + 1)
    since = await repository.messages_since(tx, chat_id, message_id, PAGE // 2)
    bubbles = await _bubbles(tx, chat_id, [*reversed(older), *since], zone)
    has_older = len(older) > PAGE // 2
    return Page(bubbles[1:] if has_older else bubbles, has_older, has_newer=True)


async def bubbles(tx: Transaction, chat_id: int, message_ids: Collection[int], zone: tzinfo) -> tuple[Bubble, ...]:
    """These messages of the chat, oldest first, drawn as they stand in the conversation."""
    found = await repository.messages_by_id(tx, chat_id, message_ids)
    drawn = await _bubbles(tx, chat_id, list(reversed(found)), zone)
    return tuple(bubble for bubble in drawn if bubble.id in message_ids)


@dataclass(frozen=True, slots=True)
class _Around:
    """What the messages of a page refer to, by Meta's message id; files and transcripts by ours."""

    quoted: Mapping[str, AnyRow]
    taps: Mapping[str, tuple[str, str]]
    reactions: Mapping[str, tuple[ReactionChip, ...]]
    files: Mapping[int, Attachment]
    spoken: Mapping[int, Spoken]


async def _bubbles(tx: Transaction, chat_id: int, rows: Sequence[AnyRow], zone: tzinfo) -> tuple[Bubble, ...]:
    around = await _around(tx, chat_id, rows)
    return tuple(_bubble(row, before, around, zone) for before, row in pairwise((None, *rows)) if row is not None)


async def _around(tx: Transaction, chat_id: int, rows: Sequence[AnyRow]) -> _Around:
    wamids = {row.wamid for row in rows if row.wamid}
    menus = {row.wamid for row in rows if row.wamid and row.kind in MENU_KINDS}
    here = {row.wamid: row for row in rows if row.wamid}
    elsewhere = {row.quoted_wamid for row in rows if row.quoted_wamid} - here.keys()
    quoted = {row.wamid: row for row in await repository.quoted_messages(tx, chat_id, elsewhere)}
    taps = {wamid: _tap(details, text) for wamid, details, text in await repository.taps_on(tx, chat_id, menus)}
    chips = _chips(await repository.reactions_to(tx, wamids))
    files = await attachments_of(tx, [row.id for row in rows if row.kind in WITH_FILES])
    return _Around({**quoted, **here}, taps, chips, files, await _spoken(tx, rows))


async def _spoken(tx: Transaction, rows: Sequence[AnyRow]) -> Mapping[int, Spoken]:
    """What was heard in the sounds of these messages; of a message that was taken back nothing."""
    sounds = [row.id for row in rows if row.kind in SPOKEN_KINDS and not row.revoked_at]
    found = await transcripts_of(tx, sounds)
    return {message_id: read_spoken(transcript) for message_id, transcript in found.items()}


def _chips(reactions: Sequence[AnyRow]) -> Mapping[str, tuple[ReactionChip, ...]]:
    """By message: each emoji once, in the order of its first use, with who used it."""
    authors: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for wamid, emoji, author in reactions:
        authors[wamid][emoji].append(author)
    return {wamid: tuple(_chip(*pair) for pair in found.items()) for wamid, found in authors.items()}


def _chip(emoji: str, authors: Sequence[str]) -> ReactionChip:
    """Customers react as `c<contact>`, everybody else is one of us."""
    customers = [author for author in authors if author[:1] == "c" and author[1:].isdigit()]
    return ReactionChip(emoji, len(authors), bool(customers), len(customers) < len(authors))


def _tap(details: object, text: str | None) -> tuple[str, str]:
    chosen = details.get("chosen") if isinstance(details, dict) else None
    option = chosen if isinstance(chosen, dict) else {}
    return str(option.get("id") or ""), str(option.get("title") or text or "")


def _bubble(row: AnyRow, before: AnyRow | None, around: _Around, zone: tzinfo) -> Bubble:
    details = row.details if isinstance(row.details, dict) else {}
    extras = read_extras(
        row.kind,
        details,
        row.mime_type,
        *around.taps.get(row.wamid or "", ("", "")),
        attachment=None if row.revoked_at else around.files.get(row.id),
    )
    text = "" if extras.place or extras.cards else row.text or ""  # the card has its words
    starts_day = before is None or _day(before, zone) != _day(row, zone)
    return Bubble(
        id=row.id,
        chat_id=row.chat_id,
        kind=row.kind,
        outgoing=row.direction == "out",
        author=row.author,
        sender=revealed(row.user_name or ""),
        user_id=row.user_id,
        rule_id=row.rule_id,
        step=row.step or "",
        text=text,
        pieces=() if row.revoked_at else pieces(text),
        only_emoji=is_only_emoji(text),
        at=row.timestamp,
        status=row.status,
        trouble=_trouble(row) if row.status < 0 else None,
        starts_day=starts_day,
        starts_group=starts_day or before is None or not _same_group(before, row),
        edited=row.edited_at is not None,
        earlier=() if row.revoked_at else _earlier(details),
        revoked=row.revoked_at is not None,
        possible_duplicate=bool(row.possible_duplicate),
        quote=_quote(row, around.quoted),
        reactions=around.reactions.get(row.wamid, ()) if row.wamid else (),
        extras=extras,
        spoken=around.spoken.get(row.id),
    )


def _trouble(row: AnyRow) -> Trouble:
    """Our own words for Meta's codes. Where we have none for this very code, Meta's stand beside them."""
    if row.error_code is None:
        return Trouble(row.error_text)
    return Trouble(reason_words(row.error_code), row.error_text, row.error_code, is_known=has_words(row.error_code))


def _earlier(details: Mapping[str, object]) -> tuple[str, ...]:
    """What an edited message said before, oldest first."""
    told = details.get("earlier")
    return tuple(unturned(text) for text in told if isinstance(text, str) and text) if isinstance(told, list) else ()


def _quote(row: AnyRow, known: Mapping[str, AnyRow]) -> Quote | None:
    if not row.quoted_wamid:
        return None
    original = known.get(row.quoted_wamid)
    if original is None:
        return Quote(None)
    text = "" if original.revoked_at else plain((original.text or "")[: 4 * QUOTE_LENGTH])[:QUOTE_LENGTH]
    kind = "revoked" if original.revoked_at else original.kind
    return Quote(original.id, original.direction == "out", revealed(original.user_name or ""), kind, text)


def _same_group(before: AnyRow, row: AnyRow) -> bool:
    same = (before.author, before.user_id, _participant(before)) == (row.author, row.user_id, _participant(row))
    return same and row.author != "system" and abs(row.timestamp - before.timestamp) <= GROUP


def _participant(row: AnyRow) -> object:
    """Who of a group wrote."""
    return row.details.get("participant") if isinstance(row.details, dict) else None


def _day(row: AnyRow, zone: tzinfo) -> object:
    return row.timestamp.astimezone(zone).date()


def is_only_emoji(text: str) -> bool:
    """Whether the text is a handful of emoji and nothing else: drawn larger, as people expect."""
    signs = [sign for sign in text if not sign.isspace() and sign not in _JOINERS]
    return 0 < len(signs) <= FEW_EMOJI and all(_is_emoji(sign) for sign in signs)


def _is_emoji(sign: str) -> bool:
    point = ord(sign)
    return 0x1F000 <= point <= 0x1FAFF or 0x2600 <= point <= 0x27BF or 0x2B00 <= point <= 0x2BFF
