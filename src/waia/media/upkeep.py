"""Keeps rows and bytes together: takes what nobody uses and what is too old, and repairs what lost its other half."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from waia.kit.db import Database, Transaction
from waia.media import ffmpeg
from waia.media import upkeep_repository as repository
from waia.media.storage import NoSuchFile, Storage, StoredKey
from waia.media.upkeep_repository import PAGE, Expiring, StoredParts, UnusedFile

YOUNG = timedelta(hours=1)
DRAFT_LIVES = timedelta(hours=24)
log = structlog.get_logger()


@dataclass(slots=True)
class Swept:
    """What a sweep found, both ways. `size` in bytes that became free."""

    unfinished: int = 0
    without_row: int = 0
    without_use: int = 0
    without_bytes: int = 0
    without_preview: int = 0
    to_look_at: int = 0
    drafts: int = 0
    size: int = 0

    def __str__(self) -> str:
        return (
            f"unfinished {self.unfinished}, without a row {self.without_row}, without use {self.without_use}, "
            f"rows without bytes {self.without_bytes}, without a preview {self.without_preview}, "
            f"to look at {self.to_look_at}, old drafts {self.drafts}, freed {self.size} bytes"
        )


@dataclass(frozen=True, slots=True)
class Upkeep:
    database: Database
    storage: Storage

    async def sweep(self, now: datetime, young: timedelta = YOUNG) -> Swept:
        """What is younger than `young` may belong to work that is not done yet, and is left alone."""
        swept = Swept()
        swept.unfinished = await self.storage.sweep_unfinished(young)
        swept.drafts = await self.database.run(lambda tx: repository.forget_drafts(tx, now - DRAFT_LIVES))
        await self.database.run(lambda tx: repository.forget_uploads(tx, now))
        await self._take_unused(now - young, swept)
        await self._take_unknown(now - young, swept)
        await self._mend_rows(now, swept)
        swept.to_look_at = await self._look_again(now - young, now)
        log.info("media_swept", words=str(swept))
        return swept

    async def apply_retention(self, days: Mapping[str, int], now: datetime) -> Swept:
        """Messages stay and say that their file is gone; the bytes go with the last message that shows them."""
        swept = Swept()
        for kind, kept in sorted(days.items()):
            before = now - timedelta(days=kept)
            while files := await self._expire(kind, before):
                await self.remove_files(files, swept)
        return swept

    async def would_go(self, days: Mapping[str, int], now: datetime) -> list[Expiring]:
        async with self.database.reading() as tx:
            return await repository.expiring(tx, days, now)

    async def remove_files(self, file_ids: Sequence[int], swept: Swept) -> None:
        """Those of them that nobody uses any more: the rows first, so that no row ever points at nothing."""

        async def work(tx: Transaction) -> list[UnusedFile]:
            unused = await repository.unused_among(tx, file_ids)
            await repository.forget_files(tx, [file.id for file in unused])
            return unused

        await self._remove_bytes(await self.database.run(work), swept)

    async def _expire(self, kind: str, before: datetime) -> list[int]:
        async def work(tx: Transaction) -> list[int]:
            return await repository.expire(tx, kind, before)

        return await self.database.run(work)

    async def _take_unused(self, before: datetime, swept: Swept) -> None:
        async def work(tx: Transaction) -> list[UnusedFile]:
            unused = await repository.unused_files(tx, before)
            await repository.forget_files(tx, [file.id for file in unused])
            return unused

        while unused := await self.database.run(work):
            await self._remove_bytes(unused, swept)

    async def _remove_bytes(self, unused: Sequence[UnusedFile], swept: Swept) -> None:
        for file in unused:
            for key in file.keys:
                await self.storage.remove(key)
            swept.without_use, swept.size = swept.without_use + 1, swept.size + file.size

    async def _take_unknown(self, before: datetime, swept: Swept) -> None:
        page: list[StoredKey] = []
        async for stored in self.storage.stored():
            if stored.since < before:
                page.append(stored)
            if len(page) == PAGE:
                await self._take_strangers(page, swept)
                page = []
        await self._take_strangers(page, swept)

    async def _take_strangers(self, page: Sequence[StoredKey], swept: Swept) -> None:
        async with self.database.reading() as tx:
            known = await repository.known_keys(tx, [stored.key for stored in page])
        for stored in page:
            if stored.key not in known:
                await self.storage.remove(stored.key)
                swept.without_row, swept.size = swept.without_row + 1, swept.size + stored.size

    async def _mend_rows(self, now: datetime, swept: Swept) -> None:
        last_id = 0
        while True:
            async with self.database.reading() as tx:
                page = await repository.files_after(tx, last_id)
            if not page:
                return
            for row in page:
                last_id = row.id
                await self._mend_row(row, now, swept)

    async def _mend_row(self, row: StoredParts, now: datetime, swept: Swept) -> None:
        if not await self._is_there(row.storage_key):
            await self._mend(row.id, now)
            swept.without_bytes += 1
            return
        for key in (row.thumb_key, row.playable_key):
            if key is not None and not await self._is_there(key):
                await self.database.run(lambda tx: repository.lose_renditions(tx, row.id))
                swept.without_preview += 1
                return

    async def _look_again(self, before: datetime, now: datetime) -> int:
        """What could not be looked at for want of ffmpeg or of space; how many."""
        if not ffmpeg.available():
            return 0
        return await self.database.run(lambda tx: repository.look_again(tx, before, now))

    async def _mend(self, file_id: int, now: datetime) -> None:
        async def work(tx: Transaction) -> None:
            await repository.lose_bytes(tx, file_id, now)
            unused = await repository.unused_among(tx, [file_id])
            await repository.forget_files(tx, [file.id for file in unused])

        await self.database.run(work)

    async def _is_there(self, key: str) -> bool:
        try:
            await self.storage.size(key)
        except NoSuchFile:
            return False
        return True
