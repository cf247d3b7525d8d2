"""Gives chats to the people: which queue they enter, and what the bot then leaves unsaid."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from waia.chats.outbox_repository import cancel_bot_items
from waia.chats.record import ChatRecord
from waia.chats.repository import load_chats, save_chats, save_decisions
from waia.kit.db import Transaction

DEFAULT_RESUME_HOURS = 24.0
SEND_FAILED = "send_failed"
SILENCED = "person_came_first"


async def silence_for_people(tx: Transaction, *chats: ChatRecord) -> None:
    """A person or the queue has the chats: nothing is decided any more, and what the bot had queued is cancelled."""
    await record_silence(tx, chats)
    for chat in chats:
        chat.silence_bot()
    await cancel_bot_items(tx, [chat.id for chat in chats])


async def record_silence(tx: Transaction, chats: Sequence[ChatRecord], reason: str = SILENCED) -> None:
    """The turns that were about to be decided end here, and say why."""
    keys = {f"turn:{chat.id}:{max(chat.pending)}": chat for chat in chats if chat.pending}
    rows = [_silenced(key, chat, reason) for key, chat in keys.items()]
    await save_decisions(tx, rows, {key: chat.pending for key, chat in keys.items()})


def _silenced(key: str, chat: ChatRecord, reason: str) -> dict[str, Any]:
    trace = {"version": 1, "text": "", "stages": [{"stage": "holder", "outcome": reason, "detail": ""}]}
    trace |= {"rules": [], "chosen": [], "before": {}, "after": {}}
    return {
        "turn_key": key,
        "chat_id": chat.id,
        "at": chat.last_customer_at or chat.last_message_at,
        "duration_us": 0,
        "silent_reason": reason,
        "trace": trace,
    }


async def queue_after_failure(tx: Transaction, chat_id: int, now: datetime) -> None:
    """A reply of the bot failed for good: a person must look at the chat. The step stays where it is."""
    chat = (await load_chats(tx, [chat_id])).get(chat_id)
    if chat is None or chat.holder != "bot":
        return
    chat.enter_queue(chat.queue_role_id, SEND_FAILED, now, DEFAULT_RESUME_HOURS)
    await cancel_bot_items(tx, [chat.id])
    await save_chats(tx, [chat], now)
