"""Rows of media: what waits to be fetched, what a message shows, what an agent attached, what Meta already has."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from waia.kit import queue
from waia.kit.db import Transaction
from waia.kit.sql import insert_ignore, table_of, upsert
from waia.media.models import Media, MediaFile, MediaUpload
from waia.media.values import Attachment, MediaState, Reason, Scope, StoredFile

MEDIA, RENDITIONS = "media", "renditions"
_MEDIA, _FILE = table_of(Media), table_of(MediaFile)
_FILE_FIELDS = (
    "mime", "size", "width", "height", "duration_ms", "animated", "sha256", "storage_key", "thumb_key", "playable_key",
)  # fmt: skip


async def add_pending(tx: Transaction, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    """Files of messages that are still at Meta; each is due at once. Rows hold the columns of `media`."""
    if not rows:
        return
    await tx.execute(insert_ignore(tx.dialect, Media), [_new(row, now) for row in rows])
    found = await tx.execute(_IDS, {"public_ids": [row["public_id"] for row in rows]})
    await queue.push(tx, MEDIA, ((str(media_id), now) for media_id in found.scalars()))


async def add_ready(tx: Transaction, row: dict[str, Any], now: datetime) -> int:
    """Something whose file (`file_id`) is in the storage already."""
    added = await tx.execute(insert(_MEDIA), _new(row, now) | {"state": MediaState.READY})
    return int(added.inserted_primary_key[0])


async def add_settled(tx: Transaction, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    """Many at once that nobody has to fetch: rows hold `state`, and `file_id` or `reason`."""
    if rows:
        await tx.execute(insert(_MEDIA), [_new(row, now) for row in rows])


async def add_file(tx: Transaction, stored: StoredFile, now: datetime, *, looked_at: bool = True) -> int:
    """`looked_at`: it has what renditions it can have."""
    values = {name: getattr(stored, name) for name in StoredFile.__dataclass_fields__}
    values |= {"created_at": now, "checked_at": now if looked_at else None}
    added = await tx.execute(insert(_FILE), values)
    return int(added.inserted_primary_key[0])


async def find(tx: Transaction, public_id: str) -> Attachment | None:
    row = (await tx.execute(_BY_PUBLIC_ID, {"public_id": public_id})).one_or_none()
    return _attachment(row) if row else None


async def find_named(tx: Transaction, filename: str) -> list[Attachment]:
    """What has a file and this name, the newest first; few of them."""
    return [_attachment(row) for row in await tx.execute(_BY_NAME, {"filename": filename})]


async def attachments_of(tx: Transaction, message_ids: Iterable[int]) -> dict[int, Attachment]:
    """What hangs on these messages, by message id; one query for all."""
    wanted = sorted(set(message_ids))
    if not wanted:
        return {}
    rows = await tx.execute(_BY_MESSAGE, {"messages": wanted})
    return {row.message_id: _attachment(row) for row in rows}


async def drafts_of(tx: Transaction, user_id: int, public_ids: Sequence[str]) -> list[Attachment]:
    """This person's drafts among these, in the order asked for."""
    rows = await tx.execute(_DRAFTS, {"user": user_id, "public_ids": list(public_ids)})
    found = {row.public_id: _attachment(row) for row in rows}
    return [found[public_id] for public_id in public_ids if public_id in found]


async def remove(tx: Transaction, media_id: int) -> None:
    """The row only: the sweep takes the file once nothing points at it."""
    await tx.execute(delete(_MEDIA).where(_MEDIA.c.id == media_id))


async def lent_files(tx: Transaction, names: Iterable[str]) -> dict[str, int]:
    """Files of rules and quick replies by name, the newest of each; never one that a customer named so."""
    rows = await tx.execute(_LENT, {"names": sorted(set(names))})
    return {row.filename: row.file_id for row in rows}


async def ask_again(tx: Transaction, message_id: int, now: datetime, until: datetime) -> bool:
    """Fetch what is not here, from now on and until then; False where a message has nothing to fetch."""
    missing = (_MEDIA.c.message_id == message_id) & (_MEDIA.c.state != MediaState.READY)
    found = list((await tx.execute(select(_MEDIA.c.id).where(missing))).scalars())
    if not found:
        return False
    again = {"state": MediaState.PENDING, "reason": Reason.NONE, "attempts": 0, "give_up_at": until}
    await tx.execute(update(_MEDIA).where(_MEDIA.c.id.in_(found)).values(**again))
    await queue.push(tx, MEDIA, ((str(media_id), now) for media_id in found))
    return True


async def remember_upload(
    tx: Transaction, file_id: int, phone_number_id: str, purpose: str, graph_id: str, expires_at: datetime
) -> None:
    row = {"file_id": file_id, "phone_number_id": phone_number_id, "purpose": purpose}
    row |= {"graph_id": graph_id, "expires_at": expires_at}
    key = ("file_id", "phone_number_id", "purpose")
    await tx.execute(upsert(tx.dialect, MediaUpload, key, ("graph_id", "expires_at")), row)


async def file_of(tx: Transaction, file_id: int) -> StoredFile | None:
    columns = [_FILE.c[name] for name in StoredFile.__dataclass_fields__]
    row = (await tx.execute(select(*columns).where(_FILE.c.id == file_id))).one_or_none()
    return StoredFile(*row) if row else None


def _new(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    """All columns, so that many rows go in one statement."""
    filled = {
        "file_id": None, "chat_id": None, "message_id": None, "scope": Scope.CHAT, "user_id": None, "filename": "",
        "mime": "", "sha256": "", "graph_id": "", "phone_number_id": "", "voice": False, "give_up_at": None,
        "state": MediaState.PENDING, "reason": Reason.NONE, "attempts": 0, "created_at": now,
    }  # fmt: skip
    return filled | row


def _attachment(row: Any) -> Attachment:
    stored = {name: getattr(row, f"file_{name}") for name in _FILE_FIELDS}
    stored["animated"] = bool(stored["animated"])
    return Attachment(
        id=row.id,
        public_id=row.public_id,
        state=MediaState(row.state),
        reason=Reason(row.reason),
        scope=Scope(row.scope),
        kind=row.kind,
        filename=row.filename,
        declared_mime=row.mime,
        voice=bool(row.voice),
        chat_id=row.chat_id,
        message_id=row.message_id,
        user_id=row.user_id,
        file_id=row.file_id,
        created_at=row.created_at,
        **stored,
    )


_IDS = select(_MEDIA.c.id).where(_MEDIA.c.public_id.in_(bindparam("public_ids", expanding=True)))
_WITH_FILE = select(_MEDIA, *(_FILE.c[name].label(f"file_{name}") for name in _FILE_FIELDS)).select_from(
    _MEDIA.outerjoin(_FILE, _FILE.c.id == _MEDIA.c.file_id)
)
_BY_PUBLIC_ID = _WITH_FILE.where(_MEDIA.c.public_id == bindparam("public_id"))
_BY_NAME = (
    _WITH_FILE.where(_MEDIA.c.filename == bindparam("filename"), _MEDIA.c.file_id.is_not(None))
    .order_by(_MEDIA.c.id.desc())
    .limit(20)
)
_LENT = (
    select(_MEDIA.c.filename, _MEDIA.c.file_id)
    .where(
        _MEDIA.c.filename.in_(bindparam("names", expanding=True)),
        _MEDIA.c.scope.in_(("rule", "reply")),
        _MEDIA.c.file_id.is_not(None),
    )
    .order_by(_MEDIA.c.id)
)
_BY_MESSAGE = _WITH_FILE.where(_MEDIA.c.message_id.in_(bindparam("messages", expanding=True))).order_by(
    _MEDIA.c.id.desc()
)
_DRAFTS = _WITH_FILE.where(
    _MEDIA.c.scope == "draft",
    _MEDIA.c.user_id == bindparam("user"),
    _MEDIA.c.public_id.in_(bindparam("public_ids", expanding=True)),
)
