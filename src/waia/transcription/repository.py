"""Rows of transcripts: what is to be heard, how it ended, and what a person made of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from waia.kit import queue
from waia.kit.db import Transaction
from waia.kit.sql import insert_ignore, table_of
from waia.transcription.models import TranscriptRow
from waia.transcription.values import Heard, Transcript, TranscriptState, Word

TRANSCRIPTS = "transcripts"  # the queue; its keys are ids of messages
_ROW = table_of(TranscriptRow)


async def want(tx: Transaction, message_id: int, chat_id: int, now: datetime) -> None:
    """The file of a voice note is here: let it be heard. A note that has a row already is left as it is."""
    row = {"message_id": message_id, "chat_id": chat_id, "heard_text": "", "words": [], "wanted_at": now}
    await tx.execute(insert_ignore(tx.dialect, TranscriptRow), [row])
    await queue.push(tx, TRANSCRIPTS, [(str(message_id), now)])


async def want_again(tx: Transaction, message_id: int, now: datetime) -> bool:
    """Somebody asks for a note that has no text yet. False when it has one, or is not known."""
    again = (
        update(_ROW)
        .where(_ROW.c.message_id == message_id, _ROW.c.state.not_in([state for state in TranscriptState if state.has_text]))
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


def _transcript(row: Any) -> Transcript:
    values = {name: getattr(row, name) for name in Transcript.__dataclass_fields__}
    words = tuple(Word(*word) for word in row.words)
    return Transcript(**values | {"state": TranscriptState(row.state), "words": words})


_OF_MESSAGES = select(*(_ROW.c[name] for name in Transcript.__dataclass_fields__)).where(
    _ROW.c.message_id.in_(bindparam("ids", expanding=True))
)
_WAITING = select(_ROW.c.message_id).where(
    _ROW.c.message_id.in_(bindparam("ids", expanding=True)), _ROW.c.state == "waiting"
)
