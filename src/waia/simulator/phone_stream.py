"""`GET /simulador/eventos`: the phone page follows its world, one fragment for each burst of changes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from litestar.response import Stream

from waia.kit.render import Page
from waia.settings import Settings
from waia.simulator.phone_acts import handset_of
from waia.simulator.phone_view import phone_of
from waia.simulator.world import World

GATHER_S = 0.08
HEARTBEAT_S = 15.0
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
Closing = asyncio.Event


@get("/eventos", opt={"page": False, "counts_as_use": False}, include_in_schema=False)
async def changes(
    request: Request[Any, Any, Any],
    world: NamedDependency[World],
    closing: NamedDependency[Closing],
    page: NamedDependency[Page],
    settings: NamedDependency[Settings],
    cliente: Annotated[str, QueryParameter(max_length=80)],
    desde: Annotated[int, QueryParameter(ge=0)] = 0,
) -> Stream:
    """`desde` is the version that the page shows; after a cut, Last-Event-ID wins."""
    handset, seen = handset_of(world, cliente), request.headers.get("last-event-id", "")
    since = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else desde

    def draw() -> tuple[int, str]:
        phone = phone_of(world, cliente, handset.pnid, settings.timezone)
        return phone.version, page.text("simulator/changes.html", phone=phone)

    return Stream(_messages(world, closing, since, draw), media_type="text/event-stream", headers=HEADERS)


async def _messages(
    world: World, closing: Closing, since: int, draw: Callable[[], tuple[int, str]]
) -> AsyncIterator[str]:
    """A version beyond ours is that of a world before this one: draw at once. The clock moves without news."""
    version = since if since <= world.changed.version else -1
    while not closing.is_set():
        await _news_or_a_while(world, closing, version)
        await asyncio.sleep(GATHER_S)
        version, html = draw()
        yield _event(version, html)


async def _news_or_a_while(world: World, closing: Closing, version: int) -> None:
    waits = [asyncio.ensure_future(world.changed.after(version)), asyncio.ensure_future(closing.wait())]
    try:
        await asyncio.wait(waits, timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def _event(version: int, html: str) -> str:
    lines = "".join(f"data: {line}\n" for line in html.replace("\r", "").split("\n"))
    return f"id: {version}\n{lines}\n"


stream: list[HTTPRouteHandler] = [changes]
