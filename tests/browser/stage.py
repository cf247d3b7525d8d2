"""A stage for browser stories: waia as a process of its own, and people in front of browser windows."""

import asyncio
import os
import re
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, expect

from tests.browser.desk import Desk
from tests.browser.phone import Phone
from tests.road_world import WAIA, Served, Waia, served
from tests.roads.store import Store
from tests.servers import free_port

PEOPLE = {"ana": "Ana Torres", "beto": "Beto Salas"}
PATIENCE_MS = 20_000
WIDE: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 390, "height": 844}
# A broken policy is also told where the browser only asks for a report.
TELL_BROKEN_POLICY = """
    addEventListener("securitypolicyviolation", (event) =>
        console.error("policy", event.violatedDirective, event.blockedURI, event.sample));
"""
HIDE = """hidden => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
expect.set_options(timeout=PATIENCE_MS)


@dataclass
class House:
    """A running waia with the people of the demo. `cookies` are those of logins made before, by name."""

    waia: Waia
    store: Store
    cookies: dict[str, Any] = field(default_factory=dict)
    road: Served | None = None

    @property
    def address(self) -> str:
        return self.waia.address

    @property
    def graph(self) -> Served:
        """The stand-in of Meta in this process, where the house has one."""
        assert self.road is not None
        return self.road

    async def give_password(self, name: str, password: str) -> None:
        """As an owner does on the command line; it ends the person's logins."""
        self.cookies.pop(name, None)
        command = await asyncio.create_subprocess_exec(
            WAIA, "create-user", name, "--password-stdin", stdin=PIPE, stdout=PIPE, stderr=STDOUT,
            cwd=self.waia.folder, env={"PATH": os.defpath, "HOME": str(self.waia.folder), **self.waia.environ},
        )  # fmt: skip
        told, _ = await command.communicate(f"{password}\n".encode())
        assert command.returncode == 0, told.decode()


@asynccontextmanager
async def demo_house(folder: Path, **settings: str) -> AsyncIterator[House]:
    """`waia demo`, as a newcomer starts it: phone page, seeded shop."""
    environ = {"PORT": str(free_port()), "WAIA_DATA": str(folder / "data"), "WAIA_AUTO_ASSIGN": "0", **settings}
    waia = Waia(folder, environ, arguments=("demo",))
    try:
        await waia.start()
        yield House(waia, Store(f"sqlite:///{folder / 'data' / 'waia.db'}"))
    finally:
        await waia.kill()


@asynccontextmanager
async def graph_house(folder: Path) -> AsyncIterator[House]:
    """The demo's shop with its Graph in this process: what customers do and what Meta breaks is decided here."""
    async with served(
        folder, f"sqlite:///{folder / 'waia.db'}", WAIA_DEMO="1", INIT_DB_ON_START="1", WAIA_AUTO_ASSIGN="0"
    ) as road:
        yield House(road.waia, road.store, road=road)


@dataclass
class Stage:
    """One test's windows. Any error that a console tells fails the test, unless it was said to be `expected`."""

    browser: Browser
    house: House
    _contexts: list[BrowserContext] = field(default_factory=list)
    _complaints: list[str] = field(default_factory=list)
    _expected: list[str] = field(default_factory=list)

    async def agent(self, name: str, path: str = "/", **options: Any) -> Desk:
        """A signed-in person with a browser of their own, at the panel's page `path`."""
        page = await self.window(**options)
        if cookies := self.house.cookies.get(name):
            await page.context.add_cookies(cookies)
            await page.goto(path)
        else:
            await sign_in(page, name, path)
            self.house.cookies[name] = await page.context.cookies()
        return Desk(page)

    async def phone(self, customer: str, **options: Any) -> Phone:
        page = await self.window(**options)
        await page.goto(f"/simulador?cliente={customer}")
        return Phone(page)

    async def window(self, **options: Any) -> Page:
        """A page of a browser that knows nobody yet."""
        given = {"viewport": WIDE, "locale": "es-CO", "reduced_motion": "reduce", "base_url": self.house.address}
        given |= {"service_workers": "block"}  # Playwright's routes do not see what one fetches
        context = await self.browser.new_context(**{**given, **options})
        context.set_default_timeout(PATIENCE_MS)
        await context.add_init_script(TELL_BROKEN_POLICY)
        self._contexts.append(context)
        page = await context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self._complaints.append(f"{page.url}: {error}"))
        return page

    def expects(self, *patterns: str) -> None:
        """Errors that belong to the story: a refused form, a server that is away."""
        self._expected.extend(patterns)

    async def close(self) -> None:
        for context in self._contexts:
            await context.close()

    @property
    def surprises(self) -> Sequence[str]:
        return [told for told in self._complaints if not any(re.search(known, told) for known in self._expected)]

    def _listen(self, told: ConsoleMessage) -> None:
        if told.type == "error":
            self._complaints.append(f"{told.location.get('url', '')}: {told.text}")


async def sign_in(page: Page, name: str, path: str = "/") -> None:
    """As the demo offers it: by choosing a person."""
    await page.goto(f"/login?next={path}")
    await page.get_by_role("button", name=f"Entrar como {PEOPLE[name]}").click()
    await page.wait_for_url(lambda address: "/login" not in address)
