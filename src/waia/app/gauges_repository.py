"""What waits in the database, for metrics: one statement that reads the ends of indexes and never goes through history.

A count stops at `MOST`: more is as bad, and costs no more to know.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Select, bindparam, func, literal, null, select, type_coerce, union_all

from waia.chats.listening import TURNS
from waia.chats.models import OutboxItem
from waia.chats.outbox_repository import OPEN_STATES, OUTBOX
from waia.chats.receipts import RECEIPTS
from waia.exports.models import ExportJob
from waia.kit.columns import UtcDateTime
from waia.kit.db import Transaction
from waia.kit.queue import Lane
from waia.kit.sql import table_of
from waia.media.repository import MEDIA, RENDITIONS
from waia.owner.models import SheetImport
from waia.transcription.models import TranscriptRow
from waia.transcription.repository import TRANSCRIPTS
from waia.whatsapp.models import InboxItem
from waia.whatsapp.repository import INBOX

MOST = 10_000
QUEUES = (INBOX, TURNS, OUTBOX, MEDIA, TRANSCRIPTS, RENDITIONS, RECEIPTS)
LANES, ITEMS, MESSAGES, NOTES, EXPORTS, IMPORTS = "lanes", "items", "messages", "notes", "exports", "imports"
_INBOX, _OUTBOX, _LANE = table_of(InboxItem), table_of(OutboxItem), table_of(Lane)
_JOB, _IMPORT, _NOTE = table_of(ExportJob), table_of(SheetImport), table_of(TranscriptRow)


@dataclass(frozen=True, slots=True)
class Waiting:
    """`since`: when the oldest came, of lanes when the first one was due; None when that says nothing."""

    what: str
    word: str
    count: int
    since: datetime | None


async def everything_that_waits(tx: Transaction, now: datetime) -> Sequence[Waiting]:
    return [Waiting(*row) for row in await tx.execute(WAITING, {"now": now})]


def _row(what: str, word: str, found: Any, since: Any = None) -> Select[Any]:
    """`found` are the rows to count, `since` is the moment of the first one."""
    counted = select(func.count()).select_from(found.limit(MOST).subquery()).scalar_subquery()
    moment = type_coerce(null(), UtcDateTime) if since is None else since.scalar_subquery()
    return select(literal(what), literal(word), counted, moment)


def _in_state(what: str, table: Any, key: Column[Any], state: str, since: Column[Any] | None = None) -> Select[Any]:
    """By the index of its state, in which rows of one state lie in the order of their keys."""
    found = select(key).where(table.c.state == state)
    first = select(func.min(key)).where(table.c.state == state).scalar_subquery()
    return _row(what, state, found, None if since is None else select(since).where(key == first))


def _lanes(queue: str) -> Select[Any]:
    mine = _LANE.c.queue == queue
    due = select(_LANE.c.due_at).where(mine, _LANE.c.due_at <= bindparam("now", type_=UtcDateTime))
    return _row(LANES, queue, due, select(func.min(_LANE.c.due_at)).where(mine))


def _notes() -> Select[Any]:
    waiting = _NOTE.c.state == "waiting"
    found, first = select(_NOTE.c.wanted_at).where(waiting), select(func.min(_NOTE.c.wanted_at)).where(waiting)
    return _row(NOTES, "waiting", found, first)


WAITING = union_all(
    *(_lanes(queue) for queue in QUEUES),
    *(_in_state(ITEMS, _INBOX, _INBOX.c.id, state, _INBOX.c.received_at) for state in ("ready", "dead")),
    *(_in_state(MESSAGES, _OUTBOX, _OUTBOX.c.id, state, _OUTBOX.c.created_at) for state in OPEN_STATES),
    _notes(),
    *(_in_state(EXPORTS, _JOB, _JOB.c.id, state) for state in ("waiting", "working")),
    *(_in_state(IMPORTS, _IMPORT, _IMPORT.c.id, state) for state in ("waiting", "checking")),
)
