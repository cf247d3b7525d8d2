"""What is said and decided: the chat's state, a customer's turn, and the answer of the bot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from waia.bot.flow import Media, Menu
from waia.bot.kinds import Estado, HandoverReason, Holder, ReplyCause, RuleKind, UtteranceKind
from waia.bot.trace import Trace


@dataclass(frozen=True, slots=True)
class ChatState:
    """What the bot must remember of a chat; everything here is written back by the caller.

    `step` None = no open session: the next message is a first message. `held_since` is when a person last
    wrote or the chat entered the queue. `misses` and `refusals` count in a row. `asked` is what the customer
    was last asked to confirm, because it was heard unsurely: a yes decides it.
    """

    step: str | None = None
    holder: Holder = Holder.BOT
    held_since: datetime | None = None
    last_customer_at: datetime | None = None
    misses: int = 0
    refusals: int = 0
    captured: Mapping[str, str] = field(default_factory=dict)
    last_menu_rule_id: int | None = None
    estado: Estado | None = None
    asked: str | None = None


@dataclass(frozen=True, slots=True)
class Utterance:
    """One message. `text` is the body, caption, transcript or the title of the tapped option.

    `menu_rule_id` is the rule that sent the tapped menu, None if unknown. `confidence` (0 to 1) is how sure the
    recogniser is of a transcript; what was typed is sure.
    """

    message_id: int
    kind: UtteranceKind
    text: str
    at: datetime
    option_id: str | None = None
    menu_rule_id: int | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Turn:
    """Messages decided together, oldest first; `previous_customer_at` is when the one before them came."""

    utterances: tuple[Utterance, ...]
    now: datetime
    is_open: bool = True
    previous_customer_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One outgoing message. `media` is set for media kinds, whose `text` is the caption (empty for audio).

    `numbered` says why a menu goes out as text with numbers instead of as a menu (the channel's limits).
    """

    rule_id: int | None
    step: str | None
    kind: RuleKind
    text: str
    menu: Menu | None = None
    media: Media | None = None
    cause: ReplyCause = ReplyCause.RULE
    numbered: str | None = None


@dataclass(frozen=True, slots=True)
class Handover:
    """The chat goes to the queue of `role_keyword` (None = everyone's)."""

    reason: HandoverReason
    role_keyword: str | None = None
    rule_id: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """`state` replaces the chat's; `new_session` = a session begins with this turn.

    `silent_reason` is set exactly when there are no replies.
    """

    replies: tuple[Reply, ...]
    state: ChatState
    roles_added: tuple[str, ...]
    handover: Handover | None
    new_session: bool
    silent_reason: str | None
    trace: Trace
