"""Records how sends ended, many in one transaction, and gives their lanes back."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from waia.chats import outbox_repository as outbox
from waia.chats.delivery import settle_sent
from waia.chats.handover import queue_after_failure
from waia.chats.outbox_repository import OUTBOX, Pending
from waia.kit import queue
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction, is_passing
from waia.kit.failpoints import reach
from waia.kit.logs import cause
from waia.whatsapp.alerts_repository import begin_condition
from waia.whatsapp.answers import Outcome, ReasonKind, Refused, Retry, Sent, Stopped, Unknown
from waia.workers.metrics import DELAY, FAILED, SENDS

MAX_RESULTS = 200
LONGEST_BACKOFF_S = 300.0
PAIR_LIMIT = 131056
STOPPED_RETRY = timedelta(seconds=30)
WINDOW_CLOSED = 131047
SENDING_STOPPED = "sending_stopped"
WORDS = {Sent: "sent", Retry: "retried", Refused: "failed", Stopped: "stopped", Unknown: "uncertain"}
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Result:
    """`owner` holds the lane's lease; without one there is nothing to give back."""

    item: Pending
    outcome: Outcome
    owner: str | None = None

    @classmethod
    def window_closed(cls, item: Pending) -> "Result":
        reason = "Pasaron más de 24 horas desde el último mensaje del cliente."
        return cls(item, Refused(code=WINDOW_CLOSED, reason=reason, reason_kind=ReasonKind.WINDOW))


@dataclass(slots=True)
class Recorder:
    database: Database
    clock: Clock
    _results: asyncio.Queue[tuple[Result, asyncio.Future[None]]] = field(default_factory=asyncio.Queue)

    async def put(self, result: Result) -> None:
        """Hand over a result; returns when it is committed."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._results.put_nowait((result, done))
        await done

    async def run(self) -> None:
        """Drain the results for as long as the process lives."""
        while True:
            batch = [await self._results.get()]
            while len(batch) < MAX_RESULTS and not self._results.empty():
                batch.append(self._results.get_nowait())
            await self._commit_all([result for result, _ in batch])
            for _, done in batch:
                if not done.done():
                    done.set_result(None)

    async def record(self, tx: Transaction, results: Sequence[Result], now: datetime) -> None:
        """Write outcomes down: each class of outcome is one statement for all of its messages."""
        if not results:
            return
        tx.count(partial(_count, results, now))
        sent = [each for each in results if isinstance(each.outcome, Sent)]
        await settle_sent(tx, [_sent(each) for each in sent], self.clock.business())
        await outbox.flag_second_sends(tx, [_sent(each) for each in sent if each.item.attempts])
        await outbox.record_requeued(tx, [_requeued(each, now) for each in results if _is_certain_retry(each)])
        doubtful = [each for each in results if isinstance(each.outcome, Unknown)]
        await outbox.record_uncertain(tx, [_uncertain(each) for each in doubtful], now)
        refused = [each for each in results if isinstance(each.outcome, Refused)]
        await outbox.record_failed(tx, [_failed(each) for each in refused])
        await self._hand_over_failed(tx, refused)
        await self._alert_stopped(tx, results, now)
        await self._show(tx, results)

    async def _commit_all(self, results: Sequence[Result]) -> None:
        for attempt in range(20):
            try:
                await self.database.run(lambda tx: self._record_and_release(tx, results))
                reach("send.after_record")
                return
            except queue.Fenced:
                break
            except Exception as error:  # noqa: BLE001  # the boundary of one item or one loop
                log.warning("results_not_recorded", **cause(error), results=len(results))
                if not is_passing(error):
                    break
                await asyncio.sleep(min(0.05 * 2**attempt, 2.0))
        for result in results:
            await self._commit_fenced(result)

    async def _commit_fenced(self, result: Result) -> None:
        """A lease was lost meanwhile. What Meta told us stays true: only the lane is not ours any more."""
        try:
            await self.database.run(lambda tx: self._record_and_release(tx, [result]))
        except queue.Fenced:
            if isinstance(result.outcome, Sent):
                await self.database.run(lambda tx: self._record_late(tx, result))
            log.warning("send_fenced", chat=result.item.chat_id, item=result.item.id)
        except Exception as error:  # noqa: BLE001  # the boundary of one item or one loop
            log.error("result_lost", chat=result.item.chat_id, item=result.item.id, **cause(error))

    async def _record_late(self, tx: Transaction, result: Result) -> None:
        """Others may have sent it again meanwhile, which a person should know."""
        await self.record(tx, [result], self.clock.real())
        await outbox.flag_second_sends(tx, [_sent(result)])

    async def _record_and_release(self, tx: Transaction, results: Sequence[Result]) -> None:
        now = self.clock.real()
        await self.record(tx, results, now)
        queued = await outbox.chats_with_queued(tx, [result.item.chat_id for result in results])
        for owner in {result.owner for result in results if result.owner}:
            mine = [result for result in results if result.owner == owner]
            releases = [
                queue.Release(str(each.item.chat_id), now if each.item.chat_id in queued else None) for each in mine
            ]
            await queue.release(tx, OUTBOX, owner, releases)
        reach("send.in_record")

    async def _hand_over_failed(self, tx: Transaction, refused: Sequence[Result]) -> None:
        for result in refused:
            if result.item.origin == "bot":
                await queue_after_failure(tx, result.item.chat_id, self.clock.business())

    async def _alert_stopped(self, tx: Transaction, results: Sequence[Result], now: datetime) -> None:
        for result in results:
            if isinstance(result.outcome, Stopped):
                await begin_condition(
                    tx,
                    f"{SENDING_STOPPED}:{result.item.phone_number_id}",
                    kind=SENDING_STOPPED,
                    text=f"WhatsApp no acepta envíos: {result.outcome.reason}"[:300],
                    severity="critical",
                    now=now,
                    phone_number_id=result.item.phone_number_id,
                )

    async def _show(self, tx: Transaction, results: Sequence[Result]) -> None:
        shown = [each.item.public_id for each in results if not _is_certain_retry(each)]
        messages = await outbox.messages_by_public_id(tx, shown)
        for row in messages.values():
            tx.announce("message_changed", row.chat_id, str(row.id))
        await outbox.show_status(tx, [row.id for row in messages.values()])


def word_of(outcome: Outcome) -> str:
    """As metrics call it."""
    return WORDS[type(outcome)]


def _count(results: Sequence[Result], now: datetime) -> None:
    for result in results:
        SENDS.add(word_of(result.outcome))
        if isinstance(result.outcome, Refused):
            FAILED.add(result.outcome.reason_kind)
        elif isinstance(result.outcome, Sent) and result.item.created_at is not None:
            DELAY.observe(max((now - result.item.created_at).total_seconds(), 0.0))


def _is_certain_retry(result: Result) -> bool:
    return isinstance(result.outcome, Retry | Stopped)


def _sent(result: Result) -> dict[str, object]:
    assert isinstance(result.outcome, Sent)
    return {"public_id": result.item.public_id, "wamid": result.outcome.wamid}


def _requeued(result: Result, now: datetime) -> dict[str, object]:
    outcome = result.outcome
    if isinstance(outcome, Retry):
        pause = timedelta(
            seconds=min(outcome.after_s or 0.0, LONGEST_BACKOFF_S) or _backoff_s(result.item.attempts, outcome.code)
        )
    else:
        pause = STOPPED_RETRY
    assert isinstance(outcome, Retry | Stopped)
    return {"public_id": result.item.public_id, "available_at": now + pause, "error": outcome.reason}


def _uncertain(result: Result) -> dict[str, object]:
    assert isinstance(result.outcome, Unknown)
    return {"public_id": result.item.public_id, "error": result.outcome.reason}


def _failed(result: Result) -> dict[str, object]:
    assert isinstance(result.outcome, Refused)
    return {"public_id": result.item.public_id, "code": result.outcome.code, "error": result.outcome.reason}


def _backoff_s(attempts: int, code: int | None) -> float:
    """2^n seconds with jitter; Meta asks for 4^n where too much went to one customer."""
    base = 4.0 if code == PAIR_LIMIT else 2.0
    return min(base ** min(attempts, 9), LONGEST_BACKOFF_S) * random.uniform(0.8, 1.2)
