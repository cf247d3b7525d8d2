"""Which files nobody uses, which bytes no row knows, which rows lost theirs, what is older than the owner keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, column, delete, exists, func, or_, select, table, update

from waia.kit import queue
from waia.kit.columns import UtcDateTime
from waia.kit.db import Transaction
from waia.kit.sql import table_of
from waia.media.models import Media, MediaFile, MediaUpload
from waia.media.repository import MEDIA, RENDITIONS
from waia.media.values import MediaState, Reason, Scope

_MEDIA, _FILE, _UPLOAD = table_of(Media), table_of(MediaFile), table_of(MediaUpload)
PAGE = 500
# Tables of features above this one: rules and quick replies.
OWNERS = tuple(table(name, column("file_id")) for name in ("regla_medias", "boton_medias"))


@dataclass(frozen=True, slots=True)
class UnusedFile:
    id: int
    keys: tuple[str, ...]
    size: int


@dataclass(frozen=True, slots=True)
class StoredParts:
    """The keys under which a file and its renditions lie."""

    id: int
    storage_key: str
    thumb_key: str | None
    playable_key: str | None


@dataclass(frozen=True, slots=True)
class Expiring:
    """What retention takes of one kind; `size` in bytes that become free."""

    kind: str
    days: int
    count: int
    size: int


async def known_keys(tx: Transaction, keys: Sequence[str]) -> set[str]:
    """Those of these keys that some row points at."""
    found: set[str] = set()
    for statement in _KNOWN:
        found |= set((await tx.execute(statement, {"keys": list(keys)})).scalars())
    return found


async def files_after(tx: Transaction, last_id: int) -> list[StoredParts]:
    return [StoredParts(*row) for row in await tx.execute(_FILES, {"last": last_id})]


async def unused_files(tx: Transaction, before: datetime) -> list[UnusedFile]:
    """Files that came before then and that no message, draft, rule or quick reply uses."""
    rows = await tx.execute(_UNUSED, {"before": before})
    return [UnusedFile(row.id, _keys(row), row.size) for row in rows]


async def unused_among(tx: Transaction, file_ids: Sequence[int]) -> list[UnusedFile]:
    rows = await tx.execute(_UNUSED_AMONG, {"ids": list(file_ids)}) if file_ids else ()
    return [UnusedFile(row.id, _keys(row), row.size) for row in rows]


async def forget_files(tx: Transaction, file_ids: Sequence[int]) -> None:
    """Their rows and what Meta has of them; the caller locked or checked that nobody uses them."""
    if file_ids:
        await tx.execute(delete(_UPLOAD).where(_UPLOAD.c.file_id.in_(file_ids)))
        await tx.execute(delete(_FILE).where(_FILE.c.id.in_(file_ids)))


async def forget_drafts(tx: Transaction, before: datetime) -> int:
    old = (_MEDIA.c.scope == Scope.DRAFT) & (_MEDIA.c.created_at < before)
    return int((await tx.execute(delete(_MEDIA).where(old))).rowcount)


async def forget_uploads(tx: Transaction, now: datetime) -> None:
    await tx.execute(delete(_UPLOAD).where(_UPLOAD.c.expires_at < now))


async def lose_bytes(tx: Transaction, file_id: int, now: datetime) -> None:
    """The bytes are gone: fetched again while Meta may have them, else unavailable and said so."""
    rows = list(await tx.execute(select(_MEDIA).where(_MEDIA.c.file_id == file_id)))
    again = [row.id for row in rows if row.graph_id and row.give_up_at and row.give_up_at > now]
    mine = _MEDIA.c.file_id == file_id
    gone = {"file_id": None, "state": MediaState.UNAVAILABLE, "reason": Reason.GONE}
    await tx.execute(update(_MEDIA).where(mine, _MEDIA.c.id.not_in(again)).values(**gone))
    pending = {"file_id": None, "state": MediaState.PENDING, "reason": Reason.GONE, "attempts": 0}
    await tx.execute(update(_MEDIA).where(mine, _MEDIA.c.id.in_(again)).values(**pending))
    await queue.push(tx, MEDIA, ((str(media_id), now) for media_id in again))
    _tell(tx, rows)


async def lose_renditions(tx: Transaction, file_id: int) -> None:
    """One of them is gone: they are made anew, all of them."""
    anew = {"thumb_key": None, "playable_key": None, "checked_at": None}
    await tx.execute(update(_FILE).where(_FILE.c.id == file_id).values(**anew))


async def look_again(tx: Transaction, before: datetime, now: datetime) -> int:
    """Up to a page of files that came before then and at which nobody looked yet; how many."""
    found = list((await tx.execute(_NOT_LOOKED_AT, {"before": before})).scalars())
    await queue.push(tx, RENDITIONS, ((str(file_id), now) for file_id in found))
    return len(found)


async def expiring(tx: Transaction, days: Mapping[str, int], now: datetime) -> list[Expiring]:
    """What `expire` would take now, and the bytes that only those use."""
    found = []
    for kind, kept in sorted(days.items()):
        before = {"kind": kind, "before": now - timedelta(days=kept)}
        count = (await tx.execute(_COUNT_OLD, before)).scalar_one()
        size = (await tx.execute(_SIZE_OLD, before)).scalar_one()
        found.append(Expiring(kind, kept, int(count), int(size or 0)))
    return found


async def expire(tx: Transaction, kind: str, before: datetime) -> list[int]:
    """Up to a page of files of this kind that came before then; their messages stay and say so. Their file ids."""
    rows = list(await tx.execute(_OLD, {"kind": kind, "before": before}))
    values = {"file_id": None, "state": MediaState.UNAVAILABLE, "reason": Reason.RETENTION}
    if rows:
        await tx.execute(update(_MEDIA).where(_MEDIA.c.id.in_([row.id for row in rows])).values(**values))
    _tell(tx, rows)
    return [row.file_id for row in rows]


async def files_of_chats(tx: Transaction, chat_ids: Sequence[int]) -> list[int]:
    wanted = select(_MEDIA.c.file_id).where(_MEDIA.c.chat_id.in_(chat_ids), _MEDIA.c.file_id.is_not(None))
    return list((await tx.execute(wanted.distinct())).scalars())


async def stored_bytes(tx: Transaction) -> tuple[int, int]:
    """How many files, and how many bytes."""
    row = (await tx.execute(select(func.count(), func.sum(_FILE.c.size)))).one()
    return int(row[0]), int(row[1] or 0)


def _tell(tx: Transaction, rows: Sequence[Any]) -> None:
    for row in rows:
        if row.message_id is not None:
            tx.announce("message_changed", row.chat_id, str(row.message_id))


def _keys(row: Any) -> tuple[str, ...]:
    return tuple(key for key in (row.storage_key, row.thumb_key, row.playable_key) if key)


_PARTS = (_FILE.c.storage_key, _FILE.c.thumb_key, _FILE.c.playable_key)
_KNOWN = tuple(select(part).where(part.in_(bindparam("keys", expanding=True))) for part in _PARTS)
_FILES = select(_FILE.c.id, *_PARTS).where(_FILE.c.id > bindparam("last")).order_by(_FILE.c.id).limit(PAGE)
_NOT_LOOKED_AT = (
    select(_FILE.c.id)
    .where(
        _FILE.c.checked_at.is_(None),
        _FILE.c.kind != "document",
        _FILE.c.created_at < bindparam("before", type_=UtcDateTime),
    )
    .order_by(_FILE.c.id)
    .limit(PAGE)
)
_USED_BY_OWNERS = or_(*(exists(select(1).where(owner.c.file_id == _FILE.c.id)) for owner in OWNERS))
_USED = or_(exists(select(1).where(_MEDIA.c.file_id == _FILE.c.id)), _USED_BY_OWNERS)
_UNUSED = (
    select(_FILE.c.id, *_PARTS, _FILE.c.size)
    .where(_FILE.c.created_at < bindparam("before", type_=UtcDateTime), ~_USED)
    .limit(PAGE)
)
_UNUSED_AMONG = select(_FILE.c.id, *_PARTS, _FILE.c.size).where(
    _FILE.c.id.in_(bindparam("ids", expanding=True)), ~_USED
)


def _is_old(media: Any) -> Any:
    return and_(
        media.c.scope == "chat",
        media.c.kind == bindparam("kind"),
        media.c.created_at < bindparam("before", type_=UtcDateTime),
        media.c.file_id.is_not(None),
    )


_OTHER = table_of(Media).alias("other")
_COUNT_OLD = select(func.count()).select_from(_MEDIA).where(_is_old(_MEDIA))
_OLD = select(_MEDIA.c.id, _MEDIA.c.file_id, _MEDIA.c.chat_id, _MEDIA.c.message_id).where(_is_old(_MEDIA)).limit(PAGE)
_SIZE_OLD = select(func.sum(_FILE.c.size)).where(
    _FILE.c.id.in_(select(_MEDIA.c.file_id).where(_is_old(_MEDIA))),
    ~exists(select(1).where(_OTHER.c.file_id == _FILE.c.id, ~_is_old(_OTHER))),
    ~_USED_BY_OWNERS,
)
