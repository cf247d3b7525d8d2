"""The office's web server in this process, which can be stopped and started again, and people's browsers before it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import uvicorn
from playwright.async_api import Browser, BrowserContext, Page

from tests.browser.stage import WIDE
from tests.chats.stream_world import Office, eventually
from waia.app import create_app
from waia.app.parts import Parts, make_parts

SOON_MS = 30_000


@dataclass
class Street:
    """The office's web server, which can be stopped and started again at the same address, and browsers."""

    office: Office
    browser: Browser
    parts: Parts
    port: int = 0
    _stop: AsyncExitStack | None = None

    async def start(self) -> None:
        self._stop = AsyncExitStack()
        self.parts, self.port = await self._stop.enter_async_context(_running(self.office, self.port))
        self.office.database.wakeups = self.parts.wakeups

    async def stop(self) -> None:
        if self._stop is not None:
            await self._stop.aclose()
            self._stop = None

    async def open(self, name: str, path: str) -> Page:
        context: BrowserContext = await self.browser.new_context(locale="es-CO", viewport=WIDE, service_workers="block")
        address = f"http://127.0.0.1:{self.port}"
        await context.add_cookies([{"name": "waia", "value": self.office.tokens[name], "url": address}])
        page = await context.new_page()
        page.set_default_timeout(SOON_MS)
        streams = len(self.parts.live.audience)
        await page.goto(address + path)
        await eventually(lambda: len(self.parts.live.audience) > streams, "the page has its stream")
        return page


@asynccontextmanager
async def _running(office: Office, port: int) -> AsyncIterator[tuple[Parts, int]]:
    parts = make_parts(office.settings)
    listener = socket.create_server(("127.0.0.1", port))
    server = _Server(uvicorn.Config(create_app(office.settings, loops=False, parts=parts), log_level="error"))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await eventually(lambda: server.started or task.done(), "the server started")
    try:
        yield parts, listener.getsockname()[1]
    finally:
        parts.closing.set()
        server.should_exit = True
        await task


class _Server(uvicorn.Server):
    """Leaves the signals to the tests."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
