"""Says to a push service who sends (RFC 8292): one key for all devices, made once and kept like the secret key."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from waia.kit.secret_key import kept_once
from waia.push import base64url
from waia.push.sealing import CURVE, point_of
from waia.settings import SettingError

FILE_NAME = "push_key"
VALID_FOR = timedelta(hours=12)  # a day at most
RENEW_BEFORE = timedelta(hours=2)
KEY_LENGTH = 32


class Vapid:
    """Browsers that subscribed know the public key; with another one they would have to agree again."""

    def __init__(self, private_key: ec.EllipticCurvePrivateKey, contact: str) -> None:
        self._key, self._contact = private_key, contact
        self._tokens: dict[str, tuple[datetime, str]] = {}

    @property
    def public_key(self) -> str:
        return base64url.encode(point_of(self._key.public_key()))

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
        claims: dict[str, object] = {"aud": audience, "exp": int(until.timestamp())}
        if self._contact:
            claims["sub"] = self._contact
        head = base64url.encode(b'{"typ":"JWT","alg":"ES256"}')
        signed = f"{head}.{base64url.encode(json.dumps(claims).encode())}"
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{base64url.encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def open_vapid(configured: str, data_dir: Path, contact: str) -> Vapid:
    """`configured` is `WAIA_PUSH_KEY`; without it the key in the data folder. Raises SettingError."""
    text = configured or kept_once(data_dir / FILE_NAME, _new_key).decode("ascii", "replace")
    try:
        raw = base64url.decode(text.strip())
        if len(raw) != KEY_LENGTH:
            raise ValueError("wrong length")
        key = ec.derive_private_key(int.from_bytes(raw, "big"), CURVE())
    except ValueError:
        where = "WAIA_PUSH_KEY" if configured else str(data_dir / FILE_NAME)
        raise SettingError(f"{where} is no key for notifications: remove it, and a new one is made") from None
    return Vapid(key, contact)


def _new_key() -> str:
    number = ec.generate_private_key(CURVE()).private_numbers().private_value
    return base64url.encode(number.to_bytes(KEY_LENGTH, "big"))
