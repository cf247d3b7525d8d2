"""Rows of transcripts: what is to be heard, how it ended, and what a person made of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from waia.accounts.models import User
from waia.kit import queue
from waia.kit.db import Transaction
from waia.kit.sql import insert_ignore, table_of
from waia.media.models import Media, MediaFile
from waia.transcription.models import TranscriptRow
from waia.transcription.values import Heard, Transcript, TranscriptState, Word

TRANSCRIPTS = "transcripts"  # the queue; its keys are ids of messages
PAGE = 500
_ROW, _MEDIA, _FILE, _LANE = table_of(TranscriptRow), table_of(Media), table_of(MediaFile), table_of(queue.Lane)


@dataclass(frozen=True, slots=True)
class Note:
    """A voice note that waits. `storage_key` None: its file is gone. `attempts` were begun before."""

    message_id: int
    chat_id: int
    attempts: int
    storage_key: str | None
    mime: str | None


async def want(tx: Transaction, message_id: int, chat_id: int, now: datetime) -> None:
    """The file of a voice note is here: let it be heard. A note that has a row already is left as it is."""
    row = {"message_id": message_id, "chat_id": chat_id, "heard_text": "", "words": [], "wanted_at": now}
    await tx.execute(insert_ignore(tx.dialect, TranscriptRow), [row])
    await queue.push(tx, TRANSCRIPTS, [(str(message_id), now)])


async def want_again(tx: Transaction, message_id: int, now: datetime) -> bool:
    """Somebody asks for a note that has no text yet. False when it has one, or is not known."""
    again = (
        update(_ROW)
        .where(
            _ROW.c.message_id == message_id, _ROW.c.state.not_in([state for state in TranscriptState if state.has_text])
        )
        .values(state=TranscriptState.WAITING, reason="", attempts=0, wanted_at=now)
    )
    if not (await tx.execute(again)).rowcount:
        return False
    await queue.push(tx, TRANSCRIPTS, [(str(message_id), now)])
    return True


async def transcripts_of(tx: Transaction, message_ids: Iterable[int]) -> dict[int, Transcript]:
    """By message id; one query for all."""
    wanted = sorted(set(message_ids))
    if not wanted:
        return {}
    return {row.message_id: _transcript(row) for row in await tx.execute(_OF_MESSAGES, {"ids": wanted})}


async def waiting_among(tx: Transaction, message_ids: Sequence[int]) -> set[int]:
    """Those of them that are still to be heard."""
    if not message_ids:
        return set()
    return set((await tx.execute(_WAITING, {"ids": list(message_ids)})).scalars())


async def waiting_notes(tx: Transaction, message_ids: Sequence[int]) -> list[Note]:
    """Those of them that are still to be heard."""
    rows = await tx.execute(_NOTES, {"ids": list(message_ids)}) if message_ids else ()
    return list({row.message_id: Note(*row) for row in rows}.values())


async def note_tries(tx: Transaction, message_ids: Sequence[int], by: int) -> None:
    """They are begun once more; or, `by` -1, what was begun does not count."""
    if message_ids:
        tried = update(_ROW).where(_ROW.c.message_id.in_(message_ids)).values(attempts=_ROW.c.attempts + by)
        await tx.execute(tried)


async def find_lost(tx: Transaction, after: int, before: datetime) -> tuple[list[int], int | None]:
    """Notes wanted before then that no lane leads to, and where to look on; None at the end."""
    rows = list((await tx.execute(_LONG_WAITING, {"after": after, "before": before})).scalars())
    keys = {"queue": TRANSCRIPTS, "keys": [str(message_id) for message_id in rows]}
    known = set((await tx.execute(_LANES, keys)).scalars()) if rows else set()
    return [message_id for message_id in rows if str(message_id) not in known], rows[-1] if len(rows) == PAGE else None


async def find_again(tx: Transaction, message_ids: Sequence[int], now: datetime) -> None:
    """Notes that are to be heard get their lanes back."""
    await queue.push(tx, TRANSCRIPTS, [(str(message_id), now) for message_id in message_ids])


async def record(tx: Transaction, message_id: int, heard: Heard, now: datetime) -> bool:
    """How hearing it ended. False when it is no longer waited for: then nothing is changed."""
    values = {
        "state": heard.state,
        "reason": heard.reason[:40],
        "heard_text": heard.text,
        "words": [[word.text, word.start_ms, word.end_ms, round(word.confidence, 3)] for word in heard.words],
        "confidence": heard.confidence,
        "closed": heard.closed,
        "duration_ms": heard.duration_ms,
        "took_ms": heard.took_ms,
        "heard_at": now,
    }
    waiting = _ROW.c.message_id == message_id, _ROW.c.state == TranscriptState.WAITING
    return bool((await tx.execute(update(_ROW).where(*waiting).values(**values))).rowcount)


async def correct(tx: Transaction, message_id: int, text: str, user_id: int, now: datetime) -> None:
    """A person's words instead of the machine's, which stay beside them."""
    values = {"corrected_text": text, "corrected_by": user_id, "corrected_at": now}
    await tx.execute(update(_ROW).where(_ROW.c.message_id == message_id).values(**values))


async def take_back(tx: Transaction, message_id: int) -> None:
    """The machine's words count again."""
    values = {"corrected_text": None, "corrected_by": None, "corrected_at": None}
    await tx.execute(update(_ROW).where(_ROW.c.message_id == message_id).values(**values))


def _transcript(row: Any) -> Transcript:
    values = {name: getattr(row, name) for name in Transcript.__dataclass_fields__}
    words = tuple(Word(*word) for word in row.words)
    return Transcript(**values | {"state": TranscriptState(row.state), "words": words})


_CORRECTOR = func.coalesce(func.nullif(User.display_name, ""), User.username, "").label("corrector")
_OF_MESSAGES = (
    select(*(_ROW.c[name] for name in Transcript.__dataclass_fields__ if name != "corrector"), _CORRECTOR)
    .outerjoin(User, User.id == _ROW.c.corrected_by)
    .where(_ROW.c.message_id.in_(bindparam("ids", expanding=True)))
)
_WAITING = select(_ROW.c.message_id).where(
    _ROW.c.message_id.in_(bindparam("ids", expanding=True)), _ROW.c.state == "waiting"
)
_NOTES = (
    select(_ROW.c.message_id, _ROW.c.chat_id, _ROW.c.attempts, _FILE.c.storage_key, _FILE.c.mime)
    .select_from(
        _ROW.outerjoin(_MEDIA, _MEDIA.c.message_id == _ROW.c.message_id).outerjoin(
            _FILE, _FILE.c.id == _MEDIA.c.file_id
        )
    )
    .where(_ROW.c.message_id.in_(bindparam("ids", expanding=True)), _ROW.c.state == "waiting")
    .order_by(_FILE.c.id)
)
_LONG_WAITING = (
    select(_ROW.c.message_id)
    .where(_ROW.c.state == "waiting", _ROW.c.wanted_at <= bindparam("before"), _ROW.c.message_id > bindparam("after"))
    .order_by(_ROW.c.message_id)
    .limit(PAGE)
)
_LANES = select(_LANE.c.key).where(
    _LANE.c.queue == bindparam("queue"), _LANE.c.key.in_(bindparam("keys", expanding=True))
)
