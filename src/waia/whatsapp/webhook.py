"""`/webhook`: Meta's handshake, and the door through which everything comes in. 200 means stored."""

import asyncio
import hmac
from typing import Any

import structlog
from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.status_codes import HTTP_200_OK, HTTP_400_BAD_REQUEST, HTTP_403_FORBIDDEN

from waia.kit.errors import Unavailable
from waia.kit.failpoints import reach
from waia.settings import Settings
from waia.whatsapp.ingress import Ingress
from waia.whatsapp.signature import is_signed
from waia.whatsapp.split import split

MAX_BODY = 4 * 1024 * 1024
READ_DEADLINE_S = 10.0
SIGNATURE_HEADER = b"x-hub-signature-256"

log = structlog.get_logger()


@get("/webhook", media_type=MediaType.TEXT, opt={"public": True}, sync_to_thread=False)
def verify(request: Request[Any, Any, Any], settings: Given[Settings]) -> Response[str]:
    """Echo Meta's challenge when the token is ours. An unset token refuses."""
    asked = request.query_params
    if not {"hub.mode", "hub.verify_token", "hub.challenge"} <= set(asked):
        return Response("missing hub parameters", status_code=HTTP_400_BAD_REQUEST, media_type=MediaType.TEXT)
    ours = settings.verify_token.encode()
    same = hmac.compare_digest(asked["hub.verify_token"].encode(), ours) and bool(ours)
    if asked["hub.mode"] != "subscribe" or not same:
        return Response("forbidden", status_code=HTTP_403_FORBIDDEN, media_type=MediaType.TEXT)
    return Response(asked["hub.challenge"], media_type=MediaType.TEXT)


@post(
    "/webhook",
    status_code=HTTP_200_OK,
    media_type=MediaType.TEXT,
    request_max_body_size=MAX_BODY,
    opt={"public": True, "csrf": False},
)
async def receive(request: Request[Any, Any, Any], ingress: Given[Ingress]) -> Response[str]:
    """Verify the raw bytes, split, commit, 200. 403 for a wrong signature, 503 when it could not be stored.

    It asks for one dependency only: Litestar starts a task for each of several.
    """
    body = await _read(request)
    if not is_signed(body, _signature(request), ingress.app_secrets):
        log.warning("webhook_refused", reason="signature", size=len(body))
        return Response("bad signature", status_code=HTTP_403_FORBIDDEN, media_type=MediaType.TEXT)
    await ingress.store(body, split(body))
    reach("ingest.before_answer")
    return Response("ok", media_type=MediaType.TEXT)


async def _read(request: Request[Any, Any, Any]) -> bytes:
    try:
        async with asyncio.timeout(READ_DEADLINE_S):
            return await request.body()
    except TimeoutError as error:
        raise Unavailable from error


def _signature(request: Request[Any, Any, Any]) -> bytes | None:
    """The one signature header as bytes; a repeated header is no signature."""
    found = [value for name, value in request.scope["headers"] if name == SIGNATURE_HEADER]
    return found[0] if len(found) == 1 else None


routes = [verify, receive]
