"""`/simulador`: the phone of the demo's customers, in the browser. Mounted in the demo only."""

import asyncio
from typing import Any

from litestar import Router
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.handlers.base import BaseRouteHandler

from waia.kit.errors import SignInNeeded
from waia.kit.security import is_local
from waia.simulator.phone_acts import acts
from waia.simulator.phone_files import files
from waia.simulator.phone_pages import pages
from waia.simulator.phone_stream import stream
from waia.simulator.world import World


def phone_routes(world: World, closing: asyncio.Event | None = None) -> list[Router]:
    """`closing` ends the open streams when the server stops."""
    ending = closing or asyncio.Event()
    dependencies = {
        "world": Provide(lambda: world, sync_to_thread=False),
        "closing": Provide(lambda: ending, sync_to_thread=False),
    }
    return [
        Router(
            "/simulador",
            route_handlers=[*pages, *acts, *files, *stream],
            dependencies=dependencies,
            guards=[only_here_or_signed_in],
            opt={"public": True, "knows_user": True},
        )
    ]


def only_here_or_signed_in(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """On the machine of the demo anybody may hold the phone; from elsewhere only who is signed in."""
    if connection.scope.get("user") is None and not is_local(connection.scope):
        raise SignInNeeded
