"""Bytes as Meta writes them: compact JSON with `\\u` and `\\/` escapes, signed over exactly these bytes."""

import hashlib
import hmac
import json
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


def encode(payload: Json) -> bytes:
    """A slash occurs in JSON only inside strings, so a plain replacement is safe."""
    return json.dumps(payload, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def signature(body: bytes, app_secret: str) -> str:
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def old_signature(body: bytes, app_secret: str) -> str:
    """The SHA-1 header that Meta still sends beside the real one."""
    return "sha1=" + hmac.new(app_secret.encode(), body, hashlib.sha1).hexdigest()


def utf16_length(text: str) -> int:
    """Meta does not say what it counts; UTF-16 units are the stricter reading (an emoji counts two)."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
