"""Makes the files that people asked for, one at a time, and takes those away whose day is over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from waia.accounts import audit
from waia.accounts.acting import acting, rights_of
from waia.accounts.audit import Detail
from waia.accounts.signed_in import SignedIn
from waia.exports import jobs_repository as jobs
from waia.exports.jobs_repository import Job
from waia.exports.making import make
from waia.exports.reading import Reader
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.failpoints import reach
from waia.kit.logs import within
from waia.media.storage import Storage, new_key
from waia.rules.book import Rules

POLL_S = 2.0
TOLD_EVERY = timedelta(seconds=0.5)
SWEPT_EVERY = timedelta(minutes=5)
YOUNG = timedelta(hours=1)
log = structlog.get_logger()


class ClaimLost(Exception):
    """Somebody else makes the file, or nobody wants it any more."""


@dataclass(slots=True)
class ExportsWorker:
    """`storage` holds exports only: what no job knows there is nobody's."""

    database: Database
    clock: Clock
    storage: Storage
    rules: Rules
    _swept_at: datetime | None = None

    async def step(self) -> float:
        now = self.clock.real()
        await self._take_away_old(now)
        async with self.database.glancing() as tx:
            found = await jobs.next_job(tx, now)
        if found is None:
            return POLL_S
        job = await self.database.run(lambda tx: jobs.claim_job(tx, found, now))
        if job is not None:
            reach("exports.after_claim")
            with within(job=job.id):
                await self._work(job)
        return 0.0

    async def _work(self, job: Job) -> None:
        async with self.database.reading() as tx:
            user = await acting(tx, job.user_id)
        if user is None:
            await self.database.run(lambda tx: jobs.give_up(tx, job, for_good=True))
            return
        try:
            await self._make(job, user)
        except ClaimLost:
            log.info("export_claim_lost")
        except Exception:
            log.exception("an export could not be made")
            await self.database.run(lambda tx: jobs.give_up(tx, job, for_good=False))

    async def _make(self, job: Job, user: SignedIn) -> None:
        without_role, zone = await self._gate()
        reader = Reader(self.database, user, without_role, zone)
        progress = _Progress(self.database, self.clock, job)
        async with self.storage.workspace() as folder:
            path = folder / f"export.{job.form}"
            await make(job, reader, path, progress.tell)
            await self._hand_over(job, user, path, progress)

    async def _hand_over(self, job: Job, user: SignedIn, path: Path, progress: "_Progress") -> None:
        """The file first: a row never promises what is not there. What nobody claims is swept later."""
        key = new_key(job.claim)
        await self.storage.put(path, key)
        size = await self.storage.size(key)
        reach("exports.before_ready")

        async def work(tx: Transaction) -> bool:
            now = self.clock.real()
            await progress.store(tx)
            told = await jobs.finish_job(tx, job, key=key, size=size, rights=rights_of(user), now=now)
            if told:
                details: dict[str, Detail] = {"kind": str(job.kind), "form": str(job.form)}
                details |= {"chats": progress.done, "rows": progress.rows}
                await audit.record(tx, user, "chats.exported", subject=f"export {job.id}", details=details, now=now)
            return told

        if not await self.database.run(work):
            await self.storage.remove(key)

    async def _gate(self) -> tuple[str, ZoneInfo]:
        flow = await self.rules.book(self.clock.real())
        return flow.chats_without_role, flow.values.timezone

    async def _take_away_old(self, now: datetime) -> None:
        if self._swept_at is not None and abs(now - self._swept_at) < SWEPT_EVERY:
            return
        self._swept_at = now
        async with self.database.reading() as tx:
            expired = await jobs.expired_jobs(tx, now)
        for _, key in expired:
            if key:
                await self.storage.remove(key)
        await self.database.run(lambda tx: jobs.forget_jobs(tx, [job_id for job_id, _ in expired]))
        await self.storage.sweep_unfinished(YOUNG)
        await self._take_strangers(now - YOUNG)

    async def _take_strangers(self, before: datetime) -> None:
        """Files of workers that died between the file and its row."""
        old = [stored.key async for stored in self.storage.stored() if stored.since < before]
        async with self.database.reading() as tx:
            known = await jobs.known_keys(tx, old) if old else set()
        for key in old:
            if key not in known:
                await self.storage.remove(key)


@dataclass(slots=True)
class _Progress:
    """Tells twice a second at most, and so keeps the claim alive."""

    database: Database
    clock: Clock
    job: Job
    total: int = 0
    done: int = 0
    rows: int = 0
    told_at: datetime | None = None

    async def tell(self, total: int, done: int, rows: int) -> None:
        """Raises ClaimLost."""
        self.total, self.done, self.rows = total, done, rows
        now = self.clock.real()
        if self.told_at is not None and now - self.told_at < TOLD_EVERY:
            return
        self.told_at = now
        if not await self.database.run(self.store):
            raise ClaimLost

    async def store(self, tx: Transaction) -> bool:
        return await jobs.note_progress(tx, self.job, self.total, self.done, self.rows, self.clock.real())
