"""Goes through the history of one chat once, and says what it adds to the figures of each day. No database, no clock.

The definitions of all figures stand here and in `counting.py`; docs/es/tablero.md tells them to people.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

SILENCE = timedelta(hours=24)
UNCOUNTED_KINDS = frozenset({"system", "media_placeholder", "note"})
CANCELLED, FAILED = -4, -1
BY_PERSON = frozenset({"user", "phone"})
AUTHORS = frozenset({"customer", "bot", "user", "phone"})


class Said(msgspec.Struct, frozen=True):
    """A message as figures see it; `roles` and `owner_id` (0: nobody) are those of its chat when it was stored."""

    id: int
    at: datetime
    author: str
    kind: str
    status: int
    text: str
    roles: str
    owner_id: int
    held_by: str
    unmatched: bool = False
    error_code: int | None = None
    revoked: bool = False

    @property
    def counts(self) -> bool:
        """Notes, lines of the system and what was never sent are no messages."""
        return self.author in AUTHORS and self.kind not in UNCOUNTED_KINDS and self.status != CANCELLED

    @property
    def failed(self) -> bool:
        return self.author != "customer" and self.status == FAILED


class Moved(msgspec.Struct, frozen=True):
    """The chat changed hands, or was closed or reopened (see `ChatMove`)."""

    at: datetime
    what: str


class Conversation(msgspec.Struct):
    """From a customer's message until somebody closes it, or until the customer writes after a day of silence.

    `bot_since` to `bot_at`: how long the first answer of the bot took; the same of a person (`person_id`, 0: from the
    phone app), who is waited for from the hand-over on.
    """

    opened_at: datetime
    is_new: bool
    roles: str = ""
    owner_id: int = 0
    was_handed_over: bool = False
    bot_spoke: bool = False
    person_spoke: bool = False
    bot_since: datetime | None = None
    bot_at: datetime | None = None
    person_since: datetime | None = None
    person_at: datetime | None = None
    person_id: int = 0
    closed_at: datetime | None = None

    @property
    def handled_by(self) -> str:
        if self.person_spoke:
            return "person"
        if self.was_handed_over:
            return "waiting"
        return "bot" if self.bot_spoke else "nobody"


class Carry(msgspec.Struct):
    """Where a chat stands at the end of a day; from here the next day goes on."""

    last_at: datetime | None = None
    knows_customer: bool = False
    asked_at: datetime | None = None
    person_wanted_at: datetime | None = None
    conversation: Conversation | None = None


@dataclass(slots=True)
class Timeline:
    """Feed it messages and moves in order; `conversations` are all that were touched, in the order of their start."""

    carry: Carry = field(default_factory=Carry)
    conversations: list[Conversation] = field(default_factory=list)

    def feed(self, each: Said | Moved) -> None:
        if isinstance(each, Moved):
            self._move(each)
        elif each.counts and not each.failed:
            self._hear(each)

    def _hear(self, said: Said) -> None:
        if said.author == "customer":
            self._customer(said)
        elif said.author in BY_PERSON:
            self._person(said)
        else:
            self._bot(said)
        self.carry.last_at = said.at
        conversation = self._open()
        if conversation is not None:
            conversation.roles = said.roles
            conversation.owner_id = said.owner_id or conversation.owner_id

    def _customer(self, said: Said) -> None:
        carry, last_at = self.carry, self.carry.last_at
        if self._open() is None or (last_at is not None and said.at - last_at >= SILENCE):
            carry.conversation = Conversation(said.at, is_new=not carry.knows_customer)
            carry.asked_at = carry.person_wanted_at = None
            self.conversations.append(carry.conversation)
        carry.knows_customer = True
        carry.asked_at = carry.asked_at or said.at
        if said.held_by in {"queue", "person"}:
            carry.person_wanted_at = carry.person_wanted_at or said.at

    def _bot(self, said: Said) -> None:
        conversation, asked_at = self._open(), self.carry.asked_at
        self.carry.asked_at = None
        if conversation is None:
            return
        conversation.bot_spoke = True
        if asked_at is not None and conversation.bot_at is None:
            conversation.bot_since, conversation.bot_at = asked_at, said.at

    def _person(self, said: Said) -> None:
        conversation, since = self._open(), self.carry.person_wanted_at or self.carry.asked_at
        self.carry.asked_at = self.carry.person_wanted_at = None
        if conversation is None:
            return
        conversation.person_spoke = conversation.was_handed_over = True
        if since is not None and conversation.person_at is None:
            conversation.person_since, conversation.person_at = since, said.at
            conversation.person_id = said.owner_id if said.author == "user" else 0

    def _move(self, moved: Moved) -> None:
        last = self.carry.conversation
        if moved.what == "reopened" and last is not None:
            last.closed_at = None
        conversation = self._open()
        if conversation is None or moved.what == "reopened":
            return
        if moved.what == "closed":
            conversation.closed_at = moved.at
            self.carry.asked_at = self.carry.person_wanted_at = None
        elif moved.what == "bot":
            self.carry.person_wanted_at = None
        else:
            conversation.was_handed_over = True
            if moved.what == "queue":
                self.carry.person_wanted_at = self.carry.person_wanted_at or moved.at

    def _open(self) -> Conversation | None:
        conversation = self.carry.conversation
        return conversation if conversation is not None and conversation.closed_at is None else None


def in_order(said: Sequence[Said], moved: Sequence[Moved]) -> Sequence[Said | Moved]:
    """By time; what was said at the same moment comes before what became of the chat by it."""
    if not moved:
        return sorted(said, key=lambda each: (each.at, each.id))
    keyed: list[tuple[tuple[Any, ...], Said | Moved]] = [((each.at, 0, each.id), each) for each in said]
    keyed += [((each.at, 1, number), each) for number, each in enumerate(moved)]
    return [each for _, each in sorted(keyed, key=lambda pair: pair[0])]
