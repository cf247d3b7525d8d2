"""What the history of a chat adds to each day: counters by everything that figures are filtered by. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from unicodedata import normalize
from zoneinfo import ZoneInfo

import msgspec

from waia.dashboard.stop_words import STOP_WORDS
from waia.dashboard.timeline import Carry, Conversation, Moved, Said, Timeline, in_order
from waia.rules.hours import BusinessHours

Key = tuple[str | int, ...]
"""`m` (roles, owner, author, kind, hour): messages. `w` (roles, owner, author, kind): their words.
`f` (figure, roles, owner, term): everything else."""

WORD = re.compile(r"[^\W\d_]{3,40}")
LONGEST_TERM, LONGEST_KIND = 80, 20
UNCERTAIN = -3
PERSONAL = frozenset({"person_s", "open_s"})  # those count for who answered
# Times are kept with the accuracy that people need: (up to, in steps of), in seconds.
STEPS = ((60, 1), (600, 5), (7_200, 60), (86_400, 600))
DAY_STEP = 3_600


@dataclass(frozen=True, slots=True)
class Basis:
    """What else counting depends on."""

    zone: ZoneInfo
    hours: BusinessHours

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


@dataclass(slots=True)
class DayCount:
    """`roles` and `owner_id` as at the end of the day; `carry` is an encoded `Carry`."""

    counts: Counter[Key] = field(default_factory=Counter)
    roles: str = ""
    owner_id: int = 0
    received: int = 0
    by_bot: int = 0
    by_people: int = 0
    words: int = 0
    carry: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    days: dict[date, DayCount]
    conversations: list[Conversation]


def count(said: Sequence[Said], moved: Sequence[Moved], carry: Carry, basis: Basis) -> Counted:
    """`carry`: where the chat stood before the first of them. Only days with messages are in the answer."""
    timeline, days = Timeline(carry), dict[date, DayCount]()
    day: date | None = None
    for each in in_order(said, moved):
        if isinstance(each, Said):
            local = each.at.astimezone(basis.zone)
            if day is not None and local.date() != day:
                days[day].carry = msgspec.json.encode(timeline.carry).decode()
            day = local.date()
            _count_message(days.setdefault(day, DayCount()), each, local.hour)
        timeline.feed(each)
    if day is not None:
        days[day].carry = msgspec.json.encode(timeline.carry).decode()
    for conversation in timeline.conversations:
        counts = days[basis.day(conversation.opened_at)].counts
        for figure, term in _figures_of(conversation, basis):
            owner_id = conversation.person_id if figure in PERSONAL else conversation.owner_id
            counts["f", figure, conversation.roles, owner_id, term] += 1
    return Counted(days, timeline.conversations)


def rounded_s(duration: timedelta) -> int:
    """Rounded down: to the second below a minute, to 5 s below ten, to the minute below two hours…"""
    seconds = max(int(duration.total_seconds()), 0)
    step = next((step for below, step in STEPS if seconds < below), DAY_STEP)
    return seconds - seconds % step


def open_s(conversation: Conversation, basis: Basis) -> int | None:
    """How long the customer waited for a person while the business was open, in whole seconds."""
    if conversation.person_at is None or conversation.person_since is None:
        return None
    return int(basis.hours.open_time(conversation.person_since, conversation.person_at, basis.zone).total_seconds())


def words_in(text: str) -> list[str]:
    """Words that say what somebody wants: of three letters and more, without those that every sentence has."""
    found = WORD.findall(normalize("NFC", text).lower())
    return [word for word in found if word not in STOP_WORDS]


def phrase_of(text: str) -> str:
    return " ".join(normalize("NFC", text).lower().split())[:LONGEST_TERM]


def _count_message(day: DayCount, said: Said, hour: int) -> None:
    if not said.counts:
        return
    day.roles, day.owner_id = said.roles, said.owner_id
    if said.failed:
        day.counts["f", "failed", said.roles, said.owner_id, str(said.error_code or 0)] += 1
        return
    kind, text = said.kind[:LONGEST_KIND], "" if said.revoked else said.text
    day.counts["m", said.roles, said.owner_id, said.author, kind, hour] += 1
    words = len(text.split())
    if words:
        day.counts["w", said.roles, said.owner_id, said.author, kind] += words
        day.words += words
    if said.author == "customer":
        day.received += 1
        for term in words_in(text):
            day.counts["f", "word", said.roles, said.owner_id, term] += 1
    elif said.author == "bot":
        day.by_bot += 1
    else:
        day.by_people += 1
    for figure, term in _marks_of(said, text):
        day.counts["f", figure, said.roles, said.owner_id, term] += 1


def _marks_of(said: Said, text: str) -> Iterator[tuple[str, str]]:
    if said.author != "customer" and said.status == UNCERTAIN:
        yield "uncertain", ""
    if said.author == "customer" and said.unmatched and (phrase := phrase_of(text)):
        yield "unmatched", phrase


def _figures_of(conversation: Conversation, basis: Basis) -> Iterator[tuple[str, str]]:
    yield "customer", "new" if conversation.is_new else "returning"
    yield "handled", conversation.handled_by
    if conversation.bot_at is not None and conversation.bot_since is not None:
        yield "bot_s", str(rounded_s(conversation.bot_at - conversation.bot_since))
    if conversation.person_at is not None and conversation.person_since is not None:
        yield "person_s", str(rounded_s(conversation.person_at - conversation.person_since))
        yield "open_s", str(rounded_s(timedelta(seconds=open_s(conversation, basis) or 0)))
    if conversation.closed_at is not None:
        whose = "closed_person_s" if conversation.person_spoke else "closed_bot_s"
        yield whose, str(rounded_s(conversation.closed_at - conversation.opened_at))
