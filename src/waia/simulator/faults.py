"""Everything that can go wrong on purpose. All knobs are off at first and may be turned at any time."""

import random
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(slots=True)
class Knob:
    """`times` more firings (None: no end), each with `probability`."""

    times: int | None = 0
    probability: float = 1.0

    @property
    def is_on(self) -> bool:
        return self.times != 0

    def fires(self, rng: random.Random) -> bool:
        if not self.is_on:
            return False
        if self.probability < 1.0 and rng.random() >= self.probability:
            return False
        if self.times is not None:
            self.times -= 1
        return True


def once() -> Knob:
    return Knob(times=1)


def always(probability: float = 1.0) -> Knob:
    return Knob(times=None, probability=probability)


class WindowMode(StrEnum):
    """How free-form text outside the 24 h window is refused: in the answer, by a status later, not at all."""

    SYNC = "sync"
    ASYNC = "async"
    OFF = "off"


@dataclass(slots=True)
class StatusFaults:
    skip_delivered: Knob = field(default_factory=Knob)
    reorder: Knob = field(default_factory=Knob)
    duplicate: Knob = field(default_factory=Knob)
    before_answer: Knob = field(default_factory=Knob)
    never: Knob = field(default_factory=Knob)
    """No status at all for this send."""
    drop: Knob = field(default_factory=Knob)
    """One status is lost, the others come."""
    failed_later: Knob = field(default_factory=Knob)
    failed_later_code: int = 131026
    errors_beside: Knob = field(default_factory=Knob)
    """A status that is not `failed` carries `errors` all the same."""
    unknown_wamid: Knob = field(default_factory=Knob)
    """One more status, for a message of another system that uses the same number."""


@dataclass(slots=True)
class WebhookFaults:
    duplicate: Knob = field(default_factory=Knob)
    parallel_two: Knob = field(default_factory=Knob)
    reorder: Knob = field(default_factory=Knob)
    """Held back until the next POST has gone out."""
    wrong_signature: Knob = field(default_factory=Knob)
    """The first attempt is forged; the retry is right, so nothing gets lost."""
    replay: Knob = field(default_factory=Knob)
    """An older body is posted again afterwards."""
    never: Knob = field(default_factory=Knob)
    unordered: bool = False
    """False: the messages of one customer, and the statuses of one message, are first attempted one after the other."""
    per_post: int = 1
    """Up to so many updates wait for each other and travel in one POST, in several entries."""


@dataclass(slots=True)
class SendFaults:
    next_codes: list[int] = field(default_factory=list)
    """The next sends are refused with these codes, one each."""
    refused: Knob = field(default_factory=Knob)
    refused_code: int = 130429
    rate_limit_http: int = 400
    retry_after_s: int | None = None
    accepted_despite_error: Knob = field(default_factory=Knob)
    """A 5xx, HTML or unclear code answers a message that goes out nevertheless."""
    slow: Knob = field(default_factory=Knob)
    slow_s: float = 30.0
    cut_before: Knob = field(default_factory=Knob)
    lost_answer: Knob = field(default_factory=Knob)
    http_500_json: Knob = field(default_factory=Knob)
    http_502_html: Knob = field(default_factory=Knob)
    empty_body: Knob = field(default_factory=Knob)
    bad_json: Knob = field(default_factory=Knob)
    no_message_id: Knob = field(default_factory=Knob)
    huge_body: Knob = field(default_factory=Knob)
    huge_bytes: int = 100_000_000
    slow_loris: Knob = field(default_factory=Knob)
    slow_loris_s: float = 1.0
    """Real seconds between two bytes of the answer."""


@dataclass(slots=True)
class MediaFaults:
    judge_later: bool = False
    """A wrong upload gets an id, and the message that uses it fails later."""
    expired: Knob = field(default_factory=Knob)
    """An address is told whose five minutes are over already."""
    unauthorized: Knob = field(default_factory=Knob)
    not_found: Knob = field(default_factory=Knob)
    truncated: Knob = field(default_factory=Knob)
    wrong_length: Knob = field(default_factory=Knob)
    wrong_sha256: Knob = field(default_factory=Knob)
    wrong_bytes: Knob = field(default_factory=Knob)
    redirect: Knob = field(default_factory=Knob)
    redirect_to: str = "http://127.0.0.1:9/"
    huge: Knob = field(default_factory=Knob)
    huge_bytes: int = 200_000_000
    endless: Knob = field(default_factory=Knob)
    slow: Knob = field(default_factory=Knob)
    slow_s: float = 30.0


WEBHOOK_FIELDS = (
    "messages", "account_update", "account_alerts", "phone_number_quality_update", "message_template_status_update",
)  # fmt: skip


@dataclass(slots=True)
class AccountFaults:
    """How the token, the app and the number stand at Meta; at first all is well."""

    expires_in_s: int | None = None
    """Seconds of real time that the token still has; None: it never expires."""
    scopes: list[str] = field(default_factory=lambda: ["whatsapp_business_management", "whatsapp_business_messaging"])
    repeats_token: bool = False
    """A refusal repeats the token that it cannot read, as Meta's own does."""
    number_status: str = "CONNECTED"
    quality: str = "GREEN"
    name_status: str = "APPROVED"
    foreign_numbers: set[str] = field(default_factory=set)
    """Numbers that the token reaches, and that are not of this account."""
    fields: list[str] = field(default_factory=lambda: list(WEBHOOK_FIELDS))
    callback: str | None = None
    """The address that the app has for its webhooks, when it is not the right one; empty: none."""
    override_callback: str = ""
    clock_ahead_s: int = 0
    unavailable: Knob = field(default_factory=Knob)
    """A question about the account is answered with code 2."""


@dataclass(slots=True)
class Faults:
    """The knobs, and the limits of the real service, which are on unless lifted."""

    status: StatusFaults = field(default_factory=StatusFaults)
    webhook: WebhookFaults = field(default_factory=WebhookFaults)
    send: SendFaults = field(default_factory=SendFaults)
    media: MediaFaults = field(default_factory=MediaFaults)
    account: AccountFaults = field(default_factory=AccountFaults)
    window_mode: WindowMode = WindowMode.ASYNC
    pair_limit: bool = True
    throughput_per_s: int | None = 80
    allow_list: set[str] | None = None
    """Digits of the only phones that may be written to (131030 otherwise)."""
    maintenance: bool = False
    """A short upgrade of the number: every send is refused with 131057."""
    rewrites_numbers: bool = False
    """`wa_id` differs from the number written to in Brazil, Mexico and Argentina."""
    strangers_undeliverable: bool = False
    """A phone that is no customer of this world fails later with 131026."""
