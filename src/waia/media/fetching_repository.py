"""What is still at Meta: what to fetch of it, and how each try ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, update

from waia.kit import queue
from waia.kit.db import Transaction
from waia.kit.sql import table_of
from waia.media.models import Media, MediaFile
from waia.media.renditions import Renditions
from waia.media.repository import MEDIA, RENDITIONS, add_file
from waia.media.values import MediaState, Reason, StoredFile

_MEDIA, _FILE, _LANE = table_of(Media), table_of(MediaFile), table_of(queue.Lane)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to fetch. `sha256` is what the webhook told, in hex, or empty."""

    id: int
    chat_id: int | None
    message_id: int | None
    kind: str
    filename: str
    mime: str
    sha256: str
    graph_id: str
    phone_number_id: str
    attempts: int
    give_up_at: datetime | None


async def wanted(tx: Transaction, media_ids: Sequence[int]) -> list[Wanted]:
    """Those of them that are still pending."""
    if not media_ids:
        return []
    return [Wanted(*row) for row in await tx.execute(_WANTED, {"ids": list(media_ids)})]


async def record_here(tx: Transaction, item: Wanted, stored: StoredFile, owner: str, now: datetime) -> None:
    """The file is here: its row, the message's change and the end of the lease in one. Raises `queue.Fenced`."""
    file_id = await add_file(tx, stored, now, looked_at=False)
    await tx.execute(_READY, {"media": item.id, "file": file_id})
    await queue.release(tx, MEDIA, owner, [queue.Release(str(item.id))])
    await queue.push(tx, RENDITIONS, [(str(file_id), now)])
    _tell(tx, item)


async def record_later(tx: Transaction, item: Wanted, reason: Reason, owner: str, again_at: datetime) -> None:
    """To be tried again. Raises `queue.Fenced`."""
    values = {"attempts": min(item.attempts + 1, 30_000), "reason": reason}
    await tx.execute(update(_MEDIA).where(_MEDIA.c.id == item.id).values(**values))
    await queue.release(tx, MEDIA, owner, [queue.Release(str(item.id), again_at)])
    if item.attempts == 0 or reason is Reason.DISK_FULL:
        _tell(tx, item)


async def record_unavailable(tx: Transaction, item: Wanted, reason: Reason, owner: str) -> None:
    """It will not come any more. Raises `queue.Fenced`."""
    values = {"attempts": min(item.attempts + 1, 30_000), "reason": reason, "state": MediaState.UNAVAILABLE}
    await tx.execute(update(_MEDIA).where(_MEDIA.c.id == item.id).values(**values))
    await queue.release(tx, MEDIA, owner, [queue.Release(str(item.id))])
    _tell(tx, item)


async def note_try(tx: Transaction, key: str) -> int:
    """How often renditions of this file were begun, this time included: each lease of its lane counts."""
    fence = select(_LANE.c.fence).where(_LANE.c.queue == RENDITIONS, _LANE.c.key == key)
    return int((await tx.execute(fence)).scalar_one_or_none() or 0) + 1


async def record_renditions(tx: Transaction, file_id: int, made: Renditions, owner: str, now: datetime) -> bool:
    """False when the file is gone by now. Raises `queue.Fenced`."""
    values = {name: getattr(made, name) for name in Renditions.__dataclass_fields__}
    changed = await tx.execute(update(_FILE).where(_FILE.c.id == file_id).values(**values, checked_at=now))
    await queue.release(tx, RENDITIONS, owner, [queue.Release(str(file_id))])
    for row in await tx.execute(_SHOWN, {"file": file_id}):
        tx.announce("message_changed", row.chat_id, str(row.message_id))
    return bool(changed.rowcount)


async def put_off_renditions(tx: Transaction, file_id: int, owner: str, again_at: datetime | None) -> None:
    """To be tried again; None: when the sweep finds that nobody looked at it yet. Raises `queue.Fenced`."""
    await queue.release(tx, RENDITIONS, owner, [queue.Release(str(file_id), again_at)])


async def leave_as_it_is(tx: Transaction, file_id: int, now: datetime) -> None:
    """Nobody looks at it again; the caller took its lane."""
    await queue.finish(tx, RENDITIONS, [str(file_id)])
    await tx.execute(update(_FILE).where(_FILE.c.id == file_id).values(checked_at=now))


async def pending_files(tx: Transaction) -> tuple[int, datetime | None]:
    """How many are on their way, and since when the oldest is."""
    columns = func.count(), func.min(_MEDIA.c.created_at)
    row = (await tx.execute(select(*columns).where(_MEDIA.c.state == MediaState.PENDING))).one()
    return int(row[0]), row[1]


def _tell(tx: Transaction, item: Wanted) -> None:
    if item.message_id is not None:
        tx.announce("message_changed", item.chat_id, str(item.message_id))


_WANTED = select(*(_MEDIA.c[name] for name in Wanted.__dataclass_fields__)).where(
    _MEDIA.c.id.in_(bindparam("ids", expanding=True)), _MEDIA.c.state == "pending"
)
_READY = (
    update(_MEDIA).where(_MEDIA.c.id == bindparam("media")).values(file_id=bindparam("file"), state="ready", reason="")
)
_SHOWN = select(_MEDIA.c.chat_id, _MEDIA.c.message_id).where(
    _MEDIA.c.file_id == bindparam("file"), _MEDIA.c.message_id.is_not(None)
)
