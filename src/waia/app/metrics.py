"""`GET /metrics`: for a Prometheus that knows the token; for everybody else there is no such page.

Behind a proxy every request comes from loopback, so on waia's own port the address proves nothing: without
METRICS_TOKEN the answer is 404. METRICS_PORT is a door of its own, which no proxy leads to.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus
from typing import Any

import uvicorn
from litestar import Request, Response, get
from litestar.datastructures import Headers
from litestar.di import NamedDependency as Given
from litestar.types import HTTPScope, Receive, Scope, Send

from waia.app.gauges import metrics_text
from waia.app.parts import Parts
from waia.app.sockets import listen
from waia.kit.errors import NotFound
from waia.kit.metrics import MEDIA_TYPE
from waia.kit.security import constant_time_equal, is_local
from waia.settings import Settings

PATH = "/metrics"
SCHEME = "bearer "
WHO_ARE_YOU = {"www-authenticate": "Bearer"}


@get(PATH, opt={"public": True, "page": False}, include_in_schema=False)
async def metrics(request: Request[Any, Any, Any], parts: Given[Parts]) -> Response[bytes]:
    """Raises NotFound where no token was set."""
    if not parts.settings.metrics_token:
        raise NotFound
    if not _knows_token(request.headers, parts.settings):
        return Response(b"", status_code=HTTPStatus.UNAUTHORIZED, headers=WHO_ARE_YOU)
    return Response((await metrics_text(parts)).encode(), media_type=MEDIA_TYPE)


routes = [metrics]


@asynccontextmanager
async def own_door(parts: Parts) -> AsyncIterator[None]:
    """Listens on METRICS_PORT for the time of the block. Raises SettingError when somebody else has the port."""
    settings = parts.settings
    if not settings.metrics_port:
        yield
        return
    listener = listen("METRICS_PORT", settings.metrics_host, int(settings.metrics_port))
    config = uvicorn.Config(
        _door(parts), lifespan="off", ws="none", log_config=None, access_log=False, server_header=False,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = _Quiet(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


class _Quiet(uvicorn.Server):
    """Leaves the signals to the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _door(parts: Parts) -> Any:
    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        asked: HTTPScope = scope  # type: ignore[assignment]
        if asked["path"] != PATH or asked["method"] != "GET":
            await _answer(send, HTTPStatus.NOT_FOUND)
        elif not _may_look(asked, parts.settings):
            await _answer(send, HTTPStatus.UNAUTHORIZED, headers=WHO_ARE_YOU)
        else:
            await _answer(
                send,
                HTTPStatus.OK,
                (await metrics_text(parts)).encode(),
                {"content-type": f"{MEDIA_TYPE}; charset=utf-8"},
            )

    return door


def _may_look(scope: HTTPScope, settings: Settings) -> bool:
    """Without a token only who speaks to this machine by its own name: not a browser led here by a foreign one."""
    return _knows_token(Headers.from_scope(scope), settings) if settings.metrics_token else is_local(scope)


def _knows_token(headers: Headers, settings: Settings) -> bool:
    told = headers.get("authorization", "")
    scheme, token = told[: len(SCHEME)].lower(), told[len(SCHEME) :].strip()
    return constant_time_equal(token, settings.metrics_token) and scheme == SCHEME


async def _answer(send: Send, status: HTTPStatus, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
    told = {"content-length": str(len(body)), "cache-control": "no-store", **(headers or {})}
    encoded = [(name.encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": int(status), "headers": encoded})
    await send({"type": "http.response.body", "body": body, "more_body": False})
