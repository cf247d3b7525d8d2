"""Pictures of what a story shows, for whoever wants to look: into the folder that WAIA_PICTURES names."""

import os
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Page

from tests.browser.stage import PHONE, WIDE


async def take_pictures(page: Page, name: str, looks: Sequence[str] = ("wide", "phone", "dark")) -> None:
    folder = os.environ.get("WAIA_PICTURES")
    if not folder:
        return
    for look in looks:
        await page.set_viewport_size(PHONE if look == "phone" else WIDE)
        await page.emulate_media(color_scheme="dark" if look == "dark" else "light")
        # To hide the caret it would write a style into fields, which htmx copies and the page's policy refuses.
        await page.screenshot(path=Path(folder) / f"{name}-{look}.png", caret="initial")
    await page.set_viewport_size(WIDE)
    await page.emulate_media(color_scheme="light")
