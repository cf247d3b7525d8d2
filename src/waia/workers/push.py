"""Calls agents on their phones: off the road of messages, it follows the event log and asks who is to be told."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from waia.chats.calls import repository
from waia.chats.calls.deciding import APART, MOST_TRIES, Call, Calls, calls_about
from waia.chats.calls.repository import Told
from waia.chats.calls.words import notice
from waia.kit import queue
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.queue import Fenced, Release
from waia.push.client import Answer, Outcome, PushClient
from waia.push.parts import Push
from waia.push.repository import forget_devices, forget_old_looks, forget_signed_out, has_devices
from waia.rules.book import Rules
from waia.workers.loop import until_due
from waia.workers.processes import owner_prefix

QUEUE = "push"
NOBODY_S, NOT_INSTALLED_S = 2.0, 60.0
NEWS_LAST = timedelta(minutes=10)
AT_ONCE, LANES = 20, 10
LEASE = timedelta(minutes=4)  # longer than the slowest services may take for a full batch
log = structlog.get_logger()


@dataclass(slots=True)
class PushWorker:
    """A lane per chat. Killed after a send it may tell a device twice; the second replaces the first on its screen."""

    database: Database
    clock: Clock
    rules: Rules
    push: Push
    idle: timedelta

    async def step(self) -> float:
        if self.push.client is None:
            return NOT_INSTALLED_S
        async with self.database.glancing() as tx:
            if not await has_devices(tx):
                return NOBODY_S
            behind = await repository.is_behind(tx)
        if behind:
            await self.database.run(self._notice)
        wait_s = await until_due(self.database, QUEUE, self.clock.real())
        return wait_s if wait_s > 0 else await self._work(self.push.client)

    async def _notice(self, tx: Transaction) -> None:
        now = self.clock.real()
        chats = await repository.chats_with_news(tx, now - NEWS_LAST)
        await queue.push(tx, QUEUE, [(str(chat), now) for chat in chats])
        await forget_signed_out(tx)
        await forget_old_looks(tx, now)

    async def _work(self, client: PushClient) -> float:
        owner = f"{owner_prefix()}push-{uuid4().hex[:8]}"
        chats = await self.database.run(lambda tx: self._lease(tx, owner))
        if not chats:
            return 0.0
        without_role, now = (await self.rules.book(self.clock.real())).chats_without_role, self.clock.real()
        async with self.database.reading() as tx:
            calls = await calls_about(tx, chats, without_role, self.idle, now)
        answers = await self._send(client, calls.now, now)
        await self.database.run(lambda tx: _note(tx, calls.now, answers, now))
        try:
            await self.database.run(lambda tx: queue.release(tx, QUEUE, owner, _releases(chats, calls, answers, now)))
        except Fenced:
            log.warning("push_lease_lost", chats=len(chats))
        return 0.0

    async def _lease(self, tx: Transaction, owner: str) -> list[int]:
        now = self.clock.real()
        keys = await queue.take(tx, QUEUE, now, LANES)
        await queue.lease(tx, QUEUE, keys, owner, now + LEASE)
        return [int(key) for key in keys]

    async def _send(self, client: PushClient, calls: Sequence[Call], now: datetime) -> list[Answer]:
        room = asyncio.Semaphore(AT_ONCE)

        async def send(call: Call) -> Answer:
            message = notice(call.chat, call.device.language, with_text=self.push.shows_text)
            async with room:
                return await client.send(call.device.subscription, message, str(call.chat.id), now)

        return list(await asyncio.gather(*(send(call) for call in calls)))


async def _note(tx: Transaction, calls: Sequence[Call], answers: Sequence[Answer], now: datetime) -> None:
    """Told, or given up for this message; a device that its service does not know any more is forgotten."""
    tries: dict[tuple[int, int], Told] = {}
    for call, answer in zip(calls, answers, strict=True):
        if answer.outcome is Outcome.TROUBLE and call.tries + 1 < MOST_TRIES:
            told = call.before.message_id if call.before else 0
            tries[call.key] = Told(told, now, call.tries + 1)
        elif answer.outcome is not Outcome.GONE:
            tries[call.key] = Told(call.message_id, now, 0)
        if answer.outcome is not Outcome.SENT:
            log.warning("push_not_sent", device=call.device.id, outcome=answer.outcome, reason=answer.reason)
    gone = [call.device.id for call, answer in zip(calls, answers, strict=True) if answer.outcome is Outcome.GONE]
    await forget_devices(tx, gone)
    await repository.note_tries(tx, tries)


def _releases(chats: Sequence[int], calls: Calls, answers: Sequence[Answer], now: datetime) -> list[Release]:
    """A chat whose devices are all told is done; the others come again, a minute after the last time at the soonest."""
    due = dict(calls.later)
    for call, answer in zip(calls.now, answers, strict=True):
        if answer.outcome is Outcome.TROUBLE and call.tries + 1 < MOST_TRIES:
            again = now + max(APART * (call.tries + 1), timedelta(seconds=answer.wait_s))
            due[call.chat.id] = min(again, due.get(call.chat.id, again))
    return [Release(str(chat), due.get(chat)) for chat in chats]
