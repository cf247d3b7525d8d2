"""The values a worker gets: what happened on WhatsApp's side, said once and typed."""

from datetime import datetime
from enum import StrEnum

import msgspec

from waia.whatsapp.attachments import ContactCard, Location, MediaRef, MetaError, Order, Product, Referral
from waia.whatsapp.people import Sender


class MessageKind(StrEnum):
    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    VOICE = "voice"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACTS = "contacts"
    BUTTON = "button"
    BUTTON_REPLY = "button_reply"
    LIST_REPLY = "list_reply"
    FLOW_REPLY = "flow_reply"
    CALL_PERMISSION_REPLY = "call_permission_reply"
    PAYMENT_METHOD = "payment_method"
    ORDER = "order"
    WELCOME = "welcome"
    MEDIA_PLACEHOLDER = "media_placeholder"
    UNSUPPORTED = "unsupported"
    UNKNOWN = "unknown"


class InboundMessage(msgspec.Struct, frozen=True, kw_only=True, tag="message"):
    """Something a person sent. `text` is the body, caption, label or title.

    `opens_window`: it starts the 24 hours in which anything may be sent. `runs_bot`: the bot may answer it
    (audio by way of its transcription). `details` is JSON of what has no field of its own, for display.
    """

    id: str | None
    kind: MessageKind
    phone_number_id: str | None
    sender: Sender
    timestamp: datetime | None
    group_id: str | None = None
    text: str = ""
    option_id: str | None = None
    quoted_id: str | None = None
    media: MediaRef | None = None
    location: Location | None = None
    contacts: tuple[ContactCard, ...] = ()
    order: Order | None = None
    product: Product | None = None
    referral: Referral | None = None
    forwarded: bool = False
    forwarded_often: bool = False
    errors: tuple[MetaError, ...] = ()
    opens_window: bool = False
    runs_bot: bool = False
    standby: bool = False
    details: str = ""


class Reaction(msgspec.Struct, frozen=True, kw_only=True, tag="reaction"):
    """`emoji` None takes this person's reaction off the target."""

    id: str | None
    phone_number_id: str | None
    sender: Sender
    timestamp: datetime | None
    target_id: str
    emoji: str | None
    group_id: str | None = None


class Edit(msgspec.Struct, frozen=True, kw_only=True, tag="edit"):
    """`message` is the new content; its own `id` is that of the message it replaces."""

    id: str | None
    phone_number_id: str | None
    sender: Sender
    timestamp: datetime | None
    target_id: str
    message: InboundMessage
    group_id: str | None = None


class Revoke(msgspec.Struct, frozen=True, kw_only=True, tag="revoke"):
    id: str | None
    phone_number_id: str | None
    sender: Sender
    timestamp: datetime | None
    target_id: str
    group_id: str | None = None


class SystemEvent(StrEnum):
    NUMBER_CHANGED = "user_changed_number"
    USER_ID_CHANGED = "user_changed_user_id"
    IDENTITY_CHANGED = "customer_identity_changed"
    OTHER = "other"


class SystemChange(msgspec.Struct, frozen=True, kw_only=True, tag="system"):
    """A person's ids before and after; None where the payload does not tell. Same person, same history."""

    id: str | None
    event: SystemEvent
    phone_number_id: str | None
    timestamp: datetime | None
    old: Sender
    new: Sender
    text: str = ""
    identity_hash: str | None = None


Said = InboundMessage | Reaction | Edit | Revoke | SystemChange


class Echo(msgspec.Struct, frozen=True, kw_only=True, tag="echo"):
    """What a person of the business did in the phone app: outbound, human, never the bot's business."""

    message: Said
    to: Sender


class HistoryMessage(msgspec.Struct, frozen=True, kw_only=True, tag="history"):
    """An old message, imported silently. Media follow their `media_placeholder` under the same id."""

    message: Said
    customer: Sender
    outbound: bool
    status: str | None = None
    phase: int | None = None


class Status(msgspec.Struct, frozen=True, kw_only=True, tag="status"):
    """`rank` only ever rises; `failed` stands outside of it (see `settled`)."""

    id: str | None
    status: str
    rank: int
    phone_number_id: str | None
    timestamp: datetime | None
    recipient_id: str | None = None
    recipient_user_id: str | None = None
    recipient_parent_user_id: str | None = None
    participant: str | None = None
    opaque: str | None = None
    errors: tuple[MetaError, ...] = ()
    pricing_category: str | None = None
    pricing_type: str | None = None
    billable: bool | None = None
    is_call: bool = False


class Call(msgspec.Struct, frozen=True, kw_only=True, tag="call"):
    id: str | None
    event: str
    direction: str
    phone_number_id: str | None
    customer: Sender
    timestamp: datetime | None
    status: str | None = None
    duration_s: int | None = None
    opaque: str | None = None
    opens_window: bool = False


class Preference(msgspec.Struct, frozen=True, kw_only=True, tag="preference"):
    """A person's wish about marketing messages: stop, resume or signup."""

    phone_number_id: str | None
    customer: Sender
    value: str
    category: str = ""
    text: str = ""
    timestamp: datetime | None = None


class ContactSync(msgspec.Struct, frozen=True, kw_only=True, tag="contact_sync"):
    """An entry of the phone app's address book, added or removed."""

    phone_number_id: str | None
    customer: Sender
    removed: bool
    timestamp: datetime | None = None


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class AccountEvent(msgspec.Struct, frozen=True, kw_only=True, tag="account"):
    """Something about the account, a number, a template or the app.

    `text` is a Spanish sentence for the screen to translate, `detail` Meta's own wording, `raw` the JSON.
    """

    field: str | None
    event: str | None
    severity: Severity
    text: str
    detail: str = ""
    code: int | None = None
    phone_number_id: str | None = None
    waba_id: str | None = None
    timestamp: datetime | None = None
    raw: str = ""


class Ignored(msgspec.Struct, frozen=True, kw_only=True, tag="ignored"):
    reason: str
    raw: str = ""


Inbound = (
    InboundMessage
    | Reaction
    | Edit
    | Revoke
    | SystemChange
    | Echo
    | HistoryMessage
    | Status
    | Call
    | Preference
    | ContactSync
    | AccountEvent
    | Ignored
)
