"""The phone page in a browser without scripts, for tests."""

import asyncio
import html
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from litestar import Litestar, Request, Response
from litestar.di import Provide

from tests.simulator.graph import PNID, Graph
from waia.kit.clock import Clock
from waia.kit.errors import WaiaError
from waia.kit.render import Page, Pages
from waia.settings import load_settings
from waia.simulator import World
from waia.simulator.phone import phone_routes

BUTTONS = {
    "type": "button",
    "body": {"text": "¿Seguimos?"},
    "action": {"buttons": [{"type": "reply", "reply": {"id": "b1", "title": "Sí, claro"}}]},
}


@dataclass
class PhonePage:
    """Ana's phone in a browser without scripts."""

    http: httpx.AsyncClient
    world: World
    graph: Graph
    closing: asyncio.Event

    async def text(self, customer: str = "ana") -> str:
        answer = await self.http.get("/simulador", params={"cliente": customer})
        assert answer.status_code == 200
        return html.unescape(answer.text)

    async def sends(self, path: str, **fields: str) -> int:
        answer = await self.http.post(f"/simulador/{path}", data=fields)
        return answer.status_code

    async def buttons(self) -> str:
        return await self.graph.wamid(interactive=BUTTONS)

    def last(self, customer: str = "ana") -> dict[str, Any]:
        return self.world.thread(customer, PNID)[-1].payload


def phone_app(world: World, clock: Clock, closing: asyncio.Event) -> Litestar:
    zone = ZoneInfo("America/Bogota")
    pages = Pages(zone, clock, demo=True)

    def page() -> Page:
        return Page(pages, language="es", user=None, csrf_token="", path="/simulador")

    def refuse(_: Request[Any, Any, Any], error: WaiaError) -> Response[str]:
        return Response(error.message, status_code=error.status)

    settings = load_settings({"SESSION_TIMEOUT": "600"}, env_file=None)
    return Litestar(
        phone_routes(world, closing),
        dependencies={
            "page": Provide(page, sync_to_thread=False),
            "settings": Provide(lambda: settings, sync_to_thread=False),
        },
        exception_handlers={WaiaError: refuse},
        openapi_config=None,
    )
