"""What an agent has typed in a chat and not sent, kept on the server for this person and chat.

Two tabs may hold the same chat. Each says which version its text goes on from; one that is behind does not replace
what it has not seen, but is told of it. A tab that closes cannot be told: there both texts stay.

A save may be overtaken by the sending of what it saves. Each save has a name, and a sending says which ones it takes
along: these are refused when they come, so that nothing that was sent stands there once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from waia.chats import drafts_repository as repository
from waia.kit.db import Transaction
from waia.kit.errors import Invalid
from waia.kit.i18n import N_

LONGEST, LONGEST_OF_TWO = 20_000, 40_000
LONGEST_NAME, MOST_NAMES = 16, 8
TOO_LONG = N_("El borrador puede tener hasta 20 000 caracteres.")


@dataclass(frozen=True, slots=True)
class Draft:
    """`version` counts the changes; 0: nothing was typed yet. `overtaken` names the saves that came too late, in
    one line."""

    text: str = ""
    version: int = 0
    overtaken: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands on the server now. Not `accepted`: it is another text than the one that came."""

    draft: Draft
    accepted: bool


async def draft_of(tx: Transaction, user_id: int, chat_id: int) -> Draft:
    return Draft(*await repository.draft(tx, user_id, chat_id))


async def keep(
    tx: Transaction, user_id: int, chat_id: int, typed: Draft, now: datetime, *, name: str = "", is_last: bool = False
) -> Kept:
    """`typed.version` is the one that the text goes on from. `is_last`: nobody is there to hear of another text.

    Raises Invalid for a text that is too long.
    """
    text = _plain(typed.text)
    text = text if text.strip() else ""
    if len(text) > LONGEST:
        raise Invalid({"texto": TOO_LONG})
    stored = Draft(*await repository.lock(tx, user_id, chat_id, now))
    if name and name in stored.overtaken.split():
        return Kept(stored, accepted=False)
    if typed.version != stored.version and text != stored.text:
        if not is_last:
            return Kept(stored, accepted=False)
        text = _both(stored.text, text)
    return Kept(await _put(tx, user_id, chat_id, stored, text, now), accepted=True)


async def clear(
    tx: Transaction, user_id: int, chat_id: int, sent: str, seen_version: int, now: datetime, saves: Sequence[str] = ()
) -> Draft:
    """The text went out, and with it what `saves` on their way hold. What another tab has written meanwhile stays.

    Returns what is left.
    """
    stored = Draft(*await repository.lock(tx, user_id, chat_id, now))
    if saves:
        await repository.overtake(tx, user_id, chat_id, _named(stored.overtaken, saves))
    if stored.version > seen_version and stored.text not in _plain(sent):
        return stored
    left = Draft("", max(stored.version, seen_version) + 1)
    await repository.store(tx, user_id, chat_id, left.text, left.version, now)
    return left


async def _put(tx: Transaction, user_id: int, chat_id: int, stored: Draft, text: str, now: datetime) -> Draft:
    if text == stored.text:
        return stored
    fresh = Draft(text, stored.version + 1)
    await repository.store(tx, user_id, chat_id, fresh.text, fresh.version, now)
    return fresh


def _named(known: str, saves: Sequence[str]) -> str:
    """The last of them; what is no name of ours is left out."""
    fresh = (name for name in saves if name.isascii() and name.isalnum() and len(name) <= LONGEST_NAME)
    return " ".join([*known.split(), *fresh][-MOST_NAMES:])


def _plain(text: str) -> str:
    """Forms may break lines in two ways."""
    return text.replace("\r\n", "\n")


def _both(stored: str, text: str) -> str:
    """Neither of them is lost; the one that holds the other stands for both."""
    if text in stored:
        return stored
    return text if stored in text else f"{stored}\n{text}"[:LONGEST_OF_TWO]
