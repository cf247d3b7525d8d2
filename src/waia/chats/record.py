"""The chat as use cases work on it: loaded once, changed in memory, written back as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from waia.bot.models import Estado, Holder

PREVIEW_LENGTH, PREVIEW_KIND_LENGTH = 200, 20
WINDOW = timedelta(hours=24)
WINDOW_MARGIN = timedelta(minutes=2)
WROTE_TO_PERSON = "wrote_to_person"
# What the bot has not decided yet, and what it waits for (see chats/listening.py).
WAITING = ("pending", "listening", "late", "quiet_until")


@dataclass(slots=True)
class ChatRecord:
    """One row of `chat_state`, by field; `bot_due_at` and `bot_first_at` are real time, the rest is business time."""

    id: int
    phone_number_id: str
    contact_id: int
    numero: str | None
    step: str | None
    estado: str | None
    last_activity: datetime | None
    holder: str
    owner_id: int | None
    queue_role_id: int | None
    resume_at: datetime | None
    last_owner_id: int | None
    archived_at: datetime | None
    session_open: bool
    last_customer_at: datetime | None
    idle_at: datetime | None
    bot_memory: dict[str, Any]
    bot_due_at: datetime | None
    bot_first_at: datetime | None
    bot_failures: int
    last_message_id: int | None
    last_message_at: datetime
    preview: str
    preview_kind: str
    preview_author: str
    preview_user_id: int | None
    preview_status: int
    unread: int
    unanswered_since: datetime | None
    needs_person: str
    window_ends_at: datetime | None
    last_inbound_wamid: str | None
    version: int
    dirty: bool = field(default=False, compare=False)
    stood: tuple[str, int | None, bool] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        self.stood = self.standing

    @property
    def standing(self) -> tuple[str, int | None, bool]:
        """Who holds the chat, for whom, and whether it is closed."""
        return self.holder, self.owner_id, self.estado == Estado.CERRADO

    def moves(self) -> Iterator[str]:
        """What became of the chat since it was loaded or saved: `bot`, `queue`, `person`, `closed`, `reopened`."""
        (holder, owner_id, closed), now_closed = self.stood, self.estado == Estado.CERRADO
        if closed != now_closed:
            yield "closed" if now_closed else "reopened"
        if (holder, owner_id) != (self.holder, self.owner_id) and not now_closed:
            yield self.holder

    def is_untouched_since(self, before: datetime) -> bool:
        """Nobody wrote, took or passed it on since then, and nobody waits in it."""
        touched = max(self.last_message_at, self.last_activity or self.last_message_at)
        return self.archived_at is None and self.unanswered_since is None and touched < before

    def window_is_open(self, now: datetime) -> bool:
        """Whether anything but a template may be sent; closes two minutes early, because clocks differ."""
        return self.window_ends_at is not None and now < self.window_ends_at - WINDOW_MARGIN

    def show(
        self, *, at: datetime, text: str, kind: str, author: str, user_id: int | None = None, status: int = 0
    ) -> None:
        """Make this message the one that the list shows."""
        self.last_message_at = max(at, self.last_message_at)
        self.preview_text(text)
        self.preview_kind, self.preview_author = kind[:PREVIEW_KIND_LENGTH], author
        self.preview_user_id, self.preview_status = user_id, status

    def preview_text(self, text: str) -> None:
        """What the list shows of the newest message; a voice note's words come later."""
        self.preview, self.dirty = " ".join(text.split())[:PREVIEW_LENGTH], True

    def hear_customer(self, at: datetime) -> None:
        """Note that the customer wrote: unread, unanswered, and the time that sessions are measured from."""
        waits_still = self.pending and "previous_at" in self.bot_memory
        if self.bot_first_at is None and not waits_still:
            self.bot_memory["previous_at"] = self.last_customer_at.isoformat() if self.last_customer_at else None
        self.last_customer_at = max(at, self.last_customer_at) if self.last_customer_at else at
        self.last_activity = self.last_customer_at
        self.unread += 1
        self.archived_at = None
        self.unanswered_since = self.unanswered_since or at
        if self.holder != Holder.BOT:
            self.needs_person = self.needs_person or WROTE_TO_PERSON
        self.estado = Estado.SIN_RESPUESTA
        self.dirty = True

    def open_window(self, at: datetime) -> None:
        self.window_ends_at = max(at + WINDOW, self.window_ends_at) if self.window_ends_at else at + WINDOW
        self.dirty = True

    def person_answers(self, user_id: int | None, now: datetime, resume_hours: float) -> None:
        """A person wrote (an agent, or somebody in the phone app): that person holds the chat from now on."""
        if resume_hours > 0:
            self.holder = Holder.PERSON
            self.resume_at = now + timedelta(hours=resume_hours)
        self.owner_id = user_id if user_id is not None else self.owner_id
        self.last_owner_id = self.owner_id or self.last_owner_id
        self.archived_at = None
        self.bot_memory["held_since"] = now.isoformat()
        self.estado, self.unread, self.unanswered_since, self.needs_person = Estado.ASESOR, 0, None, ""
        self.last_activity = now
        self.silence_bot()

    def belong_to(self, user_id: int) -> None:
        """Theirs from the start: they opened it, and nobody has written yet."""
        self.owner_id = self.last_owner_id = user_id
        self.dirty = True

    def goes_to(self, user_id: int, now: datetime, resume_hours: float) -> None:
        """This person holds the chat; nobody has answered by that, so who waits goes on waiting."""
        waiting, unread, estado, reason = self.unanswered_since, self.unread, self.estado, self.needs_person
        self.person_answers(user_id, now, resume_hours)
        self.unanswered_since, self.unread, self.estado, self.needs_person = waiting, unread, estado, reason

    def enter_queue(self, role_id: int | None, reason: str, now: datetime, resume_hours: float) -> None:
        """The chat waits for a person; the bot is silent until one comes, or its time is over."""
        if resume_hours > 0:
            self.holder = Holder.QUEUE
            self.resume_at = now + timedelta(hours=resume_hours)
        self.queue_role_id, self.needs_person = role_id, reason
        self.bot_memory["held_since"] = now.isoformat()
        self.unanswered_since = self.unanswered_since or now
        self.silence_bot()

    def back_to_bot(self) -> None:
        """The bot answers again; its next message opens a new session."""
        self.holder, self.resume_at, self.queue_role_id = Holder.BOT, None, None
        self.owner_id = None
        if self.estado == Estado.ASESOR:
            self.estado = Estado.ESPERA_USUARIO
        self.bot_memory.pop("held_since", None)
        self.end_session()

    def end_session(self) -> None:
        """Forget step and pending capture; roles, owner and what was captured stay."""
        self.session_open, self.step, self.idle_at = False, None, None
        for name in ("misses", "refusals", "last_menu_rule_id", "asked", "away_told"):
            self.bot_memory.pop(name, None)
        self.dirty = True

    @property
    def pending(self) -> list[int]:
        """Ids of messages that the bot has not decided yet."""
        return list(self.bot_memory.get("pending", ()))

    def silence_bot(self) -> None:
        for name in WAITING:
            self.bot_memory.pop(name, None)
        self.bot_due_at = self.bot_first_at = None
        self.dirty = True
