"""What templates draw of one message: plain values, whatever its kind, never a query."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from waia.chats.delivery_state import RESTORED
from waia.chats.panel.spoken import Spoken
from waia.chats.panel.whatsapp_text import Piece

OUTSIDE_WINDOW = 131047


@dataclass(frozen=True, slots=True)
class Media:
    """A file. `state` is empty where nobody fetches it: then only what the message says of it is known.

    `reason` (why it is not here) is to be translated; `width` and `height` are the space that it takes on the page.
    """

    kind: str
    filename: str = ""
    mime: str = ""
    extension: str = ""
    voice: bool = False
    animated: bool = False
    link: str = ""
    state: str = ""
    reason: str = ""
    may_ask_again: bool = False
    url: str = ""
    thumb: str = ""
    play: str = ""
    size: int = 0
    width: int = 0
    height: int = 0
    length_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A fact of a contact card; `link` is empty where nothing can be opened. `kind` is as the phone calls it: WORK."""

    text: str
    link: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    name: str
    organization: str
    lines: tuple[Line, ...]
    birthday: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class OrderLine:
    product: str
    quantity: str
    amount: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class Order:
    """`total` is None where a price is missing or currencies differ."""

    lines: tuple[OrderLine, ...]
    total: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class Choice:
    """`section` is the title of the part of the list that begins here."""

    title: str
    description: str = ""
    chosen: bool = False
    section: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    choices: tuple[Choice, ...]
    button: str = ""
    header: str = ""
    footer: str = ""


@dataclass(frozen=True, slots=True)
class Referral:
    """The ad or post that brought the customer."""

    headline: str
    text: str
    source: str
    link: str


@dataclass(frozen=True, slots=True)
class Quote:
    """The message answered to. `message_id` is None when we do not have it."""

    message_id: int | None
    outgoing: bool = False
    sender: str = ""
    kind: str = "text"
    text: str = ""


@dataclass(frozen=True, slots=True)
class ReactionChip:
    """`by_customer`, `by_us`: who reacted so."""

    emoji: str
    count: int
    by_customer: bool = False
    by_us: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a message failed: `words` are ours, to be translated; `told` is Meta's text, which adds something where the
    code is not `is_known`."""

    words: str
    told: str = ""
    code: int | None = None
    is_known: bool = True

    @property
    def wants_template(self) -> bool:
        return self.code == OUTSIDE_WINDOW

    @property
    def is_of_a_copy(self) -> bool:
        return self.words == RESTORED


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Extras:
    """What hangs on a message besides its text."""

    media: Media | None = None
    place: Place | None = None
    cards: tuple[Card, ...] = ()
    order: Order | None = None
    menu: Menu | None = None
    chosen: str = ""
    referral: Referral | None = None
    template: str = ""
    fields: tuple[Field, ...] = ()
    reason: str = ""
    participant: str = ""
    passed_to: str = ""
    mentions: tuple[str, ...] = ()
    forwarded: bool = False
    forwarded_often: bool = False


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message. `starts_day` and `starts_group` come from the message before it, so they never change later."""

    id: int
    chat_id: int
    kind: str
    outgoing: bool
    author: str
    sender: str
    user_id: int | None
    rule_id: int | None
    step: str
    text: str
    pieces: tuple[Piece, ...]
    only_emoji: bool
    at: datetime
    status: int
    trouble: "Trouble | None"
    starts_day: bool
    starts_group: bool
    edited: bool
    earlier: tuple[str, ...]
    revoked: bool
    possible_duplicate: bool
    quote: Quote | None
    reactions: tuple[ReactionChip, ...]
    extras: Extras
    spoken: Spoken | None = None

    @property
    def is_file(self) -> bool:
        """Whether it stands among the chat's files; stickers and voice notes are talk."""
        media = self.extras.media
        return media is not None and bool(media.state) and media.kind != "sticker" and not media.voice
