"""What a chat waits for before the bot decides: the quiet window, and voice notes that are being heard.

All of it stands in `bot_memory`: `pending` are the messages that nobody decided yet; `listening` are those of them that
are still to be heard, each with the moment (real time) up to which its turn waits, empty once a turn went on without
it; `late` are those that were heard after that, which have a turn of their own; `quiet_until` is the end of the quiet
window, kept while something else makes the turn wait longer or sooner.
"""

from collections.abc import Collection
from datetime import datetime

from waia.chats.record import ChatRecord

TURNS = "turns"  # the queue; its keys are ids of chats
VOICE_KINDS = frozenset({"audio", "voice"})
PASSED = ""


def wait_quietly(chat: ChatRecord, until: datetime) -> None:
    """The quiet window ends then; a note that is being heard may make the turn wait longer."""
    memory = chat.bot_memory
    memory.pop("quiet_until", None)
    if memory.get("listening") or memory.get("late"):
        memory["quiet_until"] = until.isoformat()
    chat.bot_due_at = max([until, *_deadlines(chat)])


def listen(chat: ChatRecord, message_id: int, until: datetime) -> None:
    """A note joins what is pending; the turn waits for its text, at most so long."""
    _keep_quiet(chat)
    chat.bot_memory["listening"] = {**chat.bot_memory.get("listening", {}), str(message_id): until.isoformat()}
    chat.bot_due_at = max(chat.bot_due_at or until, until)
    chat.dirty = True


def was_heard(chat: ChatRecord, message_id: int, real_now: datetime) -> bool:
    """Nobody waits for this note any more: its turn is due. False when nobody did: it is only shown."""
    listening = dict(chat.bot_memory.get("listening", {}))
    deadline = listening.pop(str(message_id), None)
    if deadline is None:
        return False
    _set(chat, "listening", listening)
    if deadline == PASSED:
        _keep_quiet(chat)
        _set(chat, "late", [*chat.bot_memory.get("late", ()), message_id])
        chat.bot_due_at = real_now
    else:
        chat.bot_due_at = max([_quiet(chat) or real_now, *_deadlines(chat)])
    chat.dirty = True
    return True


def ready(chat: ChatRecord) -> list[int]:
    """What the next turn decides: notes that were heard too late by themselves, else all that need not be heard."""
    late = list(chat.bot_memory.get("late", ()))
    return late or [each for each in chat.pending if str(each) not in chat.bot_memory.get("listening", {})]


def is_late(chat: ChatRecord) -> bool:
    return bool(chat.bot_memory.get("late"))


def go_on(chat: ChatRecord, decided: Collection[int]) -> None:
    """These are decided; when the rest wants to be looked at. A turn that was due waits for no note any more."""
    was_late, listening = is_late(chat), chat.bot_memory.get("listening", {})
    pending = [each for each in chat.pending if each not in decided]
    left = {str(each): listening[str(each)] if was_late else PASSED for each in pending if str(each) in listening}
    quiet = _quiet(chat)
    for name, value in (("pending", pending), ("listening", left), ("late", [])):
        _set(chat, name, value)
    times = [*_deadlines(chat), *([quiet] if quiet and ready(chat) else [])]
    chat.bot_due_at = max(times, default=None)
    _set(chat, "quiet_until", quiet.isoformat() if quiet and chat.bot_due_at else None)
    chat.bot_first_at = chat.bot_first_at if chat.bot_due_at else None
    chat.dirty = True


def _keep_quiet(chat: ChatRecord) -> None:
    if chat.bot_due_at is not None:
        chat.bot_memory.setdefault("quiet_until", chat.bot_due_at.isoformat())


def _quiet(chat: ChatRecord) -> datetime | None:
    until = chat.bot_memory.get("quiet_until")
    return datetime.fromisoformat(until) if until else None


def _deadlines(chat: ChatRecord) -> list[datetime]:
    found = chat.bot_memory.get("listening", {}).values()
    return [datetime.fromisoformat(until) for until in found if until != PASSED]


def _set(chat: ChatRecord, name: str, value: object) -> None:
    if value:
        chat.bot_memory[name] = value
    else:
        chat.bot_memory.pop(name, None)
