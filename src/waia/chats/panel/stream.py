"""`GET /eventos`: the live updates of one open page, as server-sent events."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, QueryParameter
from litestar.types import ASGIApp, Receive, Scope, Send

from waia.accounts.signed_in import SignedIn
from waia.chats.metrics import CUT
from waia.chats.panel.audience.viewer import Ending, Viewer
from waia.chats.panel.feed import Feed
from waia.chats.panel.listing import read_listing
from waia.chats.panel.live import Live
from waia.kit.render import Page

RETRY_AFTER_S = 5
STREAM_HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
)
REFUSAL_HEADERS = (
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"retry-after", str(RETRY_AFTER_S).encode()),
)
Number = Annotated[int | None, QueryParameter(ge=0)]


@get("/eventos", opt={"page": False, "counts_as_use": False}, include_in_schema=False)
async def events(
    request: Request[Any, Any, Any],
    live: NamedDependency[Live],
    user: NamedDependency[SignedIn],
    page: NamedDependency[Page],
    desde: Number = None,
    epoca: Number = None,
    chat: Number = None,
    busca: FromQuery[bool] = False,
) -> ASGIApp:
    """`desde`, `epoca`: where the page's data stood in the event log. After a cut, Last-Event-ID wins.

    The rest of the address says which list the page shows, as the page's own address does.
    """
    seen = request.headers.get("last-event-id", "")
    since = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else desde
    listing = read_listing(request.query_params, live.zone)
    viewer = Viewer(user=user, language=page.language, chat_id=chat, listing=listing, searching=busca)
    return OpenStream(live, viewer, live.feed(viewer, since, epoca))


routes: Sequence[HTTPRouteHandler] = (events,)


class OpenStream:
    """Sends a feed until it ends, the browser goes away, or a write is blocked for too long."""

    def __init__(self, live: Live, viewer: Viewer, feed: Feed) -> None:
        self._live, self._viewer, self._feed = live, viewer, feed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._live.enter(self._viewer):
            await _refuse(send)
            return
        watch = asyncio.create_task(self._end_when_gone(receive))
        try:
            await self._send_feed(send)
        except TimeoutError:
            CUT.add()
            _cut(receive)
        finally:
            watch.cancel()
            self._live.leave(self._viewer)

    async def _send_feed(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": STREAM_HEADERS})
        async with aclosing(self._feed.messages()) as messages:
            async for text in messages:
                await self._write(send, text.encode(), more=True)
        await self._write(send, b"", more=False)

    async def _write(self, send: Send, body: bytes, *, more: bool) -> None:
        async with asyncio.timeout(self._live.pace.write_limit_s):
            await send({"type": "http.response.body", "body": body, "more_body": more})

    async def _end_when_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._viewer.end(Ending.DISCONNECTED)


async def _refuse(send: Send) -> None:
    """Too many streams, or the server is closing."""
    await send({"type": "http.response.start", "status": 503, "headers": REFUSAL_HEADERS})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _cut(receive: Receive) -> None:
    """Drop the connection: an orderly close would wait for the browser to read what it does not read.

    ASGI has no word for this; uvicorn's `receive` belongs to the object that holds the transport.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is not None:
        transport.abort()
