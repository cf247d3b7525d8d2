"""What becomes of a message at Meta: statuses raise its ticks, settle unknown sends, or show why it failed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from waia.chats import outbox_repository as outbox
from waia.chats.delivery_state import DeliveryState
from waia.chats.handover import queue_after_failure
from waia.chats.metrics import PARKED, STATUSES
from waia.kit.db import Transaction
from waia.kit.failpoints import reach
from waia.whatsapp.attachments import MetaError
from waia.whatsapp.deliveries import FAILED
from waia.whatsapp.received import Status

__all__ = ["DeliveryState", "apply_statuses", "settle_sent"]
UNSETTLED = {"queued", "sending", "uncertain"}


@dataclass(frozen=True, slots=True)
class _News:
    """What was told of one of our messages (a row with its id, chat, author and state)."""

    message: Any
    rank: int
    error_code: int | None
    error_text: str

    @property
    def rises(self) -> bool:
        """Only ever upwards; a failed message rises only to delivered and above."""
        known = self.message.status
        return self.rank > known and (known != DeliveryState.FAILED or self.rank >= DeliveryState.DELIVERED)


@dataclass(slots=True)
class _Sorted:
    """The statuses of a batch by what they mean, so that each kind is a fixed number of statements."""

    news: list[_News] = field(default_factory=list)
    settled: dict[str, str] = field(default_factory=dict)
    doubles: dict[str, tuple[Any, str]] = field(default_factory=dict)
    to_wake: set[int] = field(default_factory=set)
    orphans: list[dict[str, object]] = field(default_factory=list)

    def of_message(self, message: Any, status: Status) -> None:
        if message.item_state in UNSETTLED:
            self.settled[message.public_id] = message.wamid
        self.news.append(_news(message, status))

    def of_item(self, item: Any, status: Status) -> None:
        """Our own id came back with a message id that we did not know: the answer to the send was lost or is late.

        A repeat that still waits is called off; a second message id means that a repeat was not needed.
        """
        if item.state in {"sending", "uncertain"}:  # it may have become a doubt since we looked
            self.to_wake.add(item.chat_id)
        if item.state == "queued" and status.status == FAILED:
            return  # an earlier try, and the next one is on its way
        told = status.id or ""
        if (item.wamid or self.settled.setdefault(item.public_id, told)) == told:
            self.news.append(_news(item, status))
        else:
            self.doubles[item.public_id] = (item, told)

    def of_nobody(self, status: Status, now: datetime) -> None:
        error = _error(status.errors)
        row = {"wamid": (status.id or "")[:255], "rank": _rank(status), "at": now}
        self.orphans.append(row | {"error_code": error.code, "error_text": _words(error)[:500]})


async def apply_statuses(tx: Transaction, statuses: Iterable[Status], now: datetime, real_now: datetime) -> None:
    """Statuses come late, early, twice and in any order; each changes only what it may still change."""
    wanted = [status for status in statuses if status.id and not status.is_call]
    if not wanted:
        return
    known = await outbox.sent_messages(tx, sorted({status.id for status in wanted if status.id}))
    strangers = {status.opaque for status in wanted if status.opaque and status.id not in known}
    items = await outbox.items_by_opaque(tx, sorted(strangers))
    reach("status.before_change")
    told = _Sorted()
    for status in wanted:
        if status.id in known:
            told.of_message(known[status.id], status)
        elif (item := items.get(status.opaque or "")) is not None:
            told.of_item(item, status)
        else:
            told.of_nobody(status, now)
    settled = [{"public_id": key, "wamid": wamid} for key, wamid in told.settled.items()]
    await outbox.record_sent(tx, settled)
    await outbox.flag_second_sends(tx, settled)  # the answer to a repeat may have been recorded since we looked
    await _flag_doubles(tx, told.doubles)
    await outbox.park_orphans(tx, told.orphans)
    tx.count(partial(PARKED.add, by=len(told.orphans)))
    await _apply(tx, told.news, now)
    await outbox.wake_lanes(tx, told.to_wake, real_now)


async def settle_sent(tx: Transaction, sent: Sequence[dict[str, Any]], now: datetime) -> None:
    """Note that Meta accepted these (`public_id`, `wamid`), and apply the statuses that were faster than the answer."""
    await outbox.record_sent(tx, sent)
    reach("status.before_orphans")
    orphans = await outbox.take_orphans(tx, [row["wamid"] for row in sent])
    if not orphans:
        return
    known = await outbox.sent_messages(tx, sorted({orphan.wamid for orphan in orphans}))
    early = [orphan for orphan in orphans if orphan.wamid in known]
    await _apply(tx, [_News(known[each.wamid], each.rank, each.error_code, each.error_text) for each in early], now)


async def _apply(tx: Transaction, news: Sequence[_News], now: datetime) -> None:
    """Each message rises to the highest rank that was told; a failure stands only below delivered."""
    highest = {each.message.id: each for each in sorted(news, key=lambda each: each.rank)}
    risen = [each for each in highest.values() if each.rises and each.rank > 0]
    await outbox.raise_status(tx, {each.message.id: each.rank for each in risen})
    failed = {each.message.id: each for each in news if each.rank == DeliveryState.FAILED}
    fallen = [each for each in failed.values() if await _fail(tx, each, now)]
    for each in (*risen, *fallen):
        tx.count(partial(STATUSES.add, DeliveryState(each.rank).name.lower()))
        tx.announce("message_changed", each.message.chat_id, str(each.message.id))
    await outbox.show_status(tx, [each.message.id for each in (*risen, *fallen)])


async def _fail(tx: Transaction, each: _News, now: datetime) -> bool:
    if not await outbox.fail_by_status(tx, each.message.id, each.error_code, each.error_text):
        return False
    if each.message.author == "bot":
        await queue_after_failure(tx, each.message.chat_id, now)
    return True


async def _flag_doubles(tx: Transaction, doubles: dict[str, tuple[Any, str]]) -> None:
    await outbox.flag_second_sends(tx, [{"public_id": key, "wamid": told} for key, (_, told) in doubles.items()])
    for item, _ in doubles.values():
        tx.announce("message_changed", item.chat_id, str(item.id))


def _news(message: Any, status: Status) -> _News:
    error = _error(status.errors)
    return _News(message, _rank(status), error.code, _words(error))


def _rank(status: Status) -> int:
    return int(DeliveryState.FAILED) if status.status == FAILED else max(status.rank, int(DeliveryState.SENT))


def _error(errors: tuple[MetaError, ...]) -> MetaError:
    return errors[0] if errors else MetaError()


def _words(error: MetaError) -> str:
    return " · ".join(dict.fromkeys(part for part in (error.title, error.message, error.details) if part))
