"""Meta's signature: HMAC-SHA256 over the raw request bytes, in `X-Hub-Signature-256`."""

import hmac
from collections.abc import Sequence

PREFIX = b"sha256="


def is_signed(body: bytes, header: bytes | None, secrets: Sequence[bytes]) -> bool:
    """Whether any of the secrets (current and previous) signed exactly these bytes; never raises.

    Compared as bytes: `compare_digest` on text raises on anything outside ASCII.
    """
    if header is None:
        return False
    verdicts = [hmac.compare_digest(_signature(body, secret), header) for secret in secrets if secret]
    return any(verdicts)


def sign(body: bytes, secret: bytes) -> str:
    return _signature(body, secret).decode("ascii")


def _signature(body: bytes, secret: bytes) -> bytes:
    return PREFIX + hmac.digest(secret, body, "sha256").hex().encode("ascii")
