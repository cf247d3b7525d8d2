"""A webhook endpoint on loopback that checks signatures and answers as it is told."""

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from waia.simulator.pulse import Pulse

SECRET = "test-app-secret"
VERIFY_TOKEN = "test-verify-token"


@dataclass
class Receiver:
    """`answers` are the statuses for the next POSTs, then 200. `bodies` holds rightly signed ones only."""

    answers: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    forged: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    most_at_once: int = 0
    gate: asyncio.Event | None = None
    changed: Pulse = field(default_factory=Pulse)
    _now: int = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] == "GET":
            await _answer(send, *_handshake(parse_qs(scope["query_string"].decode())))
            return
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        status = await self._receive(scope, await _body(receive))
        self._now -= 1
        await _answer(send, status)

    async def _receive(self, scope: Any, body: bytes) -> int:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        expected = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        right = headers["x-hub-signature-256"] == expected
        (self.bodies if right else self.forged).append(body)
        self.headers.append(headers)
        self.changed.beat()
        if self.gate is not None:
            await self.gate.wait()
        if not right:
            return 403
        return self.answers.pop(0) if self.answers else 200

    def values(self) -> list[dict[str, Any]]:
        """The `value` of every change of every POST, in order of arrival."""
        return [
            change["value"]
            for body in self.bodies
            for entry in json.loads(body).get("entry", [])
            for change in entry["changes"]
        ]

    def messages(self) -> list[dict[str, Any]]:
        return [message for value in self.values() for message in value.get("messages", [])]

    def statuses(self) -> list[dict[str, Any]]:
        return [status for value in self.values() for status in value.get("statuses", [])]

    def texts(self) -> list[str]:
        return [message["text"]["body"] for message in self.messages()]


def _handshake(query: dict[str, list[str]]) -> tuple[int, bytes]:
    if query["hub.mode"] == ["subscribe"] and query["hub.verify_token"] == [VERIFY_TOKEN]:
        return 200, query["hub.challenge"][0].encode()
    return 403, b""


async def _body(receive: Any) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body


async def _answer(send: Any, status: int, body: bytes = b"") -> None:
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
