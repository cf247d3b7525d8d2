"""Makes previews and playable sound of files that came, after the file itself can be opened already."""

from dataclasses import dataclass
from uuid import uuid4

import structlog

from waia.kit import queue
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.failpoints import reach
from waia.media.decoders import NoDecoder
from waia.media.fetching_repository import note_try, record_renditions
from waia.media.renditions import Renditions, make_renditions
from waia.media.repository import RENDITIONS, file_of
from waia.media.storage import NoSuchFile, Storage, StorageFull
from waia.media.values import StoredFile
from waia.workers.loop import until_due
from waia.workers.processes import owner_prefix

LEASE = 10 * queue.LEASE  # two children of at most three minutes; a process that dies gives it back at once
MOST_TRIES = 3
log = structlog.get_logger()


@dataclass(slots=True)
class RenditionsWorker:
    """One file at a time: its children have the processor to themselves."""

    database: Database
    clock: Clock
    storage: Storage

    async def step(self) -> float:
        wait_s = await until_due(self.database, RENDITIONS, self.clock.real())
        if wait_s > 0:
            return wait_s
        owner = owner_prefix() + uuid4().hex
        key = await self.database.run(lambda tx: self._claim(tx, owner))
        if key is None:
            return 0.02
        reach("renditions.after_claim")
        await self._work(int(key), owner)
        return 0.0

    async def _claim(self, tx: Transaction, owner: str) -> str | None:
        """A file at which processes died again and again is left as it is."""
        now = self.clock.real()
        keys = await queue.take(tx, RENDITIONS, now, 1)
        if not keys or await note_try(tx, keys[0]) > MOST_TRIES:
            await queue.finish(tx, RENDITIONS, keys)
            return None
        await queue.lease(tx, RENDITIONS, keys, owner, now + LEASE)
        return keys[0]

    async def _work(self, file_id: int, owner: str) -> None:
        async with self.database.reading() as tx:
            stored = await file_of(tx, file_id)
        made = await self._made(stored) if stored else Renditions()
        reach("renditions.before_record")
        now = self.clock.real()
        try:
            kept = await self.database.run(lambda tx: record_renditions(tx, file_id, made, owner, now))
        except queue.Fenced:
            kept = False
        if not kept:
            for key in made.keys:
                await self.storage.remove(key)
        reach("renditions.after_record")

    async def _made(self, stored: StoredFile) -> Renditions:
        try:
            return await make_renditions(self.storage, stored)
        except (NoDecoder, StorageFull, NoSuchFile) as error:
            log.info("renditions_not_made", key=stored.storage_key, error=type(error).__name__)
            return Renditions()
