"""The limits of the real service: messages per second, messages per customer, and the 24 h window."""

from datetime import datetime, timedelta

PAIR_INTERVAL = timedelta(seconds=6)
PAIR_BURST = 45
WINDOW = timedelta(hours=24)
_SWEEP_ABOVE = 20_000


class Meter:
    """Allows one event per interval with a burst ahead of it; what was allowed must be paid off in time."""

    def __init__(self) -> None:
        self._paid_until: dict[str, datetime] = {}

    def allows(self, key: str, now: datetime, interval: timedelta, burst: int) -> bool:
        """Counts the event if it is allowed; a refused one costs nothing."""
        paid_until = max(self._paid_until.get(key, now), now)
        if paid_until + interval - now > interval * burst:
            return False
        self._set(key, paid_until + interval, now)
        return True

    def count(self, key: str, now: datetime, interval: timedelta, burst: int) -> None:
        """An event that cannot be refused (inbound) and only fills the bucket."""
        paid_until = max(self._paid_until.get(key, now), now) + interval
        self._set(key, min(paid_until, now + interval * burst), now)

    def _set(self, key: str, paid_until: datetime, now: datetime) -> None:
        if len(self._paid_until) > _SWEEP_ABOVE:
            self._paid_until = {name: at for name, at in self._paid_until.items() if at > now}
        self._paid_until[key] = paid_until


class Windows:
    """Until when free-form messages may go to a person, per number of the business."""

    def __init__(self) -> None:
        self._opened: dict[tuple[str, str], datetime] = {}

    def open(self, pnid: str, person: str, at: datetime) -> None:
        key = (pnid, person)
        self._opened[key] = max(self._opened.get(key, at), at)

    def is_open(self, pnid: str, person: str, now: datetime) -> bool:
        opened = self._opened.get((pnid, person))
        return opened is not None and now - opened < WINDOW

    def opened_at(self, pnid: str, person: str) -> datetime | None:
        return self._opened.get((pnid, person))

    def close(self, pnid: str, person: str) -> None:
        self._opened.pop((pnid, person), None)
