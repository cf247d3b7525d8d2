"""What the phone page draws of one message, whichever side it came from."""

from dataclasses import dataclass
from datetime import datetime

from waia.simulator.phone_text import Piece


@dataclass(frozen=True, slots=True)
class Choice:
    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class File:
    """`address` is on this site, or empty when the file cannot be shown here."""

    kind: str
    address: str = ""
    name: str = ""
    voice: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    own: bool
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Ad:
    headline: str
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """The drawable parts of a message; `title` names a place, a contact or a template."""

    kind: str
    text: str = ""
    header: str = ""
    footer: str = ""
    title: str = ""
    detail: str = ""
    buttons: tuple[Choice, ...] = ()
    list_button: str = ""
    groups: tuple[Group, ...] = ()
    link: str = ""
    file: File | None = None
    ad: Ad | None = None


@dataclass(frozen=True, slots=True)
class Bubble:
    """`own`: written by the customer who holds the phone. `seen`: the business has read it."""

    wamid: str
    own: bool
    at: datetime
    content: Content
    pieces: tuple[Piece, ...]
    only_emoji: bool
    starts_day: bool
    starts_group: bool
    seen: bool
    quote: Quote | None
    reactions: tuple[str, ...]
    edited: bool = False
    revoked: bool = False
