"""Stops hearing for a while when it takes too long, and tries again by itself. Pure: the time is an argument."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

RECENT, ENOUGH = 5, 3
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Leave:
    """To hear one note; a trial decides whether others follow."""

    is_trial: bool


@dataclass(slots=True)
class Breaker:
    """`limit_s` is the average of the last few notes, but the slowest, above which it opens; 0: it never does.

    After the pause one note is tried: quick enough, and all is well; too slow, and the pause is twice as long.
    """

    limit_s: float
    until: datetime | None = None
    _took_s: "deque[float]" = field(default_factory=lambda: deque(maxlen=RECENT))
    _pause: timedelta = FIRST_PAUSE
    _trying: bool = False

    def begin(self, now: datetime) -> Leave | None:
        """None: a note that comes now is not heard. A leave is given back to `end`, whatever becomes of the note."""
        if self.until is None:
            return Leave(is_trial=False)
        if self._trying or now < self.until:
            return None
        self._trying = True
        return Leave(is_trial=True)

    def end(self, leave: Leave, took_s: float | None, now: datetime) -> None:
        """`took_s` None: it was not heard to its end, so it says nothing."""
        if leave.is_trial:
            self._trying = False
        if took_s is None or not self.limit_s:
            return
        if leave.is_trial:
            self._judge(took_s, now)
        elif self.until is None:
            self._count(took_s, now)

    def _count(self, took_s: float, now: datetime) -> None:
        self._took_s.append(took_s)
        usual = sorted(self._took_s)[:-1]  # one slow note is an accident
        if len(usual) >= ENOUGH - 1 and sum(usual) / len(usual) > self.limit_s:
            self._open(now)

    def _judge(self, took_s: float, now: datetime) -> None:
        if took_s > self.limit_s:
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            self._open(now)
        else:
            self.until, self._pause = None, FIRST_PAUSE

    def _open(self, now: datetime) -> None:
        self.until = now + self._pause
        self._took_s.clear()
