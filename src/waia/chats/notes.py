"""Notes that agents leave in a conversation for each other. A note is a row of the history that is never sent."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from waia.accounts.guards import SignedIn
from waia.chats import notes_repository as repository
from waia.chats.record import ChatRecord
from waia.chats.repository import add_messages
from waia.kit.db import Transaction
from waia.kit.errors import Conflict, Invalid, NotFound
from waia.kit.i18n import N_

KIND, AUTHOR, DIRECTION, TIPO = "note", "note", "own", "nota"
MENTIONED = "mentioned"
LONGEST = 4_000
CHANGEABLE = timedelta(minutes=15)
MENTION = re.compile(r"(?<![\w@])@([^\s@,;:!?()]{1,50})")
EMPTY, TOO_LONG = N_("Escribe la nota."), N_("La nota puede tener hasta 4000 caracteres.")


class TooLate(Conflict):
    code = "note_is_old"
    message = N_("Una nota se puede cambiar o borrar durante 15 minutos.")


async def add(
    tx: Transaction,
    chat: ChatRecord,
    user: SignedIn,
    words: str,
    now: datetime,
    real_now: datetime,
    *,
    client_id: str | None = None,
    passed_to: str = "",
    told: frozenset[int] = frozenset(),
) -> int:
    """The note's message id; a repeated `client_id` gives the first one's. `told`: who hears of it anyway.

    People named as @username are told. Raises Invalid.
    """
    text = _checked(words)
    mentioned = await repository.people_named(tx, _names(text))
    row = {
        "public_id": uuid4().hex, "chat_id": chat.id, "numero": chat.numero, "text": text, "tipo": TIPO,
        "timestamp": now, "received_at": real_now, "direction": DIRECTION, "author": AUTHOR, "user_id": user.id,
        "client_id": client_id, "kind": KIND, "status": 0,
        "details": _details(mentioned, passed_to),
    }  # fmt: skip
    ids = await add_messages(tx, [row])
    for user_id in mentioned.keys() - told - {user.id}:
        tx.announce(MENTIONED, chat.id, str(user_id))
    return next(iter(ids.values()))


async def change(tx: Transaction, note: Any, user: SignedIn, words: str, now: datetime) -> None:
    """By its author, while it is fresh; what it said before stays with it. Raises NotFound, TooLate, Invalid."""
    _check_own(note, user, now)
    text = _checked(words)
    if text == note.text:
        return
    earlier = [*note.details.get("earlier", ()), note.text]
    mentioned = await repository.people_named(tx, _names(text))
    details = {**note.details, **_details(mentioned, note.details.get("passed_to", "")), "earlier": earlier}
    await repository.store(tx, note.id, {"text": text, "details": details, "edited_at": now})
    for user_id in mentioned.keys() - {user.id} - set(note.details.get("mentions", ())):
        tx.announce(MENTIONED, note.chat_id, str(user_id))
    tx.announce("message_changed", note.chat_id, str(note.id))


async def remove(tx: Transaction, note: Any, user: SignedIn, now: datetime) -> None:
    """By its author, while it is fresh: the words go, that there was a note stays. Raises NotFound, TooLate."""
    _check_own(note, user, now)
    await repository.store(tx, note.id, {"text": "", "details": {}, "revoked_at": now})
    tx.announce("message_changed", note.chat_id, str(note.id))


def _check_own(note: Any, user: SignedIn, now: datetime) -> None:
    if note.user_id != user.id or note.revoked_at is not None:
        raise NotFound
    if now - note.timestamp > CHANGEABLE:
        raise TooLate


def _checked(words: str) -> str:
    text = words.replace("\r\n", "\n").strip()
    if not text:
        raise Invalid({"nota": EMPTY})
    if len(text) > LONGEST:
        raise Invalid({"nota": TOO_LONG})
    return text


def _names(text: str) -> set[str]:
    """Also without a full stop that ends the sentence."""
    found = {name.lower() for name in MENTION.findall(text)}
    return found | {name.rstrip(".") for name in found}


def _details(mentioned: Mapping[int, str], passed_to: str) -> dict[str, Any]:
    details: dict[str, Any] = {"mentions": sorted(mentioned), "names": [mentioned[each] for each in sorted(mentioned)]}
    return {name: value for name, value in (details | {"passed_to": passed_to}).items() if value}
