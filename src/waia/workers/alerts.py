"""Notices what takes too long or goes wrong, and calls people about it: on open pages, and on their phones."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

import structlog

from waia.chats.calls.late import admin_devices, by_chat, late_calls
from waia.chats.calls.words import account_notice, late_notice
from waia.chats.overdue import noticing
from waia.chats.overdue.noticing import CALLS, OVERDUE, read_lane_key
from waia.chats.overdue.repository import still_waiting
from waia.kit import queue
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.failpoints import reach
from waia.kit.queue import Fenced, Release
from waia.push.client import Outcome, PushClient
from waia.push.parts import Push
from waia.push.repository import Device, forget_devices, has_devices
from waia.rules.book import Flow, Rules
from waia.whatsapp.alerts_repository import alert_with
from waia.workers.conditions import Watch
from waia.workers.processes import owner_prefix

PUSHES = "alert_push"
LOOK_S = 3.0
WATCH_EVERY = timedelta(seconds=15)
QUIET_FOR = timedelta(minutes=1)
LEASE = timedelta(minutes=4)
LANES = 50
AT_ONCE = 20
ACCOUNT = "account:"
Message = tuple[Device, bytes, str]
log = structlog.get_logger()


@dataclass(slots=True)
class AlertsWorker:
    """Several processes may run it. What is noticed and told on pages is told once; a process that dies while it calls
    phones may call one again: the second notice replaces the first."""

    database: Database
    clock: Clock
    rules: Rules
    push: Push
    watch: Watch
    idle: timedelta
    _watched_at: datetime | None = None

    async def step(self) -> float:
        flow = await self.rules.book(self.clock.real())
        noticed = await noticing.look(self.database, flow, self.clock.business(), self.clock.real())
        await self._watch(flow)
        called = await self._call(flow)
        if self.push.client is not None:
            await self._push(self.push.client, flow)
        return 0.0 if noticed >= noticing.MOST_AT_ONCE or called >= LANES else LOOK_S

    async def _watch(self, flow: Flow) -> None:
        now = self.clock.real()
        if self._watched_at is not None and abs(now - self._watched_at) < WATCH_EVERY:
            return
        self._watched_at = now
        new = await self.watch.look(flow, self.clock.business(), now)
        if new:
            keys = [(f"{ACCOUNT}{alert_id}", now) for alert_id in new]
            await self.database.run(partial(queue.push, queue=PUSHES, due=keys))

    async def _call(self, flow: Flow) -> int:
        """On open pages. While nobody wants to be called the calls wait; what is over by then is forgotten."""
        async with self.database.glancing() as tx:
            if not await queue.due_keys(tx, CALLS, self.clock.real(), 1):
                return 0
        return await self.database.run(lambda tx: self._tell_pages(tx, flow))

    async def _tell_pages(self, tx: Transaction, flow: Flow) -> int:
        now = self.clock.real()
        keys = await queue.take(tx, CALLS, now, LANES)
        if flow.is_quiet(self.clock.business()):
            await queue.put_back(tx, CALLS, keys, now + QUIET_FOR)
            return 0
        waits = {key: read_lane_key(key) for key in keys}
        current = set(await still_waiting(tx, [wait for _, wait in waits.values()]))
        told = [key for key, (_, wait) in waits.items() if wait in current]
        for key in told:
            level, wait = waits[key]
            tx.announce(OVERDUE, wait.chat_id, str(level))
        if self.push.client is not None and await has_devices(tx):
            await queue.push(tx, PUSHES, [(key, now) for key in told])
        await queue.finish(tx, CALLS, keys)
        reach("alerts.in_call")
        return len(keys)

    async def _push(self, client: PushClient, flow: Flow) -> None:
        now = self.clock.real()
        async with self.database.glancing() as tx:
            if not await queue.due_keys(tx, PUSHES, now, 1):
                return
        owner = f"{owner_prefix()}alerts-{uuid4().hex[:8]}"
        keys = await self.database.run(lambda tx: self._lease(tx, owner, quiet=flow.is_quiet(self.clock.business())))
        if not keys:
            return
        async with self.database.reading() as tx:
            messages = [*await self._about_waits(tx, keys, flow), *await self._about_account(tx, keys)]
        gone = await _send(client, messages, now)
        try:
            await self.database.run(lambda tx: _finish(tx, owner, keys, gone))
        except Fenced:
            log.warning("alert_lease_lost", calls=len(keys))

    async def _lease(self, tx: Transaction, owner: str, *, quiet: bool) -> list[str]:
        now = self.clock.real()
        keys = await queue.take(tx, PUSHES, now, LANES)
        if quiet:
            await queue.put_back(tx, PUSHES, keys, now + QUIET_FOR)
            return []
        await queue.lease(tx, PUSHES, keys, owner, now + LEASE)
        return keys

    async def _about_waits(self, tx: Transaction, keys: Sequence[str], flow: Flow) -> list[Message]:
        read = [read_lane_key(key) for key in keys if not key.startswith(ACCOUNT)]
        levels = by_chat((wait.chat_id, level) for level, wait in read)
        if not levels:
            return []
        role, now = flow.values.alert_role, self.clock.business()
        calls = await late_calls(tx, levels, role, flow.chats_without_role, self.idle, self.clock.real())
        return [(each.device, late_notice(each.rows, each.device.language, now), "late") for each in calls]

    async def _about_account(self, tx: Transaction, keys: Sequence[str]) -> list[Message]:
        ids = [int(key.removeprefix(ACCOUNT)) for key in keys if key.startswith(ACCOUNT)]
        alerts = [alert for alert in [await alert_with(tx, alert_id) for alert_id in ids] if alert is not None]
        if not alerts:
            return []
        devices = await admin_devices(tx, self.idle, self.clock.real())
        return [(each, account_notice(alerts, each.language), "account") for each in devices]


async def _send(client: PushClient, messages: Sequence[Message], now: datetime) -> list[int]:
    """The devices that their push service does not know any more."""
    room = asyncio.Semaphore(AT_ONCE)

    async def send(device: Device, message: bytes, topic: str) -> int | None:
        async with room:
            answer = await client.send(device.subscription, message, topic, now)
        if answer.outcome is not Outcome.SENT:
            log.warning("alert_not_sent", device=device.id, outcome=answer.outcome, reason=answer.reason)
        return device.id if answer.outcome is Outcome.GONE else None

    found = await asyncio.gather(*(send(*message) for message in messages))
    return [device_id for device_id in found if device_id is not None]


async def _finish(tx: Transaction, owner: str, keys: Sequence[str], gone: Sequence[int]) -> None:
    await forget_devices(tx, gone)
    await queue.release(tx, PUSHES, owner, [Release(key) for key in keys])
