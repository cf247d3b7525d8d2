"""What axe finds on a page: every rule in the size of a screen and of a phone, the rules of colours light and dark."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page, ViewportSize

from tests.browser.stage import PHONE, WIDE

Options = dict[str, Any]
ALL: Options = {"resultTypes": ["violations"]}
COLOURS: Options = ALL | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
RUN = """async options => {
    const { violations } = await axe.run(document, options);
    return violations.map(({ id, nodes }) => `${id} ${nodes.slice(0, 3).map(({ html }) => html.slice(0, 160))}`);
}"""
# A scheme changes nothing but colours; a size may change everything.
EVERY_LOOK = ((WIDE, "light", ALL), (WIDE, "dark", COLOURS), (PHONE, "dark", ALL), (PHONE, "light", COLOURS))
EXTREMES = ((WIDE, "light", ALL), (PHONE, "dark", ALL))
AS_IT_IS = ((None, "light", ALL), (None, "dark", COLOURS))
Looks = tuple[tuple[ViewportSize | None, str, Options], ...]


async def broken_rules(page: Page, where: str = "", looks: Looks = AS_IT_IS) -> list[str]:
    """One line for each rule that the page breaks in one of its looks; a look without a size keeps that of the page."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    found = []
    for size, scheme, options in looks:
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        if size is not None:
            await page.set_viewport_size(size)
        name = f"{where} {scheme} {size['width'] if size else ''}"
        found += [f"{name}: {told}" for told in await page.evaluate(RUN, options)]
    return found
