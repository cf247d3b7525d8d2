"""How fast a number may send, and when it must not: Meta's rates, pauses after errors, a stop for token trouble."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from waia.kit.clock import has_come
from waia.whatsapp.answers import Outcome, Refused, Retry, Sent, Stopped
from waia.whatsapp.errors import Scope

ROUNDING = 1e-3
PAIR_BURST = 45.0
PAIR_SECONDS = 6.0
BREAKER_AFTER = 5
BREAKER_PAUSE = timedelta(seconds=15)
STOP_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=5)  # then one message asks whether it still holds


@dataclass(slots=True)
class _Number:
    tokens: float
    filled_at: datetime
    not_before: datetime | None = None
    failures: int = 0


@dataclass(slots=True)
class NumberThrottle:
    """Per number of ours: a bucket of one second's messages, and the time before which nothing is sent."""

    per_second: float
    _numbers: dict[str, _Number] = field(default_factory=dict)

    def wait(self, number: str, now: datetime) -> datetime | None:
        """Take the right to send one message now (None), or say when to ask again."""
        state = self._state(number, now)
        if state.not_before and self.is_paused(number, now):
            return state.not_before
        elapsed = max((now - state.filled_at).total_seconds(), 0.0)
        state.tokens = min(self.per_second, state.tokens + elapsed * self.per_second)
        state.filled_at = now
        if state.tokens < 1 - ROUNDING:
            return now + timedelta(seconds=(1 - state.tokens) / self.per_second)
        state.tokens -= 1
        if state.failures >= BREAKER_AFTER:
            state.not_before = now + BREAKER_PAUSE  # half open: this one is the probe
        return None

    def is_paused(self, number: str, now: datetime) -> bool:
        """After trouble, or because Meta asked for it: nothing is sent for a while."""
        state = self._numbers.get(number)
        return bool(state and state.not_before and not has_come(state.not_before, now, LONGEST_PAUSE))

    def paused(self, now: datetime) -> int:
        """How many numbers pause."""
        return sum(self.is_paused(number, now) for number in self._numbers)

    def learn(self, number: str, outcome: Outcome, now: datetime) -> None:
        """What one answer says about the whole number."""
        match outcome:
            case Sent() | Refused():
                self.answered(number, now)
            case Retry(code=int()):
                self.slow_down(number, outcome.scope, outcome.after_s, now)
            case Stopped():
                self.stop(number, now)
            case _:
                self.troubled(number, now)

    def answered(self, number: str, now: datetime) -> None:
        """Meta answered properly: whatever was wrong is over."""
        state = self._state(number, now)
        state.failures, state.not_before = 0, None

    def troubled(self, number: str, now: datetime) -> None:
        """No proper answer; after several in a row the number pauses, and then one message probes."""
        state = self._state(number, now)
        state.failures += 1
        if state.failures >= BREAKER_AFTER:
            state.not_before = now + BREAKER_PAUSE

    def slow_down(self, number: str, scope: Scope, after_s: float | None, now: datetime) -> None:
        """Meta asked the whole number (or app) to slow down."""
        if scope is not Scope.CHAT:
            self._state(number, now).not_before = now + min(timedelta(seconds=after_s or 1.0), LONGEST_PAUSE)

    def stop(self, number: str, now: datetime) -> None:
        """Token or account trouble: the queue is kept, and one message asks again from time to time."""
        self._state(number, now).not_before = now + STOP_PAUSE

    def _state(self, number: str, now: datetime) -> _Number:
        return self._numbers.setdefault(number, _Number(self.per_second, now))


def pair_tokens(tokens: float, at: datetime | None, now: datetime) -> float:
    """Messages that may go to one customer now: 45 at once, then one every 6 s."""
    if at is None or at > now:  # never used, or before the clock was set back
        return PAIR_BURST
    return min(PAIR_BURST, tokens + (now - at).total_seconds() / PAIR_SECONDS)


def next_pair_token(tokens: float, now: datetime) -> datetime:
    return now + timedelta(seconds=(1 - tokens) * PAIR_SECONDS)
