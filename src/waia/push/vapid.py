"""Says to a push service who sends (RFC 8292): one key for all devices, made once and kept like the secret key."""

import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from waia.kit.secret_key import kept_once
from waia.push import base64url
from waia.settings import SettingError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

FILE_NAME = "push_key"
VALID_FOR = timedelta(hours=12)  # a day at most
RENEW_BEFORE = timedelta(hours=2)
KEY_LENGTH = 32
CURVE_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (FIPS 186-4, D.1.2.3)


class Vapid:
    """Browsers that subscribed know the public key; with another one they would have to agree again.

    `secret` gives the private number. It is asked for, and the package for keys loaded, when a key is first needed.
    """

    def __init__(self, secret: Callable[[], int], contact: str) -> None:
        self._secret, self._contact = secret, contact
        self._tokens: dict[str, tuple[datetime, str]] = {}

    @cached_property
    def public_key(self) -> str:
        from waia.push.sealing import point_of

        return base64url.encode(point_of(self._key.public_key()))

    @cached_property
    def _key(self) -> "EllipticCurvePrivateKey":
        from waia.push.sealing import private_key

        return private_key(self._secret())

    def authorization(self, endpoint: str, now: datetime) -> str:
        """The header for one service; a signature is used again until it grows old."""
        parts = urlsplit(endpoint)
        origin = f"{parts.scheme}://{parts.netloc}"
        until, token = self._tokens.get(origin, (now, ""))
        if until - now < RENEW_BEFORE:
            until = now + VALID_FOR
            token = self._sign(origin, until)
            self._tokens[origin] = until, token
        return f"vapid t={token}, k={self.public_key}"

    def _sign(self, audience: str, until: datetime) -> str:
        from waia.push.sealing import sign

        claims: dict[str, object] = {"aud": audience, "exp": int(until.timestamp())}
        if self._contact:
            claims["sub"] = self._contact
        head = base64url.encode(b'{"typ":"JWT","alg":"ES256"}')
        signed = f"{head}.{base64url.encode(json.dumps(claims).encode())}"
        return f"{signed}.{base64url.encode(sign(self._key, signed.encode()))}"


def open_vapid(configured: str, data_dir: Path, contact: str) -> Vapid:
    """`configured` is `WAIA_PUSH_KEY`; without it the key in the data folder. Raises SettingError."""
    kept = data_dir / FILE_NAME
    where = "WAIA_PUSH_KEY" if configured else str(kept)

    def secret() -> int:
        return _read(configured or kept_once(kept, _new_key).decode("ascii", "replace"), where)

    if configured or kept.exists():
        secret()
    return Vapid(secret, contact)


def _read(text: str, where: str) -> int:
    """The private number. Raises SettingError."""
    try:
        raw = base64url.decode(text.strip())
    except ValueError:
        raw = b""
    number = int.from_bytes(raw, "big")
    if len(raw) != KEY_LENGTH or not 0 < number < CURVE_ORDER:
        raise SettingError(f"{where} is no key for notifications: remove it, and a new one is made")
    return number


def _new_key() -> str:
    return base64url.encode((secrets.randbelow(CURVE_ORDER - 1) + 1).to_bytes(KEY_LENGTH, "big"))
