"""Group commit: one collector per process writes many webhook bodies in one transaction, then answers them all."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from waia.accounts import audit
from waia.kit.clock import Clock
from waia.kit.csp_report import Sampler
from waia.kit.db import Database, Transaction
from waia.kit.disk import Disk
from waia.kit.errors import Unavailable
from waia.kit.failpoints import reach
from waia.whatsapp.items import Split
from waia.whatsapp.metrics import ITEMS, REFUSED
from waia.whatsapp.repository import keep_raw, store_items

MAX_BODIES = 200
QUIET_TURNS = 2
SECONDS_BETWEEN_FORGERIES, SECONDS_BETWEEN_LINES = 600, 10
COMMIT_DEADLINE_S = 3.0
MAX_WAITING = 2_000

log = structlog.get_logger()


@dataclass(slots=True)
class _Body:
    raw: bytes
    split: Split
    stored: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


@dataclass(slots=True)
class Refusals:
    """How many bodies this process did not take since it started, for operators: too large, or signed by nobody."""

    webhook_oversize: int = 0
    webhook_bad_signature: int = 0


class Ingress:
    """`store` returns only after the body is durably committed, or raises Unavailable within 3 s.

    `app_secrets` sign what may come in.
    """

    def __init__(self, database: Database, clock: Clock, app_secrets: Sequence[bytes], disk: Disk) -> None:
        self.app_secrets = app_secrets
        self._database, self._clock, self._disk = database, clock, disk
        self.refusals = Refusals()
        self._forgeries, self._oversize = Sampler(SECONDS_BETWEEN_FORGERIES), Sampler(SECONDS_BETWEEN_LINES)
        self._bodies: asyncio.Queue[_Body] = asyncio.Queue(MAX_WAITING)

    async def store(self, raw: bytes, split: Split) -> None:
        body = _Body(raw, split)
        try:
            self._bodies.put_nowait(body)
        except asyncio.QueueFull as error:
            REFUSED.add("overload")
            raise Unavailable from error
        too_late = asyncio.get_running_loop().call_later(COMMIT_DEADLINE_S, _refuse, [body])
        try:
            await body.stored
        except Unavailable:
            REFUSED.add("not_stored")
            raise
        finally:
            too_late.cancel()

    def note_oversize(self, size: int, limit: int, address: str) -> None:
        """Counts it, and says so now and then. `size` is what was announced, or what had come when it was too much."""
        self.refusals.webhook_oversize += 1
        REFUSED.add("oversize")
        if self._oversize.lets_through(time.monotonic()):
            told = {"unlogged_before": self._oversize.dropped, "total": self.refusals.webhook_oversize}
            self._oversize.dropped = 0
            log.warning("webhook_oversize", size=size, limit=limit, address=address, **told)

    async def note_forgery(self, address: str) -> None:
        """One entry in the trail now and then says how many there were: whoever forges them must not fill it.

        A trail that cannot be written now holds up nobody.
        """
        self.refusals.webhook_bad_signature += 1
        REFUSED.add("signature")
        if not self._forgeries.lets_through(time.monotonic()):
            return
        details = {"unlogged_before": self._forgeries.dropped}
        self._forgeries.dropped, now = 0, self._clock.real()

        async def work(tx: Transaction) -> None:
            nobody = audit.Actor(None, "")
            await audit.record(
                tx, nobody, "bad_signature", subject="webhook", details=details, address=address, now=now
            )

        try:
            await self._database.run(work)
        except SQLAlchemyError as error:
            log.warning("forgery_not_noted", error=type(error).__name__)

    async def run(self) -> None:
        """Drain the queue for as long as the process lives."""
        while True:
            bodies = [await self._bodies.get()]
            await self._until_quiet()
            while len(bodies) < MAX_BODIES and not self._bodies.empty():
                bodies.append(self._bodies.get_nowait())
            await self._commit_all([body for body in bodies if not body.stored.done()])

    async def _until_quiet(self) -> None:
        """Until nobody joined for two turns of the loop: those who were just answered write again together, and one
        commit for all of them costs half of two."""
        quiet = size = 0
        while quiet < QUIET_TURNS and size < MAX_BODIES:
            before = size
            await asyncio.sleep(0)
            size = self._bodies.qsize()
            quiet = quiet + 1 if size == before else 0

    async def _commit_all(self, bodies: Sequence[_Body]) -> None:
        """All together; when that fails each on its own, so that a bad one cannot sink the others."""
        if not self._has_room():
            _refuse(bodies)
        elif not await self._committed(bodies) and len(bodies) > 1:
            for body in bodies:
                await self._committed([body])

    def _has_room(self) -> bool:
        try:
            return self._disk.has_room()
        except OSError:
            return False

    async def _committed(self, bodies: Sequence[_Body]) -> bool:
        async def write(tx: Transaction) -> None:
            now, items = self._clock.real(), [item for body in bodies for item in body.split.items]
            tx.count(partial(_count, await store_items(tx, items, now), len(items)))
            for body in bodies:
                if body.split.unparsable:
                    await keep_raw(tx, body.raw, "unparsable", now)
            reach("ingest.before_commit")

        try:
            await self._database.run(write, urgent=True)
        except Exception as error:  # noqa: BLE001  # the boundary of one item or one loop
            log.warning("webhook_not_stored", error=type(error).__name__, bodies=len(bodies))
            if len(bodies) == 1:
                _refuse(bodies)
            return False
        reach("ingest.after_commit")
        for body in bodies:
            if not body.stored.done():
                body.stored.set_result(None)
        return True


def _count(new: int, all_of_them: int) -> None:
    ITEMS.add("new", new)
    ITEMS.add("repeated", all_of_them - new)


def _refuse(bodies: Sequence[_Body]) -> None:
    for body in bodies:
        if not body.stored.done():
            body.stored.set_exception(Unavailable())
