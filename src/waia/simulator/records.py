"""What the world remembers: requests, sends with their statuses, what customers did, webhook POSTs."""

from dataclasses import dataclass, field
from datetime import datetime

from waia.simulator.wire import Json


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One HTTP request that reached the Graph API, whatever came of it. Header names are lower-case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    at: datetime
    answered: int | None
    """None: the connection was cut."""


@dataclass(frozen=True, slots=True)
class SentStatus:
    status: str
    at: datetime
    code: int | None = None


@dataclass(slots=True)
class SentMessage:
    """A message that Graph accepted. `customer_key` is None for a stranger."""

    wamid: str
    pnid: str
    recipient: str
    customer_key: str | None
    kind: str
    payload: Json
    opaque: str | None
    at: datetime
    statuses: list[SentStatus] = field(default_factory=list)

    @property
    def status(self) -> str:
        return self.statuses[-1].status if self.statuses else "accepted"


@dataclass(slots=True)
class InboundMessage:
    """What a customer did, as the webhook tells it; `echo` if typed in the phone app of the business."""

    wamid: str
    pnid: str
    customer_key: str
    kind: str
    payload: Json
    at: datetime
    echo: bool = False
    seen_by_business: bool = False


@dataclass(frozen=True, slots=True)
class ReadMark:
    """The business marked a message as read, perhaps showing that it types."""

    wamid: str
    typing: bool
    at: datetime


@dataclass(slots=True)
class Delivery:
    """One webhook POST through all its attempts; `answers` holds a status or None for no answer each."""

    body: bytes
    answers: list[int | None] = field(default_factory=list)
    gave_up: bool = False

    @property
    def accepted(self) -> bool:
        return 200 in self.answers
