"""What becomes of a message at Meta: statuses raise its ticks, settle unknown sends, or show why it failed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from waia.chats import outbox_repository as outbox
from waia.chats.delivery_state import DeliveryState
from waia.chats.handover import queue_after_failure
from waia.kit.db import Transaction
from waia.kit.failpoints import reach
from waia.whatsapp.attachments import MetaError
from waia.whatsapp.deliveries import FAILED
from waia.whatsapp.received import Status

__all__ = ["DeliveryState", "apply_statuses", "settle_sent"]


async def apply_statuses(tx: Transaction, statuses: Iterable[Status], now: datetime, real_now: datetime) -> None:
    """Statuses come late, early, twice and in any order; each changes only what it may still change."""
    wanted = [status for status in statuses if status.id and not status.is_call]
    if not wanted:
        return
    known = await outbox.sent_messages(tx, [status.id for status in wanted if status.id])
    items = await outbox.items_by_opaque(tx, [status.opaque for status in wanted if status.opaque])
    reach("status.before_change")
    for status in wanted:
        assert status.id is not None
        item = items.get(status.opaque or "")
        if status.id in known:
            await _apply(tx, known[status.id], status, now)
        elif item is not None:
            await _apply_by_opaque(tx, item, status, now)
            if item.state == "uncertain":
                await outbox.wake_lane(tx, item.chat_id, real_now)
        else:
            error = _error(status.errors)
            await outbox.park_orphan(tx, status.id, _rank(status), error.code, _words(error), now)


async def settle_sent(tx: Transaction, sent: Sequence[dict[str, Any]], now: datetime) -> None:
    """Note that Meta accepted these (`public_id`, `wamid`), and apply the statuses that were faster than the answer."""
    await outbox.record_sent(tx, sent)
    reach("status.before_orphans")
    orphans = await outbox.take_orphans(tx, [row["wamid"] for row in sent])
    if not orphans:
        return
    known = await outbox.sent_messages(tx, [orphan.wamid for orphan in orphans])
    for orphan in orphans:
        if orphan.wamid in known:
            await _change(tx, known[orphan.wamid], orphan.rank, orphan.error_code, orphan.error_text, now)


async def _apply(tx: Transaction, message: Any, status: Status, now: datetime) -> None:
    error = _error(status.errors)
    await outbox.record_sent(tx, [{"public_id": message.public_id, "wamid": status.id}])
    await _change(tx, message, _rank(status), error.code, _words(error), now)


async def _apply_by_opaque(tx: Transaction, item: Any, status: Status, now: datetime) -> None:
    """Our own id came back with a message id that we did not know: the answer to the send was lost or is late.

    A repeat that still waits is called off; a second message id means that a repeat was not needed.
    """
    if item.state == "queued" and status.status == FAILED:
        return  # an earlier try, and the next one is on its way
    told = [{"public_id": item.public_id, "wamid": status.id}]
    await outbox.record_sent(tx, told)
    if await outbox.flag_second_sends(tx, told):
        tx.announce("message_changed", item.chat_id, str(item.id))
        return
    error = _error(status.errors)
    await _change(tx, item, _rank(status), error.code, _words(error), now)


async def _change(tx: Transaction, message: Any, rank: int, code: int | None, words: str, now: datetime) -> None:
    if rank == DeliveryState.FAILED:
        if not await outbox.fail_by_status(tx, message.id, code, words):
            return
        if message.author == "bot":
            await queue_after_failure(tx, message.chat_id, now)
    else:
        await outbox.raise_status(tx, [{"message": message.id, "rank": rank}])
    tx.announce("message_changed", message.chat_id, str(message.id))
    await outbox.show_status(tx, [message.id])


def _rank(status: Status) -> int:
    return int(DeliveryState.FAILED) if status.status == FAILED else max(status.rank, int(DeliveryState.SENT))


def _error(errors: tuple[MetaError, ...]) -> MetaError:
    return errors[0] if errors else MetaError()


def _words(error: MetaError) -> str:
    return " · ".join(dict.fromkeys(part for part in (error.title, error.message, error.details) if part))
