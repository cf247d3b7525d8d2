"""What becomes of a voice note once it was heard: its text stands in the message, and its chat's turn is due."""

from datetime import datetime
from typing import Any

from waia.bot.models import ChatState, Holder, RuleBook
from waia.bot.vocabulary import vocabulary_of
from waia.chats.hearing_repository import leave_to_people, note_of, standing_of, write_text
from waia.chats.listening import TURNS, VOICE_KINDS, was_heard
from waia.chats.repository import load_chats, save_chats
from waia.kit import queue
from waia.kit.db import Transaction
from waia.transcription.values import Heard


async def vocabulary(tx: Transaction, book: RuleBook, chat_id: int) -> tuple[str, ...]:
    """Phrases to listen for first in this chat's step, as they are spoken; empty when the answer is open."""
    chat = await standing_of(tx, chat_id)
    if chat is None:
        return ()
    state = ChatState(
        step=chat.step if chat.session_open else None,
        holder=Holder(chat.holder),
        last_menu_rule_id=chat.bot_memory.get("last_menu_rule_id"),
        asked=chat.bot_memory.get("asked"),
    )
    return vocabulary_of(book, state)


async def settle(tx: Transaction, message_id: int, heard: Heard, now: datetime, real_now: datetime) -> None:
    """How hearing a note ended, with or without a text; the same once more does nothing.

    The caller records `heard` in the same transaction. Nothing is decided here: the turn that waited for the note, or
    one of its own where that went on without it, is due at `real_now`. Where nobody waits (a person took the chat, it
    was closed, the message was too old) the text is only shown.
    """
    note = await note_of(tx, message_id)
    chat = (await load_chats(tx, [note.chat_id])).get(note.chat_id) if note else None
    if chat is None:
        return
    if heard.state.has_text and heard.text and not note.text:
        await write_text(tx, message_id, heard.text)
        if chat.last_message_id == message_id:
            chat.preview_text(heard.text)
    tx.announce("message_changed", chat.id, str(message_id))
    if was_heard(chat, message_id, real_now) and chat.bot_due_at:
        await queue.push(tx, TURNS, [(str(chat.id), chat.bot_due_at)])
    await save_chats(tx, [chat], now)


async def without_old_notes(tx: Transaction, messages: dict[int, list[Any]], oldest: datetime) -> dict[int, list[Any]]:
    """Messages by chat without the notes that were heard too late to be answered: those are left to people."""
    old = [row for rows in messages.values() for row in rows if row.kind in VOICE_KINDS and row.timestamp < oldest]
    await leave_to_people(tx, old)
    gone = {row.id for row in old}
    left = {chat_id: [row for row in rows if row.id not in gone] for chat_id, rows in messages.items()}
    return {chat_id: rows for chat_id, rows in left.items() if rows}
