"""What the card of a contact draws, read for one chat."""

from dataclasses import dataclass
from datetime import datetime

from waia.chats.panel import card_repository as repository
from waia.chats.panel import presenters
from waia.chats.panel.sessions import PastSession, past_sessions
from waia.chats.panel.viewmodels import Facts, HolderStrip
from waia.chats.panel.whatsapp_text import revealed
from waia.chats.record import WINDOW_MARGIN
from waia.kit.db import Transaction

MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class RoleChoice:
    id: int
    keyword: str
    name: str
    carried: bool


@dataclass(frozen=True, slots=True)
class KnownAs:
    """An id by which WhatsApp named the contact: phone, bsuid, username…; `until` is None while it is valid."""

    kind: str
    value: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Edited:
    """A form of the card that was refused: the error, and what was typed where."""

    error: str = ""
    alias: str | None = None
    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    facts: Facts
    strip: HolderStrip
    window_is_open: bool
    alias: str
    profile_name: str
    roles: tuple[RoleChoice, ...]
    sessions: tuple[PastSession, ...]
    known_as: tuple[KnownAs, ...]


async def card(tx: Transaction, chat_id: int, now: datetime) -> Card | None:
    facts = await presenters.facts(tx, chat_id)
    strip = await presenters.holder_strip(tx, chat_id)
    if facts is None or strip is None:
        return None
    names = await repository.names_of(tx, chat_id)
    return Card(
        facts=facts,
        strip=strip,
        window_is_open=window_is_open(strip, now),
        alias=names.alias or "",
        profile_name=revealed(names.name),
        roles=tuple(
            RoleChoice(row.id, row.keyword, row.name, bool(row.carried))
            for row in await repository.roles_for(tx, chat_id)
        ),
        sessions=await past_sessions(tx, chat_id),
        known_as=tuple(KnownAs(*row) for row in await repository.identities_of(tx, chat_id, MOST_NAMES)),
    )


def window_is_open(strip: HolderStrip, now: datetime) -> bool:
    """Whether Meta still takes more than templates."""
    ends = strip.window_ends_at
    return ends is not None and now < ends - WINDOW_MARGIN
