"""The numbers on the tabs, for everybody who waits for them in one transaction; then a rest, so that counting never
takes more than a fifth of the database's time however many people watch."""

import asyncio

import structlog

from waia.accounts.signed_in import SignedIn
from waia.chats.access import sight_of
from waia.chats.panel import presenters
from waia.chats.panel.audience.viewer import Audience
from waia.chats.panel.viewmodels import Counts
from waia.kit.db import Database

REST = 4
log = structlog.get_logger(__name__)


class Tally:
    """Each waiting person is counted for once, however many pages they have open. No answer: cancelled."""

    def __init__(self, database: Database, audience: Audience) -> None:
        self._database, self._audience = database, audience
        self._waiting: dict[int, tuple[SignedIn, asyncio.Future[Counts]]] = {}
        self._work: asyncio.Task[None] | None = None

    def count(self, user: SignedIn) -> asyncio.Future[Counts]:
        if user.id not in self._waiting:
            self._waiting[user.id] = (user, asyncio.get_running_loop().create_future())
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._count_all())
        return self._waiting[user.id][1]

    async def _count_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            started, waiting, self._waiting = loop.time(), self._waiting, {}
            try:
                await self._count_these(waiting)
            except Exception:
                log.exception("the numbers on the tabs could not be counted")
                for _, answer in waiting.values():
                    answer.cancel()
            await asyncio.sleep(REST * (loop.time() - started))

    async def _count_these(self, waiting: dict[int, tuple[SignedIn, asyncio.Future[Counts]]]) -> None:
        without_role = await self._audience.without_role()
        async with self._database.reading() as tx:
            for user, answer in waiting.values():
                answer.set_result(await presenters.counts(tx, await sight_of(tx, user, without_role)))
