"""Decides the chats whose quiet window is over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from waia.chats.listening import TURNS
from waia.chats.metrics import TURNS as TURNS_TAKEN
from waia.chats.repository import load_chats, save_chats
from waia.chats.turns import Brain, take_turns
from waia.kit import queue
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.failpoints import reach
from waia.kit.logs import cause
from waia.workers.loop import until_due
from waia.workers.mind import Mind

MAX_FAILURES, RETRY_AFTER = 5, timedelta(seconds=2)
BOT_FAILED = "bot_failed"
log = structlog.get_logger()


@dataclass(slots=True)
class TurnsWorker:
    database: Database
    clock: Clock
    mind: Mind

    async def step(self) -> float:
        wait_s = await until_due(self.database, TURNS, self.clock.real())
        if wait_s > 0:
            return wait_s
        brain = await self.mind.brain()
        try:
            wait_s = await self.database.run(lambda tx: self._batch(tx, brain))
            reach("turns.after_commit")
            return wait_s
        except Exception as error:  # noqa: BLE001  # the boundary of one item or one loop
            log.warning("turns_batch_redone", **cause(error))
        async with self.database.reading() as tx:
            keys = await queue.due_keys(tx, TURNS, self.clock.real())
        for key in keys:
            await self._one(key, brain)
        return 0.0

    async def _batch(self, tx: Transaction, brain: Brain) -> float:
        keys = await queue.take(tx, TURNS, self.clock.real())
        if not keys:
            return 0.05
        reach("turns.after_claim")
        await self._decide(tx, keys, brain)
        reach("turns.before_commit")
        return 0.0

    async def _decide(self, tx: Transaction, keys: list[str], brain: Brain) -> None:
        chats = list((await load_chats(tx, [int(key) for key in keys])).values())
        due = await take_turns(tx, chats, brain, self.clock.business(), self.clock.real())
        again: list[tuple[str, datetime]] = [(str(chat_id), at) for chat_id, at in due.items() if at]
        waiting = {key for key, _ in again}
        await queue.later(tx, TURNS, again)
        await queue.finish(tx, TURNS, [key for key in keys if key not in waiting])

    async def _one(self, key: str, brain: Brain) -> None:
        async def work(tx: Transaction) -> None:
            if await queue.take_one(tx, TURNS, key):
                await self._decide(tx, [key], brain)

        try:
            await self.database.run(work)
        except Exception as error:  # noqa: BLE001  # the boundary of one item or one loop
            log.error("turn_failed", chat=int(key), **cause(error))
            TURNS_TAKEN.add("failed")
            await self.database.run(lambda tx: self._count_failure(tx, key, brain))

    async def _count_failure(self, tx: Transaction, key: str, brain: Brain) -> None:
        """Try again a few times; then the chat waits for a person and its lane goes on."""
        chat = (await load_chats(tx, [int(key)])).get(int(key))
        if chat is None or chat.bot_failures + 1 >= MAX_FAILURES:
            if chat is not None:
                chat.bot_failures = 0
                chat.enter_queue(None, BOT_FAILED, self.clock.business(), brain.resume_hours)
                await save_chats(tx, [chat], self.clock.business())
            await queue.finish(tx, TURNS, [key])
            return
        chat.bot_failures += 1
        chat.dirty = True
        chat.bot_due_at = self.clock.real() + RETRY_AFTER * chat.bot_failures
        await save_chats(tx, [chat])
        await queue.later(tx, TURNS, [(key, chat.bot_due_at)])
