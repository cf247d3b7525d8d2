"""Lets voice notes be heard: a lease, the file, the words, then text and decision in one transaction."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from waia.chats import hearing
from waia.kit import queue, tasks
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.failpoints import reach
from waia.kit.logs import about, cause
from waia.media.decoders import Killed
from waia.media.storage import NoSuchFile, Storage, StorageFull
from waia.transcription.ears import Ears
from waia.transcription.repository import (
    TRANSCRIPTS,
    Note,
    find_again,
    find_lost,
    note_tries,
    record,
    waiting_notes,
)
from waia.transcription.values import Heard, TranscriptState
from waia.workers.loop import POLL_S, until_due
from waia.workers.metrics import HEARD_SECONDS, HEARING_TIME, NOTES
from waia.workers.mind import Mind
from waia.workers.processes import owner_prefix

MOST_TRIES = 3
PAUSE = timedelta(seconds=2)
RENEW_EVERY = queue.LEASE / 3
SWEEP_EVERY, LOST_AFTER = timedelta(minutes=1), timedelta(minutes=2)
BUSY_S = 1.0  # who is done wakes us sooner
log = structlog.get_logger()


@dataclass(slots=True)
class TranscriptionWorker:
    """At most as many notes at once as there are threads that hear; the others wait as rows."""

    database: Database
    clock: Clock
    storage: Storage
    mind: Mind
    ears: Ears
    _in_flight: dict["asyncio.Task[None]", tuple[str, int]] = field(default_factory=dict)
    _renewed_at: datetime | None = None
    _swept_at: datetime | None = None

    @property
    def running(self) -> int:
        """Notes that are being heard."""
        return len(self._in_flight)

    async def step(self) -> float:
        if not self.ears.at_once:
            return POLL_S
        await self._renew()
        await self._sweep()
        self.ears.rest()
        room = self.ears.at_once - len(self._in_flight)
        if room <= 0:
            return BUSY_S
        wait_s = await until_due(self.database, TRANSCRIPTS, self.clock.real())
        if wait_s > 0:
            return wait_s
        owner = owner_prefix() + uuid4().hex
        notes = await self.database.run(lambda tx: self._claim(tx, owner, room))
        reach("transcription.after_claim")
        for note in notes:
            task = asyncio.create_task(self._work(note, owner))
            self._in_flight[task] = owner, note.message_id
            task.add_done_callback(self._done)
        return 0.0 if notes else 0.02

    async def stop(self) -> None:
        """What is being heard goes back, and its beginning does not count as a try."""
        running = dict(self._in_flight)
        await tasks.end(running)
        if running:
            await self.database.run(lambda tx: self._give_back(tx, list(running.values())))
        self.ears.close()

    async def _claim(self, tx: Transaction, owner: str, room: int) -> list[Note]:
        now = self.clock.real()
        keys = await queue.take(tx, TRANSCRIPTS, now, room)
        notes = await waiting_notes(tx, [int(key) for key in keys])
        left = [note.message_id for note in notes]
        await queue.finish(tx, TRANSCRIPTS, [key for key in keys if int(key) not in left])
        await queue.lease(tx, TRANSCRIPTS, [str(each) for each in left], owner, now + queue.LEASE)
        await note_tries(tx, left, by=1)
        return notes

    async def _work(self, note: Note, owner: str) -> None:
        about(chat=note.chat_id, message=note.message_id)
        try:
            heard = await self._hear(note)
        except (Killed, StorageFull) as error:
            log.info("note_not_heard", error=type(error).__name__)
            await self._later(note, owner)
        except Exception as error:  # noqa: BLE001  # the boundary of one item or one loop
            log.error("note_crashed", **cause(error))
            await self._later(note, owner)
        else:
            await self._record(note, heard, owner)

    async def _hear(self, note: Note) -> Heard:
        """A note at which processes died again and again is left alone: it is no reason to stop hearing others."""
        if note.attempts >= MOST_TRIES:
            log.error("note_given_up")
            return Heard(TranscriptState.FAILED, reason="poison")
        if note.storage_key is None or note.mime is None:
            return Heard(TranscriptState.FAILED, reason="no_file")
        flow = await self.mind.flow()
        async with self.database.reading() as tx:
            answers = await hearing.vocabulary(tx, flow.book, note.chat_id)
        try:
            async with self.storage.local_path(note.storage_key) as path:
                return await self.ears.hear(path, note.mime, answers)
        except NoSuchFile:
            return Heard(TranscriptState.FAILED, reason="no_file")

    async def _record(self, note: Note, heard: Heard, owner: str) -> None:
        reach("transcription.before_record")

        async def work(tx: Transaction) -> None:
            if await record(tx, note.message_id, heard, self.clock.real()):
                await hearing.settle(tx, note.message_id, heard, self.clock.business(), self.clock.real())
            await queue.release(tx, TRANSCRIPTS, owner, [queue.Release(str(note.message_id))])
            reach("transcription.before_commit")

        try:
            await self.database.run(work)
        except queue.Fenced:
            log.warning("note_fenced")
            return
        reach("transcription.after_record")
        _count(heard)
        log.info("note_heard", state=str(heard.state), reason=heard.reason, ms=heard.took_ms)

    async def _later(self, note: Note, owner: str) -> None:
        again = queue.Release(str(note.message_id), self.clock.real() + PAUSE)
        try:
            await self.database.run(lambda tx: queue.release(tx, TRANSCRIPTS, owner, [again]))
        except queue.Fenced:
            log.warning("note_fenced")

    async def _give_back(self, tx: Transaction, held: list[tuple[str, int]]) -> None:
        now = self.clock.real()
        for owner, message_id in held:
            if str(message_id) in await queue.leased_by(tx, TRANSCRIPTS, owner):
                await queue.release(tx, TRANSCRIPTS, owner, [queue.Release(str(message_id), now)])
                await note_tries(tx, [message_id], by=-1)

    async def _renew(self) -> None:
        now = self.clock.real()
        if not self._in_flight or (self._renewed_at and now - self._renewed_at < RENEW_EVERY):
            return
        self._renewed_at = now
        owners = sorted({owner for owner, _ in self._in_flight.values()})
        await self.database.run(lambda tx: queue.renew(tx, TRANSCRIPTS, owners, now + queue.LEASE))

    async def _sweep(self) -> None:
        """Notes that wait and have no lane (a database that was mended by hand) come back."""
        now = self.clock.real()
        if self._swept_at and abs(now - self._swept_at) < SWEEP_EVERY:
            return
        self._swept_at, after = now, 0
        while True:
            async with self.database.reading() as tx:
                lost, following = await find_lost(tx, after, now - LOST_AFTER)
            if lost:
                log.warning("notes_found_again", count=len(lost))
                await self.database.run(lambda tx, lost=lost: find_again(tx, lost, now))  # type: ignore[misc]
            if following is None:
                return
            after = following

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._in_flight.pop(task, None)
        self.database.wakeups.notify(TRANSCRIPTS)
        if not task.cancelled() and (error := task.exception()):
            log.error("note_not_recorded", **cause(error))


def _count(heard: Heard) -> None:
    NOTES.add(heard.state)
    if heard.took_ms:
        HEARING_TIME.observe(heard.took_ms / 1000)
        HEARD_SECONDS.add(by=(heard.duration_ms or 0) / 1000)
