"""The demo's files: in the storage once, on its messages, rules and quick replies."""

from datetime import UTC, datetime

from sqlalchemy import select

from waia.kit.db import Database
from waia.media.folder import FolderStorage
from waia.media.models import Media, MediaFile
from waia.rules.models import RuleMedia
from waia.seeds.demo import seed_demo
from waia.seeds.samples import shelve
from waia.settings import Settings

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


async def test_the_demos_files_lie_in_the_storage_and_hang_on_its_messages_and_rules(
    database: Database, settings: Settings
) -> None:
    storage = FolderStorage(settings.media_dir)
    shelved = await shelve(storage)
    async with database.writing() as tx:
        assert await seed_demo(tx, settings, NOW, shelved)
    async with database.reading() as tx:
        stored = (MediaFile.mime, MediaFile.size, MediaFile.storage_key)
        rows = (await tx.execute(select(Media.message_id, Media.state, *stored).join(MediaFile))).all()
        linked = (await tx.execute(select(RuleMedia.file_id))).scalars().all()
    assert {row.mime for row in rows} >= {
        "image/jpeg",
        "audio/ogg",
        "application/pdf",
        "video/mp4",
        "image/webp",
    }
    assert all(row.state == "ready" and row.message_id for row in rows)
    assert linked
    assert None not in linked
    for row in rows:
        assert await storage.size(row.storage_key) == row.size
