"""What lies over and beside the pages: dialogs, menus, empty and refused states are as accessible as the pages."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.access import EXTREMES, broken_rules
from tests.browser.stage import WIDE, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")
# A key or an address, and what is then to be seen.
OVER_A_CHAT = (
    ("?", "#keys"), ("t", "#dialog[open]"), ("n", ".note-form textarea"),
    ("m", ".conversation .menu__item"), ("f", ".filters__form"), ("i", "#facts"),
)  # fmt: skip
ADDRESSES = (
    "/?vista=archivados", "/?q=zzzz", "/?rol=admin&estado=cerrado&vista=mios", "/chats/nuevo", "/chats/999999",
    "/sin-conexion", "/?q=cocina",
)  # fmt: skip


async def test_no_state_breaks_a_rule_of_accessibility(stage: Stage) -> None:
    stage.expects("404")
    beto = await stage.agent("beto")
    broken = []
    for path in ADDRESSES:
        await beto.page.goto(path)
        broken += await _broken_rules(beto.page, path)
    await beto.page.goto("/")
    await beto.open("Diego Ramírez")
    for key, shown in OVER_A_CHAT:
        await beto.page.evaluate("document.activeElement.blur()")
        await beto.page.keyboard.press(key)
        await expect(beto.page.locator(shown).first, f"key {key}").to_be_visible()
        broken += await _broken_rules(beto.page, f"key {key}")
        await beto.page.keyboard.press("Escape")
        await _close_what_is_open(beto.page)
    await beto.page.evaluate("document.activeElement.blur()")
    await beto.page.locator("#chats .row__link").first.focus()
    await beto.page.keyboard.press("x")
    broken += await _broken_rules(beto.page, "rows are marked")
    await beto.page.get_by_label("Avisos de este equipo").first.click()
    broken += await _broken_rules(beto.page, "notifications")
    assert not broken, broken


async def test_the_focus_never_falls_to_the_page_itself(stage: Stage) -> None:
    """After each key there is something under it, so that the next key has a place to begin."""
    ana = await stage.agent("ana")
    await ana.open("Diego Ramírez")
    for key in (
        "Escape",
        "n",
        "Escape",
        "?",
        "Escape",
        "Alt+ArrowDown",
        "Alt+ArrowDown",
        "Escape",
        "/",
        "Escape",
        "a",
        "e",
        "Escape",
    ):
        await ana.page.keyboard.press(key)
        await ana.page.wait_for_function("() => ![document.body, null].includes(document.activeElement)")


async def _close_what_is_open(page: Page) -> None:
    await page.evaluate(
        """() => {
            for (const open of document.querySelectorAll("dialog[open]")) open.close();
            for (const open of document.querySelectorAll("details[open]")) open.open = false;
        }"""
    )


async def _broken_rules(page: Page, state: str) -> list[str]:
    """Wide and light, and on a phone in the dark."""
    found = await broken_rules(page, state, EXTREMES)
    await page.set_viewport_size(WIDE)
    return found
