"""Works the inbox: stores what came in and, where no quiet window runs, decides in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError

from waia.chats.listening import TURNS
from waia.chats.receive import Receiver, Reception
from waia.chats.record import ChatRecord
from waia.chats.repository import save_chats
from waia.chats.turns import Brain, take_turns
from waia.kit import queue
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.failpoints import reach
from waia.kit.logs import cause
from waia.whatsapp.alerts_repository import raise_alert
from waia.whatsapp.inbound import read
from waia.whatsapp.repository import (
    INBOX,
    Waiting,
    note_failure,
    remove_items,
    waiting_in,
)
from waia.workers.loop import until_due
from waia.workers.mind import Mind

# A batch holds its lanes, and on SQLite all writing, until it commits; whoever stores a webhook meanwhile waits for it.
MAX_LANES, MAX_ITEMS = 40, 100
MAX_ATTEMPTS = 5
log = structlog.get_logger()


@dataclass(slots=True)
class InboxWorker:
    """`step` works up to 40 lanes at once; a batch that fails is redone item by item to find the poison."""

    database: Database
    clock: Clock
    mind: Mind

    async def step(self) -> float:
        wait_s = await until_due(self.database, INBOX, self.clock.real())
        if wait_s > 0:
            return wait_s
        reception, brain = await self.mind.reception(), await self.mind.brain()
        try:
            wait_s = await self.database.run(lambda tx: self._batch(tx, reception, brain))
            reach("inbox.after_commit")
            return wait_s
        except Exception as error:  # the boundary of one item or one loop
            if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError) and error.connection_invalidated:
                raise
            log.warning("inbox_batch_redone", **cause(error))
        await self._one_by_one(reception)
        return 0.0

    async def _batch(self, tx: Transaction, reception: Reception, brain: Brain) -> float:
        lanes = await queue.take(tx, INBOX, self.clock.real(), MAX_LANES)
        if not lanes:
            return 0.05
        reach("inbox.after_claim")
        found = await waiting_in(tx, lanes, MAX_ITEMS + 1)
        waiting = found[:MAX_ITEMS]
        chats = await self._receiver(tx, reception).receive([read(item.kind, item.payload) for item in waiting])
        reach("inbox.after_store")
        await take_turns(tx, chats, brain, self.clock.business(), self.clock.real())
        await _schedule(tx, chats)
        await self._done(tx, lanes, waiting, more=len(found) > len(waiting))
        reach("inbox.before_commit")
        return 0.0

    async def _done(self, tx: Transaction, lanes: Sequence[str], waiting: Sequence[Waiting], *, more: bool) -> None:
        await remove_items(tx, [item.id for item in waiting])
        if more:
            await queue.put_back(tx, INBOX, lanes, self.clock.real())
        else:
            await queue.finish(tx, INBOX, lanes)

    def _receiver(self, tx: Transaction, reception: Reception) -> Receiver:
        return Receiver(tx, reception, self.clock.business(), self.clock.real())

    async def _one_by_one(self, reception: Reception) -> None:
        """Each first waiting item by itself, without deciding: deciding follows in its own transaction."""
        async with self.database.reading() as tx:
            lanes = await queue.due_keys(tx, INBOX, self.clock.real())
        for lane in lanes:
            await self._one(lane, reception)

    async def _one(self, lane: str, reception: Reception) -> None:
        failed: list[Waiting] = []

        async def work(tx: Transaction) -> None:
            failed.clear()
            if not await queue.take_one(tx, INBOX, lane):
                return
            items = await waiting_in(tx, [lane], 1)
            failed.extend(items)
            chats = await self._receiver(tx, reception).receive([read(item.kind, item.payload) for item in items])
            await save_chats(tx, chats, self.clock.business())
            await _schedule(tx, chats)
            await remove_items(tx, [item.id for item in items])
            await (queue.later(tx, INBOX, [(lane, self.clock.real())]) if items else queue.finish(tx, INBOX, [lane]))
            reach("inbox.in_redo")

        try:
            await self.database.run(work)
        except Exception as error:
            if not failed:
                raise
            await self.database.run(partial(self._count_failure, item=failed[0], error=error))

    async def _count_failure(self, tx: Transaction, item: Waiting, error: Exception) -> None:
        dead = item.attempts + 1 >= MAX_ATTEMPTS
        text = f"{type(error).__name__}: {error}"
        log.error("inbox_item_failed", item=item.id, kind=str(item.kind), dead=dead, **cause(error))
        await note_failure(tx, item.id, text, dead=dead)
        reach("inbox.in_failure")
        wait = timedelta(seconds=0 if dead else 2**item.attempts)
        await queue.later(tx, INBOX, [(item.lane, self.clock.real() + wait)])
        if dead:
            await raise_alert(
                tx,
                now=self.clock.real(),
                kind="dead_item",
                text=f"Un mensaje entrante no se pudo procesar (elemento {item.id}).",
                raw=text.encode(),
                severity="critical",
            )


async def _schedule(tx: Transaction, chats: Sequence[ChatRecord]) -> None:
    """Chats in their quiet window are decided when it is over."""
    await queue.push(tx, TURNS, ((str(chat.id), chat.bot_due_at) for chat in chats if chat.bot_due_at))
