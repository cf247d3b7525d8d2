"""Two clocks: business time can be moved or frozen, real time cannot."""

from datetime import UTC, datetime, timedelta


def has_come(at: datetime, now: datetime, longest: timedelta) -> bool:
    """Whether `at` is over. What lies farther ahead than anybody ever waits was written before the clock went back."""
    return at <= now or at > now + longest


class Clock:
    """Business time drives sessions, windows and message times; real time drives leases, retries and logins.

    `frozen_at` (setting `WAIA_CLOCK`) stops business time for a test; `advance` moves it for the time machine.
    """

    def __init__(self, frozen_at: datetime | None = None) -> None:
        self.offset = timedelta()
        self._frozen_at = frozen_at

    def business(self) -> datetime:
        return (self._frozen_at or self.real()) + self.offset

    def real(self) -> datetime:
        return datetime.now(UTC)

    def advance(self, by: timedelta) -> None:
        self.offset += by
