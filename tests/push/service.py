"""A push service on loopback: it checks who sends, opens what browsers would open, and answers as it is told."""

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import http_ece  # type: ignore[import-untyped]
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@dataclass(frozen=True)
class Arrived:
    """One notification as the browser reads it."""

    device: str
    told: dict[str, Any]
    headers: Mapping[str, str]
    sealed: bytes


@dataclass
class PushService:
    """`answers`: statuses for the next requests, first to last; then 201."""

    port: int = 0
    answers: list[int] = field(default_factory=list)
    arrived: list[Arrived] = field(default_factory=list)
    refused: int = 0
    key: str = ""
    _devices: dict[str, "Browser"] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def browser(self, name: str) -> dict[str, Any]:
        """What `PushSubscription.toJSON()` of a new browser says."""
        browser = self._devices[name] = Browser()
        return {"endpoint": f"{self.origin}/send/{name}", "expirationTime": None, "keys": browser.keys}

    def told(self, name: str) -> list[str]:
        return [one.told["body"] for one in self.arrived if one.device == name]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = dict(_header(line) for line in head[1:-2])
            body = await reader.readexactly(int(headers["content-length"]))
            status = self._take(head[0].split()[1], headers, body)
            writer.write(f"HTTP/1.1 {status} x\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
        finally:
            writer.close()

    def _take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        status = self.answers.pop(0) if self.answers else 201
        if status != 201:
            self.refused += 1
            return status
        name = path.rpartition("/")[2]
        self.key = check_sender(headers["authorization"], self.origin)
        told = json.loads(self._devices[name].open(body))
        self.arrived.append(Arrived(name, told, headers, body))
        return status


class Browser:
    """The keys of one subscription."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)

    @property
    def keys(self) -> dict[str, str]:
        point = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": _encode(point), "auth": _encode(self._auth)}

    def open(self, sealed: bytes) -> bytes:
        """By another's implementation of the same standard."""
        opened: bytes = http_ece.decrypt(sealed, private_key=self._private, auth_secret=self._auth, version="aes128gcm")
        return opened


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    service = PushService()
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    service.port = server.sockets[0].getsockname()[1]
    async with server:
        yield service


def check_sender(authorization: str, audience: str) -> str:
    """RFC 8292: a signed word of whoever holds the key that browsers subscribed with; that key."""
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "vapid"
    token, key = (part.strip().partition("=")[2] for part in rest.split(","))
    head, claims, signature = token.split(".")
    raw = _decode(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decode(key))
    public.verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    said = json.loads(_decode(claims))
    assert json.loads(_decode(head)) == {"typ": "JWT", "alg": "ES256"}
    assert said["aud"] == audience
    assert 0 < said["exp"] - datetime.now(UTC).timestamp() < 86_400
    assert said.get("sub", "mailto:").startswith(("mailto:", "https://"))
    return key


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(": ")
    return name.lower(), value


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
