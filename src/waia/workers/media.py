"""Fetches the files of messages from Meta: a lease, a fresh address each try, bytes to the storage, then the row."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from waia.chats import hearing
from waia.chats.repository import is_inbound
from waia.kit import queue, tasks
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.failpoints import reach
from waia.kit.logs import about, cause
from waia.media.canvas import canvas_in
from waia.media.download import Downloads, Failed
from waia.media.fetching_repository import Wanted, record_here, record_later, record_unavailable, wanted
from waia.media.intake import Expected, Taken
from waia.media.repository import MEDIA
from waia.media.storage import Storage
from waia.media.values import Reason, StoredFile
from waia.transcription.repository import want
from waia.transcription.values import Heard, TranscriptState
from waia.whatsapp.client import GraphClient
from waia.whatsapp.media_address import MediaAddress, NoAddress
from waia.workers.loop import until_due
from waia.workers.metrics import FETCHES
from waia.workers.processes import owner_prefix

MB = 1024 * 1024
LARGEST = {"image": 32 * MB, "sticker": 8 * MB, "audio": 100 * MB, "video": 100 * MB}
LARGEST_DOCUMENT = 100 * MB
RENEW_EVERY = queue.LEASE / 3
LONGEST_PAUSE = timedelta(hours=6)
log = structlog.get_logger()


@dataclass(slots=True)
class MediaWorker:
    """At most `at_once` files at a time; the others wait as rows. `hears`: voice notes are to become text."""

    database: Database
    clock: Clock
    client: GraphClient
    downloads: Downloads
    storage: Storage
    at_once: int
    hears: bool = True
    _in_flight: dict[asyncio.Task[None], str] = field(default_factory=dict)
    _renewed_at: datetime | None = None

    async def step(self) -> float:
        await self._renew()
        room = self.at_once - len(self._in_flight)
        if room <= 0:
            return 0.05
        wait_s = await until_due(self.database, MEDIA, self.clock.real())
        if wait_s > 0:
            return wait_s
        owner = owner_prefix() + uuid4().hex
        items = await self.database.run(lambda tx: self._claim(tx, owner, room))
        reach("media.after_claim")
        for item in items:
            task = asyncio.create_task(self._work(item, owner))
            self._in_flight[task] = owner
            task.add_done_callback(self._done)
        return 0.0 if items else 0.02

    async def stop(self) -> None:
        """A fetch may be cut at any moment: it is done again."""
        await tasks.end(self._in_flight)
        await self.downloads.close()

    async def _claim(self, tx: Transaction, owner: str, room: int) -> list[Wanted]:
        now = self.clock.real()
        keys = await queue.take(tx, MEDIA, now, room)
        items = await wanted(tx, [int(key) for key in keys])
        left = {str(item.id) for item in items}
        await queue.finish(tx, MEDIA, [key for key in keys if key not in left])
        await queue.lease(tx, MEDIA, sorted(left), owner, now + queue.LEASE)
        return items

    async def _renew(self) -> None:
        now = self.clock.real()
        if not self._in_flight or (self._renewed_at and now - self._renewed_at < RENEW_EVERY):
            return
        self._renewed_at = now
        owners = sorted(set(self._in_flight.values()))
        await self.database.run(lambda tx: queue.renew(tx, MEDIA, owners, now + queue.LEASE))

    async def _work(self, item: Wanted, owner: str) -> None:
        about(chat=item.chat_id, media=item.id)
        try:
            taken = await self._fetch(item)
        except Failed as failure:
            await self._failed(item, failure, owner)
        except Exception as error:  # noqa: BLE001  # the boundary of one item or one loop
            log.error("media_crashed", **cause(error))
            await self._failed(item, Failed(Reason.BROKEN, type(error).__name__), owner)
        else:
            await self._here(item, taken, owner)

    async def _fetch(self, item: Wanted) -> Taken:
        found = await self.client.media_address(item.graph_id, item.phone_number_id)
        if isinstance(found, NoAddress):
            reason = Reason.GONE if found.gone else Reason.REFUSED if found.refused else Reason.NETWORK
            raise Failed(reason, found.reason)
        return await self.downloads.fetch(found.url, _expected(item, found))

    async def _here(self, item: Wanted, taken: Taken, owner: str) -> None:
        stored = _stored(taken)
        reach("media.before_record")

        async def work(tx: Transaction) -> None:
            await record_here(tx, item, stored, owner, self.clock.real())
            if item.message_id is not None and item.chat_id is not None and await self._is_note(tx, item):
                await want(tx, item.message_id, item.chat_id, self.clock.real())

        recorded = await self._record(work)
        reach("media.after_record")
        if recorded:
            FETCHES.add("stored")
        else:
            await self.storage.remove(taken.key)

    async def _failed(self, item: Wanted, failure: Failed, owner: str) -> None:
        given_up = failure.lasting or bool(item.give_up_at and self.clock.business() >= item.give_up_at)
        log.warning("media_not_fetched", reason=str(failure.reason), given_up=given_up)
        FETCHES.add("given_up" if given_up else "retried")
        if given_up:
            await self._record(lambda tx: self._give_up(tx, item, failure.reason, owner))
            return
        again_at = self.clock.real() + min(timedelta(seconds=2 ** min(item.attempts, 20)), LONGEST_PAUSE)
        await self._record(lambda tx: record_later(tx, item, failure.reason, owner, again_at))

    async def _give_up(self, tx: Transaction, item: Wanted, reason: Reason, owner: str) -> None:
        """Whoever waits for the words of a note waits no longer."""
        await record_unavailable(tx, item, reason, owner)
        if item.message_id is not None and await self._is_note(tx, item):
            lost = Heard(TranscriptState.FAILED, reason="no_file")
            await hearing.settle(tx, item.message_id, lost, self.clock.business(), self.clock.real())

    async def _is_note(self, tx: Transaction, item: Wanted) -> bool:
        """Whether a customer said something that is to be heard."""
        is_sound = self.hears and item.kind == "audio" and item.message_id is not None
        return is_sound and await is_inbound(tx, item.message_id or 0)

    async def _record(self, work: Callable[[Transaction], Awaitable[None]]) -> bool:
        """False when somebody else has the lease by now: then they do the work."""
        try:
            await self.database.run(work)
        except queue.Fenced:
            log.warning("media_fenced")
            return False
        return True

    def _done(self, task: asyncio.Task[None]) -> None:
        self._in_flight.pop(task, None)
        self.database.wakeups.notify(MEDIA)
        if not task.cancelled() and (error := task.exception()):
            log.error("media_not_recorded", **cause(error))


def _stored(taken: Taken) -> StoredFile:
    """Its size on the page is known before a decoder looks at it."""
    canvas = canvas_in(taken.head)
    return StoredFile(
        taken.key,
        taken.sha256,
        taken.size,
        taken.kind.mime,
        taken.kind.kind,
        width=canvas.width if canvas else None,
        height=canvas.height if canvas else None,
    )


def _expected(item: Wanted, found: MediaAddress) -> Expected:
    """The webhook's hash wins: it came with the message. Raises Failed for what is too big from the start."""
    limit = LARGEST.get(item.kind, LARGEST_DOCUMENT)
    if found.size is not None and found.size > limit:
        raise Failed(Reason.TOO_BIG, lasting=True)
    mime = item.mime or found.mime
    return Expected(limit, found.size, item.sha256 or found.sha256, filename=item.filename, mime=mime)
