"""How fast a number may send, and when it must not: Meta's rates, pauses after errors, a stop for token trouble."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from waia.kit.clock import has_come
from waia.kit.db import Database, Transaction
from waia.whatsapp.answers import Outcome, Refused, Retry, Sent, Stopped
from waia.whatsapp.errors import Scope
from waia.whatsapp.pace_repository import Pace, hold_paces, keep_paces

ROUNDING = 1e-3
PAIR_BURST = 45.0
PAIR_SECONDS = 6.0
BREAKER_AFTER = 5
BREAKER_PAUSE = timedelta(seconds=15)
STOP_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=5)  # then one message asks whether it still holds
CLOCKS_DIFFER = timedelta(seconds=5)
log = structlog.get_logger()


@dataclass(slots=True)
class NumberThrottle:
    """Per number of ours: a bucket of one second's messages, and the time before which nothing is sent.

    Where several processes may send, what is known of a number is a row, and `wait` stands between `hold` and `keep` in
    one transaction. SQLite has one sender, which keeps it in memory.
    """

    per_second: float
    database: Database
    _paces: dict[str, Pace] = field(default_factory=dict)

    async def hold(self, tx: Transaction, numbers: Collection[str], now: datetime) -> None:
        """Other senders wait for these numbers until the end of the transaction."""
        if numbers and not self.database.is_sqlite:
            self._paces |= await hold_paces(tx, numbers, self._fresh(now))

    async def keep(self, tx: Transaction, numbers: Collection[str]) -> None:
        if numbers and not self.database.is_sqlite:
            await keep_paces(tx, {number: self._paces[number] for number in sorted(numbers)})

    def wait(self, number: str, now: datetime) -> datetime | None:
        """Take the right to send one message now (None), or say when to ask again."""
        pace = self._pace(number, now)
        if pace.not_before and self.is_paused(number, now):
            return pace.not_before
        self._fill(pace, now)
        if pace.tokens < 1 - ROUNDING:
            return now + timedelta(seconds=(1 - pace.tokens) / self.per_second)
        pace.tokens -= 1
        if pace.failures >= BREAKER_AFTER:
            pace.not_before = now + BREAKER_PAUSE  # half open: this one is the probe
        return None

    def is_paused(self, number: str, now: datetime) -> bool:
        """After trouble, or because Meta asked for it: nothing is sent for a while."""
        pace = self._paces.get(number)
        return bool(pace and pace.not_before and not has_come(pace.not_before, now, LONGEST_PAUSE))

    def paused(self, now: datetime) -> int:
        """How many numbers pause, as far as this process knows."""
        return sum(self.is_paused(number, now) for number in self._paces)

    async def learn(self, number: str, outcome: Outcome, now: datetime) -> None:
        """What one answer says about the whole number, told to all who send."""
        if self._tells_nothing(number, outcome, now):
            return
        if self.database.is_sqlite:
            judge(self._pace(number, now), outcome, now)
            return

        async def note(tx: Transaction) -> None:
            await self.hold(tx, [number], now)
            judge(self._paces[number], outcome, now)
            await self.keep(tx, [number])

        try:
            await self.database.run(note)
        except Exception as error:  # noqa: BLE001  # what Meta said of the message counts more, and is still to record
            log.warning("pace_not_noted", number=number, error=type(error).__name__)

    def _tells_nothing(self, number: str, outcome: Outcome, now: datetime) -> bool:
        pace = self._pace(number, now)
        if isinstance(outcome, Sent | Refused):
            return not pace.failures and pace.not_before is None
        return isinstance(outcome, Retry) and outcome.code is not None and outcome.scope is Scope.CHAT

    def _fill(self, pace: Pace, now: datetime) -> None:
        """The clock of another machine may be a little ahead: what it filled is not filled again."""
        if timedelta() <= pace.filled_at - now < CLOCKS_DIFFER:
            return
        elapsed = max((now - pace.filled_at).total_seconds(), 0.0)
        pace.tokens = min(self.per_second, pace.tokens + elapsed * self.per_second)
        pace.filled_at = now

    def _pace(self, number: str, now: datetime) -> Pace:
        return self._paces.setdefault(number, self._fresh(now))

    def _fresh(self, now: datetime) -> Pace:
        return Pace(self.per_second, now)


def judge(pace: Pace, outcome: Outcome, now: datetime) -> None:
    """Lets the number go on, slows it down, or stops it."""
    match outcome:
        case Sent() | Refused():  # Meta answered properly: whatever was wrong is over
            pace.failures, pace.not_before = 0, None
        case Retry(code=int(), scope=Scope.CHAT):
            pass
        case Retry(code=int()):  # Meta asked the whole number (or app) to slow down
            pace.not_before = now + min(timedelta(seconds=outcome.after_s or 1.0), LONGEST_PAUSE)
        case Stopped():  # token or account trouble: the queue is kept, and one message asks again from time to time
            pace.not_before = now + STOP_PAUSE
        case _:  # no proper answer; after several in a row the number pauses, and then one message probes
            pace.failures += 1
            if pace.failures >= BREAKER_AFTER:
                pace.not_before = now + BREAKER_PAUSE


def pair_tokens(tokens: float, at: datetime | None, now: datetime) -> float:
    """Messages that may go to one customer now: 45 at once, then one every 6 s."""
    if at is None or at > now:  # never used, or before the clock was set back
        return PAIR_BURST
    return min(PAIR_BURST, tokens + (now - at).total_seconds() / PAIR_SECONDS)


def next_pair_token(tokens: float, now: datetime) -> datetime:
    return now + timedelta(seconds=(1 - tokens) * PAIR_SECONDS)
