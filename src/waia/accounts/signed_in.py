"""The person behind a request, as every other part of waia sees them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One user in one browser. Roles are those of at most five seconds ago."""

    id: int
    username: str
    name: str
    role_ids: frozenset[int]
    role_keywords: frozenset[str]
    is_admin: bool
    login_id: int
    csrf_token: str
    language: str
    must_change_password: bool
    is_away: bool = False
    theme: str = ""


@dataclass(frozen=True, slots=True)
class LoginTimes:
    """When a login began, was last used, and when its password was last typed."""

    created_at: datetime
    last_seen_at: datetime
    confirmed_at: datetime

    def has_ended(self, now: datetime, idle: timedelta, longest: timedelta) -> bool:
        return now - self.last_seen_at >= idle or now - self.created_at >= longest
