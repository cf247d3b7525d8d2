"""`/webhook`: Meta's handshake, and the door through which everything comes in. 200 means stored.

It speaks ASGI: behind the gate and the error pages of the application like every route, but without the objects that
Litestar makes of a request and its answer, which cost more than all that is done here.
"""

import asyncio
import hmac
from collections.abc import Callable
from http import HTTPStatus
from time import perf_counter
from typing import cast
from urllib.parse import parse_qs

import structlog
from litestar import asgi
from litestar.exceptions import HTTPException, MethodNotAllowedException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.handlers import ASGIRouteHandler
from litestar.types import HTTPScope, Receive, Scope, Send

from waia.kit.errors import Unavailable, WaiaError
from waia.kit.failpoints import reach
from waia.whatsapp.ingress import Ingress
from waia.whatsapp.metrics import ACKS, REFUSED
from waia.whatsapp.signature import is_signed
from waia.whatsapp.split import split

MAX_BODY = 4 * 1024 * 1024
READ_DEADLINE_S = 10.0
SIGNATURE_HEADER = b"x-hub-signature-256"
TEXT = (b"content-type", b"text/plain; charset=utf-8")
METHODS = ("GET", "POST")

log = structlog.get_logger()


class TooLarge(RequestEntityTooLarge):
    """`size`: the bytes that were announced, or that had come when it was too much."""

    def __init__(self, size: int) -> None:
        self.size = size
        super().__init__()


class Gone(Exception):
    """Whoever asked did not wait; nobody is there to be answered."""


def webhook_route(find: Callable[[Scope], tuple[Ingress, str]]) -> ASGIRouteHandler:
    """The signature is the way in, so the route is open to strangers and needs no token of a form.

    `find` says who takes in what comes with a request, and which token Meta's handshake has to name.
    """

    @asgi("/webhook", opt={"public": True, "csrf": False, "methods": METHODS}, copy_scope=False)
    async def webhook(scope: Scope, receive: Receive, send: Send) -> None:
        asked = cast("HTTPScope", scope)
        method, (ingress, verify_token) = asked.get("method"), find(scope)
        if method == "POST":
            await _timed(ingress, asked, receive, send)
        elif method == "GET":
            await _answer(send, *_handshake(asked["query_string"], verify_token.encode()))
        else:
            raise MethodNotAllowedException(headers={"allow": ", ".join(METHODS)})

    return webhook


async def _timed(ingress: Ingress, scope: HTTPScope, receive: Receive, send: Send) -> None:
    began = perf_counter()
    try:
        code = await _take(ingress, scope, receive, send)
    except Gone:
        REFUSED.add("gone")
        return
    except (WaiaError, HTTPException) as error:
        code = error.status if isinstance(error, WaiaError) else error.status_code
        ACKS.observe(perf_counter() - began, str(code))
        raise
    ACKS.observe(perf_counter() - began, str(code))


async def _take(ingress: Ingress, scope: HTTPScope, receive: Receive, send: Send) -> int:
    """Verify the raw bytes, split, commit, 200. 403 for a wrong signature, 503 when it could not be stored."""
    try:
        body = await _read(scope, receive)
    except TooLarge as error:
        ingress.note_oversize(error.size, MAX_BODY, _address(scope))
        raise
    if not is_signed(body, _header(scope, SIGNATURE_HEADER), ingress.app_secrets):
        log.warning("webhook_refused", reason="signature", size=len(body))
        await _answer(send, HTTPStatus.FORBIDDEN, "bad signature")
        await ingress.note_forgery(_address(scope))
        return HTTPStatus.FORBIDDEN.value
    await ingress.store(body, split(body))
    reach("ingest.before_answer")
    await _answer(send, HTTPStatus.OK, "ok")
    return HTTPStatus.OK.value


def _handshake(query: bytes, ours: bytes) -> tuple[HTTPStatus, str]:
    """Echo Meta's challenge when the token is ours. An unset token refuses."""
    asked = {name: values[-1] for name, values in parse_qs(query.decode("latin-1"), keep_blank_values=True).items()}
    if not {"hub.mode", "hub.verify_token", "hub.challenge"} <= set(asked):
        return HTTPStatus.BAD_REQUEST, "missing hub parameters"
    same = hmac.compare_digest(asked["hub.verify_token"].encode(), ours) and bool(ours)
    if asked["hub.mode"] != "subscribe" or not same:
        return HTTPStatus.FORBIDDEN, "forbidden"
    return HTTPStatus.OK, asked["hub.challenge"]


async def _read(scope: HTTPScope, receive: Receive) -> bytes:
    """Raises TooLarge as soon as too much is announced or came, Unavailable when it comes too slowly."""
    announced = _header(scope, b"content-length") or b""
    if announced.isdigit() and int(announced) > MAX_BODY:
        raise TooLarge(int(announced))
    try:
        async with asyncio.timeout(READ_DEADLINE_S):
            return await _whole(receive)
    except TimeoutError as error:
        REFUSED.add("slow")
        raise Unavailable from error


async def _whole(receive: Receive) -> bytes:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        parts.append(message["body"])
        size += len(message["body"])
        if size > MAX_BODY:
            raise TooLarge(size)
        if not message.get("more_body"):
            return b"".join(parts)


def _address(scope: HTTPScope) -> str:
    return scope["client"][0] if scope["client"] else ""


def _header(scope: HTTPScope, wanted: bytes) -> bytes | None:
    """The one header of this name; a repeated one is none."""
    found = [value for name, value in scope["headers"] if name == wanted]
    return found[0] if len(found) == 1 else None


async def _answer(send: Send, status: HTTPStatus, text: str) -> None:
    body = text.encode()
    headers = [TEXT, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
