"""Voice notes that came and wait to be heard, as the road would have left them."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select

from bench.office import fill
from bench.stand import Stand
from waia.chats.models import Message
from waia.kit.db import Database, Transaction
from waia.kit.wakeups import Wakeups
from waia.media.models import Media, MediaFile
from waia.transcription.repository import want

KEY = "ab/" + "0" * 32


async def add_notes(stand: Stand, note: Path, count: int) -> None:
    """They are all of the same file."""
    await fill(stand.url, count)
    path = stand.folder / "media" / KEY
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(note, path)
    database = Database(stand.url, Wakeups())
    try:
        await database.run(lambda tx: _add(tx, count, path.stat().st_size))
    finally:
        await database.close()


async def _add(tx: Transaction, count: int, size: int) -> None:
    now = datetime.now(UTC)
    kind = {"mime": "audio/ogg", "kind": "audio", "checked_at": now, "created_at": now}
    file = await tx.execute(insert(MediaFile).values(storage_key=KEY, sha256="0" * 64, size=size, **kind))
    last = select(Message.id, Message.chat_id).where(Message.direction == "in").order_by(Message.id.desc()).limit(count)
    for row in list(await tx.execute(last)):
        told = {"chat_id": row.chat_id, "message_id": row.id, "kind": "audio", "voice": True, "state": "ready"}
        of_file = {"public_id": f"{row.id:032x}", "file_id": file.inserted_primary_key[0], "created_at": now}
        await tx.execute(insert(Media).values(**told, **of_file))
        await want(tx, row.id, row.chat_id, now - timedelta(seconds=1))
