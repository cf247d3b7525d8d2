"""Gives a chat to the people: which queue it enters, and what the bot then leaves unsaid."""

from datetime import datetime

from waia.chats.outbox_repository import cancel_bot_items
from waia.chats.record import ChatRecord
from waia.chats.repository import load_chats, save_chats, save_decisions
from waia.kit.db import Transaction

DEFAULT_RESUME_HOURS = 24.0
SEND_FAILED = "send_failed"
SILENCED = "person_came_first"


async def silence_for_people(tx: Transaction, chat: ChatRecord) -> None:
    """A person or the queue has the chat: nothing is decided any more, and what the bot had queued is cancelled."""
    if chat.pending:
        await _record_silence(tx, chat)
    chat.silence_bot()
    await cancel_bot_items(tx, chat.id)


async def _record_silence(tx: Transaction, chat: ChatRecord) -> None:
    """The turn that was about to be decided ends here, and its reason says so."""
    key = f"turn:{chat.id}:{max(chat.pending)}"
    trace = {"version": 1, "text": "", "stages": [{"stage": "holder", "outcome": SILENCED, "detail": ""}]}
    trace |= {"rules": [], "chosen": [], "before": {}, "after": {}}
    at = chat.last_customer_at or chat.last_message_at
    row = {
        "turn_key": key,
        "chat_id": chat.id,
        "at": at,
        "duration_us": 0,
        "silent_reason": SILENCED,
        "trace": trace,
    }
    await save_decisions(tx, [row], {key: chat.pending})


async def queue_after_failure(tx: Transaction, chat_id: int, now: datetime) -> None:
    """A reply of the bot failed for good: a person must look at the chat. The step stays where it is."""
    chat = (await load_chats(tx, [chat_id])).get(chat_id)
    if chat is None or chat.holder != "bot":
        return
    chat.enter_queue(chat.queue_role_id, SEND_FAILED, now, DEFAULT_RESUME_HOURS)
    await cancel_bot_items(tx, chat.id)
    await save_chats(tx, [chat])
