"""Makes previews and playable sound of files that came, after the file itself can be opened already."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import structlog

from waia.kit import queue
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.failpoints import reach
from waia.media.decoders import Killed, NoDecoder
from waia.media.fetching_repository import leave_as_it_is, note_try, put_off_renditions, record_renditions
from waia.media.renditions import Renditions, make_renditions
from waia.media.repository import RENDITIONS, file_of
from waia.media.storage import NoSuchFile, Storage, StorageFull
from waia.workers.loop import until_due
from waia.workers.processes import owner_prefix

LEASE = 10 * queue.LEASE  # two children of at most three minutes; a process that dies gives it back at once
MOST_TRIES = 3
PAUSE = timedelta(seconds=5)
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
        if not keys:
            return None
        if await note_try(tx, keys[0]) > MOST_TRIES:
            await leave_as_it_is(tx, int(keys[0]), now)
            return None
        await queue.lease(tx, RENDITIONS, keys, owner, now + LEASE)
        return keys[0]

    async def _work(self, file_id: int, owner: str) -> None:
        async with self.database.reading() as tx:
            stored = await file_of(tx, file_id)
        try:
            made = await make_renditions(self.storage, stored) if stored else Renditions()
        except (Killed, NoDecoder, NoSuchFile, StorageFull) as error:
            log.info("renditions_not_made", file=file_id, error=type(error).__name__)
            again_at = self.clock.real() + PAUSE if isinstance(error, Killed) else None
            await self._record(lambda tx: put_off_renditions(tx, file_id, owner, again_at))
            return
        reach("renditions.before_record")
        now = self.clock.real()
        if not await self._record(lambda tx: record_renditions(tx, file_id, made, owner, now)):
            for key in made.keys:
                await self.storage.remove(key)
        reach("renditions.after_record")

    async def _record(self, work: Callable[[Transaction], Awaitable[bool | None]]) -> bool:
        """False when the file is gone by now, or when somebody else has the lease."""
        try:
            return await self.database.run(work) is not False
        except queue.Fenced:
            return False
