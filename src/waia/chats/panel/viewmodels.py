"""What templates draw of a chat: plain values, the same for everybody who may see the chat."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from waia.chats.panel.whatsapp_text import unturned
from waia.media.values import Attachment
from waia.whatsapp.cutting import TEXT_LIMIT

HUES = 8
MOST_COUNTED = 100


class View(StrEnum):
    """The tabs of the list; the value stands in addresses (`?vista=`)."""

    UNANSWERED = "sin_responder"
    MINE = "mios"
    UNREAD = "no_leidos"
    BOT = "bot"
    ALL = "todos"
    ARCHIVED = "archivados"

    @property
    def key(self) -> str:
        """By which of a row's keys the tab is sorted: `recent` and `archived` newest first, `wait` oldest first."""
        return {View.UNANSWERED: "wait", View.ARCHIVED: "archived"}.get(self, "recent")


@dataclass(frozen=True, slots=True)
class Person:
    """How a contact is called: `name`, or where nothing is known only the `tail` of an id.

    `address` is the number (+57…) or @username, unless that is the name already.
    """

    name: str
    tail: str = ""
    address: str = ""
    initial: str = ""
    hue: int = 0


@dataclass(frozen=True, slots=True)
class RoleBadge:
    keyword: str
    name: str


@dataclass(frozen=True, slots=True)
class ChatRow:
    """A line of the list. The keys sort as text: `recent_key` and `archived_key` newest first, `wait_key` the longest
    wait first. `late`: 0, or how far the notice has gone that the customer waits too long."""

    id: int
    person: Person
    preview: str
    preview_kind: str
    preview_author: str
    preview_user_id: int | None
    preview_user_name: str
    preview_status: int
    at: datetime
    unread: int
    estado: str
    holder: str
    owner_id: int | None
    owner_name: str
    owner_initials: str
    queue_name: str
    roles: tuple[RoleBadge, ...]
    waiting_since: datetime | None
    late: int
    window_ends_at: datetime | None
    archived_at: datetime | None
    recent_key: str
    wait_key: str
    archived_key: str

    def is_in(self, view: View, user_id: int) -> bool:
        """Whether the view of this user holds the chat; that the user may see it at all is another question."""
        if (self.archived_at is not None) != (view is View.ARCHIVED):
            return False
        match view:
            case View.UNANSWERED:
                return self.waiting_since is not None
            case View.MINE:
                return self.owner_id == user_id
            case View.UNREAD:
                return self.unread > 0
            case View.BOT:
                return self.holder == "bot"
            case _:
                return True

    def calls(self, user_id: int) -> bool:
        """Whether it waits for this person. While the bot answers, nobody is called."""
        return self.waiting_since is not None and self.holder != "bot" and self.owner_id in (None, user_id)

    def key(self, view: View) -> str:
        return {"wait": self.wait_key, "archived": self.archived_key}.get(view.key, self.recent_key)


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers on the tabs; `MOST_COUNTED` stands for that many or more."""

    unanswered: int = 0
    mine: int = 0
    unread: int = 0
    bot: int = 0
    all: int = 0
    archived: int = 0


@dataclass(frozen=True, slots=True)
class HolderStrip:
    """Who answers the chat, and until when Meta lets us write freely."""

    chat_id: int
    holder: str
    owner_id: int | None
    owner_name: str
    queue_role_id: int | None
    queue_name: str
    estado: str
    is_archived: bool
    waiting_since: datetime | None
    resume_at: datetime | None
    window_ends_at: datetime | None
    unread: int


@dataclass(frozen=True, slots=True)
class Captured:
    """What the customer answered; `shown` hides nothing that turns the line around."""

    name: str
    value: str
    at: datetime

    @property
    def shown(self) -> str:
        return unturned(self.value)


@dataclass(frozen=True, slots=True)
class Facts:
    """The card of a contact beside the conversation."""

    chat_id: int
    person: Person
    phone: str
    username: str
    since: datetime
    step: str
    needs_review: str
    roles: tuple[RoleBadge, ...]
    captured: tuple[Captured, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of the list; `next_key` continues it (`?antes=`), empty at the end."""

    rows: tuple[ChatRow, ...]
    next_key: str


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What may be filtered by, as (value, name)."""

    roles: tuple[tuple[str, str], ...] = ()
    owners: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Composer:
    """The form below a conversation. `client_id` makes a double submit harmless; `error` says what to correct.

    `drafts` are files that are attached and not sent, `captions` what is written below them,
    `largest` how many bytes a file may have. `draft_version`: of which draft the text is, `signature`: what is put
    ahead of it when it is sent, `text_limit`: how long it may be then.
    """

    chat_id: int
    client_id: str
    window_ends_at: datetime | None
    is_open: bool
    text: str = ""
    reply_to: str = ""
    error: str = ""
    quick_reply: str = ""
    drafts: tuple[Attachment, ...] = ()
    largest: int = 0
    draft_version: int = 0
    signature: str = ""
    text_limit: int = TEXT_LIMIT
    captions: Mapping[str, str] = field(default_factory=dict)
