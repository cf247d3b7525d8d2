"""The sender: marks a message as being sent, asks Meta, and records what is known of the outcome.

The request always comes after a commit that says so. What was on its way when a process died is `uncertain`.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import perf_counter
from uuid import uuid4

import structlog

from waia.chats import outbox_repository as outbox
from waia.chats.outbox_repository import OUTBOX, Pending
from waia.kit import queue
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.failpoints import reach
from waia.kit.logs import about, cause
from waia.kit.wakeups import Wakeups
from waia.media.uploads_repository import Upload
from waia.whatsapp.answers import Outcome, Refused, Unknown
from waia.whatsapp.client import GraphClient
from waia.whatsapp.content import Template, content_from_json
from waia.whatsapp.files_in_content import with_graph_ids
from waia.whatsapp.outbound import Address, build
from waia.workers.choosing import choose
from waia.workers.loop import until_due
from waia.workers.metrics import HELD_BACK, SEND_TIME
from waia.workers.processes import owner_prefix
from waia.workers.recording import Recorder, Result, word_of
from waia.workers.throttle import NumberThrottle, next_pair_token, pair_tokens
from waia.workers.uploading import LEASE as UPLOAD_LEASE
from waia.workers.uploading import Uploader, file_named_by

MAX_IN_FLIGHT, LEAST_CLAIM = 100, 20  # many at once or none: a claim costs as much for one as for twenty
LOOK_AGAIN = timedelta(milliseconds=300)
log = structlog.get_logger()


@dataclass(slots=True)
class Sender:
    database: Database
    clock: Clock
    wakeups: Wakeups
    client: GraphClient
    throttle: NumberThrottle
    recorder: Recorder
    uploader: Uploader
    lease: timedelta
    follower_wait: timedelta
    _in_flight: set[asyncio.Task[None]] = field(default_factory=set)

    async def step(self) -> float:
        if MAX_IN_FLIGHT - len(self._in_flight) < LEAST_CLAIM:
            return 0.01
        wait_s = await until_due(self.database, OUTBOX, self.clock.real())
        if wait_s > 0:
            return wait_s
        owner, until = owner_prefix() + uuid4().hex, self.clock.real() + self.lease
        lanes = await self.database.run(lambda tx: self._claim(tx, owner, until))
        reach("send.after_claim")
        for reason, times in lanes.held_back.items():
            HELD_BACK.add(reason, times)
        for item, upload in lanes.uploads:
            self.uploader.start(item, upload, owner)
        for item in lanes.chosen:
            task = asyncio.create_task(self._send(item, owner, until, lanes.graph_ids))
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)
        return 0.0 if lanes.chosen or lanes.uploads else 0.02

    async def drain(self, timeout_s: float) -> None:
        """Let sends that are on their way record how they ended."""
        await self.uploader.stop()
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=timeout_s)

    async def _claim(self, tx: Transaction, owner: str, until: datetime) -> "_Lanes":
        """Take due lanes, choose one item of each, mark it `sending` and lease its lane: all in one commit."""
        now = self.clock.real()
        if tx.attempt:
            await self._give_back(tx, owner, now)
        keys = await queue.take(tx, OUTBOX, now, MAX_IN_FLIGHT - len(self._in_flight))
        pending = await outbox.pending_of(tx, [int(key) for key in keys])
        lanes = _Lanes()
        await self.throttle.hold(tx, {item.phone_number_id for items in pending.values() for item in items}, now)
        for chat_id, items in pending.items():
            self._sort_lane(str(chat_id), await self._note_interrupted(tx, items, now), now, lanes)
        await self.throttle.keep(tx, {item.phone_number_id for item in lanes.chosen})
        await self._part_uploads(tx, lanes, now)
        await self._fail_late(tx, lanes.late, now)
        reach("send.before_mark")
        marked = await outbox.mark_sending(tx, [item.id for item in lanes.chosen], now)
        for item in [each for each in lanes.chosen if each.id not in marked]:
            lanes.keep(item, now)
        await outbox.spend_pair_tokens(tx, lanes.spent)
        await queue.lease(tx, OUTBOX, [str(item.chat_id) for item in lanes.chosen], owner, until)
        await queue.lease(tx, OUTBOX, [str(item.chat_id) for item, _ in lanes.uploads], owner, now + UPLOAD_LEASE)
        await queue.later(tx, OUTBOX, lanes.later)
        await queue.finish(tx, OUTBOX, lanes.finished)
        reach("send.in_claim")
        return lanes

    async def _part_uploads(self, tx: Transaction, lanes: "_Lanes", now: datetime) -> None:
        """What names a file goes out when Meta has the file; until then its lane is kept for the upload."""
        named = {item.id: upload for item in lanes.chosen if (upload := file_named_by(item))}
        if not named:
            return
        lanes.graph_ids = await self.uploader.known(tx, set(named.values()))
        for item in [each for each in lanes.chosen if each.id in named]:
            upload = named[item.id]
            if upload not in lanes.graph_ids:
                lanes.keep_for_upload(item, upload, now, free=self.uploader.is_free(upload, len(lanes.uploads)))

    async def _give_back(self, tx: Transaction, owner: str, now: datetime) -> None:
        """The claim before may be committed although its answer was lost; nothing was asked of Meta since."""
        keys = await queue.leased_by(tx, OUTBOX, owner)
        await outbox.unmark_sending(tx, [int(key) for key in keys])
        await queue.release(tx, OUTBOX, owner, [queue.Release(key, now) for key in keys])

    def _sort_lane(self, key: str, items: Sequence[Pending], now: datetime, lanes: "_Lanes") -> None:
        choice = choose(items, now, self.follower_wait)
        if choice.item is None:
            lanes.put_back(key, choice.again_at)
        elif self._window_is_over(choice.item):
            lanes.late.append(choice.item)
            lanes.put_back(key, now)
        elif (held := self._held_back(choice.item, now)) is not None:
            reason, free_at = held
            lanes.held_back[reason] += 1
            lanes.put_back(key, free_at)
        else:
            tokens = pair_tokens(choice.item.pair_tokens, choice.item.pair_tokens_at, now) - 1
            lanes.spent.append({"chat": choice.item.chat_id, "tokens": tokens, "at": now})
            lanes.chosen.append(choice.item)

    def _held_back(self, item: Pending, now: datetime) -> tuple[str, datetime] | None:
        """Why it may not be sent now, and when to ask again."""
        tokens = pair_tokens(item.pair_tokens, item.pair_tokens_at, now)
        if tokens < 1:
            return "customer", next_pair_token(tokens, now)
        free_at = self.throttle.wait(item.phone_number_id, now)
        if free_at is None:
            return None
        return ("pause" if self.throttle.is_paused(item.phone_number_id, now) else "rate"), free_at

    def _window_is_over(self, item: Pending) -> bool:
        over = item.window_ends_at is not None and item.window_ends_at <= self.clock.business()
        return over and not isinstance(content_from_json(item.payload), Template)

    async def _fail_late(self, tx: Transaction, late: Sequence[Pending], now: datetime) -> None:
        results = [Result.window_closed(item) for item in late]
        await self.recorder.record(tx, results, now)

    async def _note_interrupted(self, tx: Transaction, items: Sequence[Pending], now: datetime) -> list[Pending]:
        """The items as they stand now. We hold their lane, so whoever was sending is gone and left a doubt."""
        interrupted = [item for item in items if item.state == "sending"]
        results = [Result(item, Unknown(reason="interrupted while sending")) for item in interrupted]
        await self.recorder.record(tx, results, now)
        return [
            replace(item, state="uncertain", uncertain_since=now) if item in interrupted else item for item in items
        ]

    async def _send(self, item: Pending, owner: str, until: datetime, graph_ids: Mapping[Upload, str]) -> None:
        about(chat=item.chat_id, item=item.id)
        if self.clock.real() >= until:
            log.warning("send_given_up", reason="the lease ended before the request")
            return
        asked_at = perf_counter()
        outcome = await self._ask(item, graph_ids)
        SEND_TIME.observe(perf_counter() - asked_at, word_of(outcome))
        await self.throttle.learn(item.phone_number_id, outcome, self.clock.real())
        if isinstance(outcome, Refused):
            outcome = await self.uploader.reconsider(item, outcome)
        reach("send.before_record")
        await self.recorder.put(Result(item, outcome, owner))

    async def _ask(self, item: Pending, graph_ids: Mapping[Upload, str]) -> Outcome:
        try:
            content = with_graph_ids(content_from_json(item.payload), _of_number(graph_ids, item.phone_number_id))
            address = Address(to=item.address_to or None, recipient=item.address_recipient or None)
            payload = build(content, address, item.quoted_wamid, item.public_id)
            reach("send.before_request")
            return await self.client.send(item.phone_number_id, payload)
        except Exception as error:  # noqa: BLE001  # the boundary of one item or one loop
            log.error("send_crashed", **cause(error))
            return Unknown(reason=f"{type(error).__name__} while sending")


def _of_number(graph_ids: Mapping[Upload, str], phone_number_id: str) -> dict[int, str]:
    """Meta's ids belong to one number."""
    return {file_id: graph_id for (file_id, number), graph_id in graph_ids.items() if number == phone_number_id}


@dataclass(slots=True)
class _Lanes:
    """What becomes of each lane that was taken."""

    chosen: list[Pending] = field(default_factory=list)
    late: list[Pending] = field(default_factory=list)
    spent: list[dict[str, object]] = field(default_factory=list)
    later: list[tuple[str, datetime]] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    uploads: list[tuple[Pending, Upload]] = field(default_factory=list)
    held_back: Counter[str] = field(default_factory=Counter)
    graph_ids: Mapping[Upload, str] = field(default_factory=dict)

    def keep_for_upload(self, item: Pending, upload: Upload, now: datetime, *, free: bool) -> None:
        """When others upload the same file, or too many, look again soon."""
        if free and all(upload != other for _, other in self.uploads):
            self._take_out(item)
            self.uploads.append((item, upload))
        else:
            self.keep(item, now + LOOK_AGAIN)

    def keep(self, item: Pending, again_at: datetime) -> None:
        """It is not sent in this turn."""
        self._take_out(item)
        self.put_back(str(item.chat_id), again_at)

    def _take_out(self, item: Pending) -> None:
        self.chosen.remove(item)
        self.spent = [row for row in self.spent if row["chat"] != item.chat_id]

    def put_back(self, key: str, again_at: datetime | None) -> None:
        if again_at is None:
            self.finished.append(key)
        else:
            self.later.append((key, again_at + timedelta(milliseconds=1)))
