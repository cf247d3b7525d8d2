"""The CSRF token of forms sent before anybody is signed in, bound to a signed cookie that lives for hours."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from waia.kit.security import constant_time_equal

LIFETIME = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Seal:
    """`cookie` goes to the browser, `token` into the form."""

    cookie: str
    token: str


class FormSeals:
    def __init__(self, key: bytes) -> None:
        self._key = hmac.digest(key, b"login form", "sha256")

    def issue(self, now: datetime) -> Seal:
        stamped = f"{secrets.token_urlsafe(16)}.{int(now.timestamp())}"
        return Seal(f"{stamped}.{self._sign('cookie', stamped)}", self._sign("form", stamped))

    def read(self, cookie: str | None, now: datetime) -> Seal | None:
        """The seal that this cookie came from; None if it is not ours, or too old."""
        stamped, _, signature = (cookie or "").rpartition(".")
        if not constant_time_equal(signature, self._sign("cookie", stamped)):
            return None
        age = now.timestamp() - int(stamped.rpartition(".")[2])
        return Seal(cookie or "", self._sign("form", stamped)) if age < LIFETIME.total_seconds() else None

    def _sign(self, purpose: str, stamped: str) -> str:
        message = f"{purpose}:{stamped}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()
