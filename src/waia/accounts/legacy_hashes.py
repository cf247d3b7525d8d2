"""Checks the three password formats of the original: Werkzeug's pbkdf2 and scrypt, and plain SHA-256."""

import hashlib
import hmac
import re

PLAIN_SHA256 = re.compile(r"[0-9a-fA-F]{64}")
# Bounds for stored parameters, so that an odd row cannot stall the machine.
MOST_ITERATIONS = 5_000_000
MOST_MEMORY = 256 * 1024 * 1024
DEFAULT_SCRYPT = ("32768", "8", "1")
DEFAULT_ITERATIONS = 1_000_000


def is_legacy(stored: str) -> bool:
    return stored.startswith(("pbkdf2:", "scrypt:", "scrypt$")) or PLAIN_SHA256.fullmatch(stored) is not None


def legacy_matches(password: str, stored: str) -> bool:
    """Constant in time for the format; a row that cannot be read matches nothing."""
    if PLAIN_SHA256.fullmatch(stored):
        return hmac.compare_digest(hashlib.sha256(password.encode()).hexdigest(), stored.lower())
    try:
        method, salt, expected = stored.split("$", 2)
        return hmac.compare_digest(_derive(method.split(":"), password.encode(), salt.encode()), expected)
    except (ValueError, TypeError, OverflowError, MemoryError):
        return False


def _derive(method: list[str], password: bytes, salt: bytes) -> str:
    if method[0] == "scrypt":
        return _scrypt([*method[1:], *DEFAULT_SCRYPT[len(method) - 1 :]], password, salt)
    return _pbkdf2(method[1], method[2:], password, salt)


def _scrypt(parameters: list[str], password: bytes, salt: bytes) -> str:
    n, r, p = (int(value) for value in parameters)
    memory = 132 * n * r * p
    if memory > MOST_MEMORY:
        raise ValueError("more memory than a password hash needs")
    return hashlib.scrypt(password, salt=salt, n=n, r=r, p=p, maxmem=memory, dklen=64).hex()


def _pbkdf2(digest: str, parameters: list[str], password: bytes, salt: bytes) -> str:
    iterations = int(parameters[0]) if parameters else DEFAULT_ITERATIONS
    if iterations > MOST_ITERATIONS:
        raise ValueError("more iterations than a password hash needs")
    return hashlib.pbkdf2_hmac(digest, password, salt, iterations).hex()
