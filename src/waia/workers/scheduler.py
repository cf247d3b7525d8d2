"""Timers over rows: idle sessions end, the bot comes back, unknown sends settle, old rows go. Reading never does."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from waia.accounts.tidy import tidy
from waia.chats import outbox_repository as outbox
from waia.chats import repository
from waia.chats.contact_repository import contact_records
from waia.chats.drafts_repository import forget_empty
from waia.chats.listening import TURNS
from waia.chats.outbox_repository import OUTBOX
from waia.chats.outgoing import Outgoing, enqueue
from waia.chats.overdue.repository import forget_waits
from waia.chats.receipts import RECEIPTS
from waia.chats.record import ChatRecord
from waia.kit import events, queue
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.failpoints import reach
from waia.media.drafts_repository import drop_drafts
from waia.rules.book import Flow
from waia.whatsapp.content import Text
from waia.whatsapp.repository import INBOX, backlog
from waia.whatsapp.repository import prune as prune_inbox
from waia.workers.choosing import FARTHEST
from waia.workers.metrics import SENT_AGAIN
from waia.workers.mind import Mind
from waia.workers.processes import is_gone

TICK_S = 1.0
MAX_CHATS = 100
HEALTHY_BACKLOG_AGE = timedelta(seconds=5)
PRUNE_EVERY = timedelta(hours=1)
KEEP = timedelta(days=30)
CLOCK_JUMP = timedelta(days=1)
EVENTS_KEPT = timedelta(hours=24)
SHORT_WAITS = (INBOX, TURNS, RECEIPTS)  # none of their lanes is ever due later than this
LONGEST_SHORT_WAIT = timedelta(minutes=2)
DRAFTS_KEPT = timedelta(hours=24)
log = structlog.get_logger()


@dataclass(slots=True)
class Scheduler:
    """`step` does everything that is due; several processes may run it, each row is changed once."""

    database: Database
    clock: Clock
    mind: Mind
    uncertain_window_s: float
    _last_tick: datetime | None = None
    _last_prune: datetime | None = None

    async def step(self) -> float:
        flow = await self.mind.flow()
        worked = await self._end_idle_sessions(flow) + await self._bring_bot_back()
        await self._settle_uncertain()
        await self._free_dead_leases()
        await self._heal_clock()
        await self._prune(flow)
        return 0.0 if worked >= MAX_CHATS else TICK_S

    async def _end_idle_sessions(self, flow: Flow) -> int:
        due = await self._due("idle_at")
        if due:
            await self.database.run(lambda tx: self._end_sessions(tx, due, flow))
        return len(due)

    async def _end_sessions(self, tx: Transaction, due: list[int], flow: Flow) -> None:
        now = self.clock.business()
        chats = [
            chat for chat in (await repository.load_chats(tx, due)).values() if chat.idle_at and chat.idle_at <= now
        ]
        told = [chat for chat in chats if self._should_tell(chat, flow, now)]
        contacts = await contact_records(tx, [chat.contact_id for chat in told])
        text = Text(flow.values.session_close_text)
        notices = [
            Outgoing(chat, contacts[chat.contact_id], text, "bot", f"close:{chat.id}:{chat.version}") for chat in told
        ]
        for chat in chats:
            chat.end_session()
        await repository.end_sessions(tx, [chat.id for chat in chats], now, "idle")
        await enqueue(tx, notices, now, self.clock.real())
        await repository.save_chats(tx, chats, now)
        reach("scheduler.before_commit")

    def _should_tell(self, chat: ChatRecord, flow: Flow, now: datetime) -> bool:
        """Only inside the window, and never to somebody who waits for a person."""
        waits = chat.holder != "bot" or bool(chat.needs_person)
        return bool(flow.values.session_close_text) and chat.session_open and not waits and chat.window_is_open(now)

    async def _bring_bot_back(self) -> int:
        due = await self._due("resume_at")
        if due:
            await self.database.run(lambda tx: self._resume(tx, due))
        return len(due)

    async def _resume(self, tx: Transaction, due: list[int]) -> None:
        """The bot has waited long enough for a person; who waits for an answer goes on waiting."""
        now = self.clock.business()
        chats = (await repository.load_chats(tx, due)).values()
        back = [chat for chat in chats if chat.resume_at and chat.resume_at <= now]
        for chat in back:
            chat.back_to_bot()
        await repository.end_sessions(tx, [chat.id for chat in back], now, "resumed")
        await repository.save_chats(tx, back, now)
        if back:
            reach("scheduler.in_resume")

    async def _due(self, column: str) -> list[int]:
        async with self.database.reading() as tx:
            return await repository.chats_due(tx, column, self.clock.business(), MAX_CHATS)

    async def _settle_uncertain(self) -> None:
        """Count healthy time for sends of unknown outcome; a bot's reply is sent once more when it is over."""
        now = self.clock.real()
        elapsed = (now - self._last_tick).total_seconds() if self._last_tick else 0.0
        self._last_tick = now
        async with self.database.reading() as tx:
            items = await outbox.uncertain_items(tx)
            waiting, oldest = await backlog(tx) if items else (0, None)
        if not items or (waiting and oldest and now - oldest > HEALTHY_BACKLOG_AGE):
            return
        window_ms = self.uncertain_window_s * 1000
        waiting_ids = [item.id for item in items if item.healthy_ms < window_ms]
        ripe = [item.public_id for item in items if item.healthy_ms >= window_ms and _may_resend(item)]
        if not (waiting_ids or ripe):
            return
        await self.database.run(
            lambda tx: self._settle(tx, waiting_ids, ripe, timedelta(seconds=min(max(elapsed, 0.0), 5.0)))
        )

    async def _settle(self, tx: Transaction, waiting: list[int], ripe: list[str], elapsed: timedelta) -> None:
        """Several processes do this; each moment counts once, and each doubt ends once."""
        counted = min(await outbox.uncounted_time(tx, self.clock.real()), elapsed)
        await outbox.add_healthy_time(tx, waiting, round(counted / timedelta(milliseconds=1)))
        for public_id in ripe:
            if await outbox.send_again(tx, public_id, self.clock.real(), resend=True):
                tx.count(SENT_AGAIN.add)
                log.warning("uncertain_reply_sent_again", item=public_id)
                reach("scheduler.in_settle")

    async def _free_dead_leases(self) -> None:
        """Lanes of a process of this machine that is gone need not wait for the end of their lease."""
        async with self.database.reading() as tx:
            gone = {owner for owner in await queue.lease_owners(tx) if is_gone(owner)}
        for owner in gone:
            await self.database.run(partial(queue.free_leases_of, owner_prefix=owner, now=self.clock.real()))
            reach("scheduler.after_free")

    async def _heal_clock(self) -> None:
        """After the machine's clock was set back, nobody waits until it has caught up."""
        now = self.clock.real()
        for queues, longest in ((SHORT_WAITS, LONGEST_SHORT_WAIT), ((OUTBOX,), FARTHEST)):
            async with self.database.reading() as tx:
                stuck = await queue.has_lane_after(tx, queues, now + longest)
            if stuck:
                await self.database.run(partial(queue.pull_back, queues=queues, farthest=now + longest, now=now))
                log.warning("clock_was_set_back", queues=queues)

    async def _prune(self, flow: Flow) -> None:
        now = self.clock.real()
        since = abs(now - self._last_prune) if self._last_prune else PRUNE_EVERY
        if since < PRUNE_EVERY:
            return
        self._last_prune = now
        if since > CLOCK_JUMP:
            return  # the clock may be wrong, and what is forgotten does not come back
        await self.database.run(lambda tx: self._forget(tx, flow, now))

    async def _forget(self, tx: Transaction, flow: Flow, now: datetime) -> None:
        await prune_inbox(tx, now - KEEP)
        await outbox.prune(tx, now - KEEP)
        await repository.prune_decisions(tx, self.clock.business() - timedelta(days=flow.values.trace_days))
        await events.prune(tx.connection, now - EVENTS_KEPT)
        await tidy(tx, now)
        await drop_drafts(tx, now - DRAFTS_KEPT)
        await forget_empty(tx, now - DRAFTS_KEPT)
        await forget_waits(tx, self.clock.business() - KEEP)
        reach("scheduler.in_prune")


def _may_resend(item: object) -> bool:
    return getattr(item, "origin", "") == "bot" and getattr(item, "resends", 1) == 0
