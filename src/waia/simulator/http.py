"""One request to the Graph API and one answer, without a framework between: some answers must be broken."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import parse_qsl

from litestar.types import Receive, Scope, Send

from waia.simulator.graph_errors import GraphError
from waia.simulator.wire import Json

BODY_MAX = 110 * 1024 * 1024
SEVER = "simulator.sever"
"""Key in the scope's `extensions` where a server offers `reset`, which resets its connection."""


@dataclass(frozen=True, slots=True)
class Request:
    """`segments` is the path below the mount; `base_url` is where the mount is."""

    method: str
    path: str
    segments: tuple[str, ...]
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    base_url: str

    def json(self) -> Json:
        if not self.body:
            return {}
        try:
            told = json.loads(self.body)
        except (ValueError, RecursionError):
            raise GraphError(100, "The request body is not valid JSON.") from None
        if not isinstance(told, dict):
            raise GraphError(100, "The request body must be a JSON object.")
        return told


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    status: int = 200
    content_type: str = "application/json; charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer in pieces; `length` is what it claims, None for chunked."""

    pieces: AsyncIterator[bytes]
    length: int | None
    content_type: str = "application/json; charset=UTF-8"
    status: int = 200


@dataclass(frozen=True, slots=True)
class Cut:
    """No answer: the connection is reset."""

    status: None = None


Outcome = Answer | Stream | Cut


def ok(told: Json, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return Answer(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"), status, headers=headers or {})


async def read_request(scope: Scope, receive: Receive) -> Request:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    path = scope["path"].rstrip("/")
    return Request(
        method=str(scope.get("method", "GET")),
        path=path,
        segments=tuple(segment for segment in path.split("/") if segment),
        query=dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
        headers=headers,
        body=await _read_body(receive),
        base_url=_base_url(scope, headers, path),
    )


async def write(outcome: Outcome, scope: Scope, receive: Receive, send: Send) -> None:
    if isinstance(outcome, Cut):
        await _sever(scope, receive, send)
    elif isinstance(outcome, Stream):
        await _write_stream(outcome, receive, send)
    else:
        headers = {"content-length": str(len(outcome.body)), **outcome.headers}
        await _start(send, outcome.status, outcome.content_type, headers)
        await send({"type": "http.response.body", "body": outcome.body, "more_body": False})


async def _read_body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message["body"])
        size += len(message["body"])
        if size > BODY_MAX:
            raise GraphError(131053, "The request is too large.", http=413)
        if not message["more_body"]:
            break
    return b"".join(parts)


def _base_url(scope: Scope, headers: dict[str, str], path: str) -> str:
    """The raw path still has the prefix that routing took away."""
    raw = scope["raw_path"].decode("latin-1").partition("?")[0].rstrip("/")
    prefix = raw.removesuffix(path) if path else raw
    return f"{scope['scheme']}://{headers.get('host', 'localhost')}{prefix}"


async def _start(send: Send, status: int, content_type: str, headers: dict[str, str]) -> None:
    told = {"content-type": content_type, "facebook-api-version": "v25.0", **headers}
    pairs = [(name.encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})


async def _sever(scope: Scope, receive: Receive, send: Send) -> None:
    """A reset if the server offers it; else an answer that breaks off after its head."""
    offer = (scope.get("extensions") or {}).get(SEVER)
    if offer is None:
        await _start(send, 200, "application/json", {"content-length": "512"})
        return
    cast(Callable[[], None], offer["reset"])()
    await _wait_until_gone(receive)


async def _write_stream(stream: Stream, receive: Receive, send: Send) -> None:
    """Stops when the other side has gone, which an endless answer relies on."""
    gone = asyncio.ensure_future(_wait_until_gone(receive))
    length = {} if stream.length is None else {"content-length": str(stream.length)}
    written = 0
    try:
        await _start(send, stream.status, stream.content_type, length)
        async for piece in stream.pieces:
            if gone.done():
                return
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            written += len(piece)
            await asyncio.sleep(0)
        if stream.length in (None, written):
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        gone.cancel()


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
