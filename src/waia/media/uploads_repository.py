"""SQL of what Meta already has: which file it keeps for which of our numbers, and until when."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select

from waia.kit.db import Transaction
from waia.kit.sql import table_of
from waia.media.models import MediaUpload
from waia.media.repository import remember_upload

__all__ = ["KEPT_FOR", "Upload", "forget_uploads", "remember", "uploads_of"]

MESSAGE = "message"
KEPT_FOR = timedelta(days=30)
SPARE = timedelta(days=1)
Upload = tuple[int, str]  # (file id, phone number id)
_UPLOAD = table_of(MediaUpload)


async def uploads_of(tx: Transaction, wanted: Collection[Upload], now: datetime) -> Mapping[Upload, str]:
    """Meta's ids of those that it keeps for another day at least."""
    if not wanted:
        return {}
    values = {"files": sorted({file_id for file_id, _ in wanted}), "until": now + SPARE}
    found = {(row.file_id, row.phone_number_id): row.graph_id for row in await tx.execute(_KEPT, values)}
    return {key: graph_id for key, graph_id in found.items() if key in wanted}


async def remember(tx: Transaction, upload: Upload, graph_id: str, now: datetime) -> None:
    file_id, phone_number_id = upload
    await remember_upload(tx, file_id, phone_number_id, MESSAGE, graph_id, now + KEPT_FOR)


async def forget_uploads(tx: Transaction, uploads: Iterable[Upload]) -> None:
    """Meta does not know them any more, or did not like them: the next send gives it the file anew."""
    keys = [{"file": file_id, "number": number} for file_id, number in uploads]
    if keys:
        await tx.execute(_FORGET, keys)


_KEPT = select(_UPLOAD.c.file_id, _UPLOAD.c.phone_number_id, _UPLOAD.c.graph_id).where(
    _UPLOAD.c.file_id.in_(bindparam("files", expanding=True)),
    _UPLOAD.c.purpose == MESSAGE,
    _UPLOAD.c.expires_at > bindparam("until"),
)
_FORGET = delete(_UPLOAD).where(
    _UPLOAD.c.file_id == bindparam("file"), _UPLOAD.c.phone_number_id == bindparam("number")
)
