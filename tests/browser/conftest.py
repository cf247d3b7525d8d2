"""One browser for all stories of a kind, one waia for the stories of a file, fresh windows for each story."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Playwright, async_playwright

from tests.browser.stage import House, Stage, demo_house, graph_house
from tests.browser.street import Street
from tests.chats.stream_world import Office
from tests.programs import need
from waia.app.parts import make_parts

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream",
]  # fmt: skip


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as playwright:
        yield playwright


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def light_browser(playwright: Playwright) -> AsyncIterator[Browser]:
    """The same engine without the rest of a browser, where the machine has it: a window costs a third of the work."""
    async with _launched(playwright, need("chromium-headless-shell", "chromium")) as browser:
        yield browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def whole_browser(playwright: Playwright) -> AsyncIterator[Browser]:
    """With microphone and notifications."""
    async with _launched(playwright, need("chromium")) as browser:
        yield browser


@pytest.fixture
def browser(request: pytest.FixtureRequest) -> Browser:
    """The light one, unless the test is marked `whole_browser`."""
    name = "whole_browser" if request.node.get_closest_marker("whole_browser") else "light_browser"
    browser: Browser = request.getfixturevalue(name)
    return browser


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo(light_browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """`waia demo`: customers write on its phone page."""
    async with demo_house(tmp_path_factory.mktemp("demo")) as house:
        yield house


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop(light_browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """`waia serve` with the demo's people, and Meta in the hands of the test."""
    folder: Path = tmp_path_factory.mktemp("shop")
    async with graph_house(folder) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def stage(browser: Browser, demo: House) -> AsyncIterator[Stage]:
    """Windows of the demo."""
    async for stage in _stage(browser, demo):
        yield stage


@pytest_asyncio.fixture(loop_scope="session")
async def shop_stage(browser: Browser, shop: House) -> AsyncIterator[Stage]:
    """Windows of the shop whose Meta can be broken."""
    async for stage in _stage(browser, shop):
        yield stage


@pytest_asyncio.fixture(loop_scope="session")
async def street(browser: Browser, tmp_path: Path, migrated_file: Path) -> AsyncIterator[Street]:
    """An office of its own for each story, whose server the story may stop and start."""
    office = await Office.open(tmp_path, migrated_file)
    street = Street(office, browser, make_parts(office.settings))
    await street.start()
    yield street
    for context in browser.contexts:
        await context.close()
    await street.stop()
    await office.database.close()


@asynccontextmanager
async def _launched(playwright: Playwright, program: str) -> AsyncIterator[Browser]:
    browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
    yield browser
    await browser.close()


async def _stage(browser: Browser, house: House) -> AsyncIterator[Stage]:
    stage = Stage(browser, house)
    yield stage
    await stage.close()
    surprises = list(dict.fromkeys(stage.surprises))
    assert not surprises, surprises
