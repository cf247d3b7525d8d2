"""Other ways to use the panel: on a phone with one hand, and by keyboard alone."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.stage import PHONE, Stage

FOCUSED = """() => {
    const element = document.activeElement;
    return element.labels?.[0]?.textContent ?? (element.matches("a, button, summary") ? element.textContent : "");
}"""
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_on_a_phone_the_way_leads_from_list_to_chat_and_back(stage: Stage) -> None:
    ana = await stage.agent("ana", viewport=PHONE, has_touch=True, is_mobile=True)
    page = ana.page
    await expect(page.locator("#conversation")).to_be_hidden()
    await ana.row("Carla (cocina Calle 100)").locator("a").tap()
    await expect(page.locator("#conversation-title")).to_be_visible()
    await expect(page.locator("#chat-zone")).to_be_hidden()
    await ana.field.tap()
    await page.keyboard.type("Desde el celular")
    await page.get_by_role("button", name="Enviar", exact=True).tap()
    await expect(ana.bubble("Desde el celular", "user")).to_be_in_viewport()
    await _fits(page)
    await page.get_by_role("link", name="Volver a la lista").tap()
    await expect(ana.row("Carla (cocina Calle 100)")).to_contain_text("Desde el celular")
    await expect(page.locator("#conversation")).to_be_hidden()
    await _fits(page)
    await page.go_back()
    await expect(page.locator("#conversation-title")).to_be_visible()


async def _fits(page: Page) -> None:
    """Nothing scrolls sideways, and what is pressed is large enough for a thumb."""
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    small = await page.locator("a:visible, button:visible").evaluate_all(
        """all => all.map(each => [each.textContent.trim(), each.getBoundingClientRect()])
            .filter(([, box]) => box.width && (box.width < 24 || box.height < 24)).map(([words]) => words)"""
    )
    assert not small, small


async def test_everything_can_be_done_by_keyboard_alone(stage: Stage) -> None:
    page = await stage.window()
    await page.goto("/login")
    await _tab_to(page, "Entrar como Ana Torres")
    await page.keyboard.press("Enter")
    await expect(page.locator("html[data-ready=yes] #list-title")).to_be_visible()
    await _tab_to(page, "Ir al contenido")
    await page.keyboard.press("Enter")

    rows = page.locator("#chats .row__link")
    for key, row in (("Alt+ArrowDown", 0), ("Alt+ArrowDown", 1), ("Alt+ArrowUp", 0)):
        await page.keyboard.press(key)
        await expect(rows.nth(row)).to_have_attribute("aria-current", "page")

    first = await rows.nth(0).get_attribute("href")
    await expect(page.locator(f"#composer-{str(first).rpartition('/')[2]} #composer-text")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(rows.nth(0)).to_be_focused()
    await page.keyboard.press("/")
    await expect(page.locator("#search")).to_be_focused()
    await page.keyboard.type("diego")
    await expect(rows).to_have_count(1)
    await _tab_to(page, "Diego Ramírez")
    await page.keyboard.press("Enter")
    await expect(page.locator("#conversation-title")).to_have_text("Diego Ramírez")

    await _tab_to(page, "Tomar")
    await page.keyboard.press("Enter")
    await expect(page.locator(".holder")).to_contain_text("Lo atiendes tú")
    await _tab_to(page, "Mensaje")
    await page.keyboard.type("Con el teclado")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("y nada más")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message--user", has_text="Con el teclado")).to_contain_text("y nada más")


async def _tab_to(page: Page, name: str, most: int = 60) -> None:
    """Press Tab until what has the focus is called so."""
    for _ in range(most):
        if name in str(await page.evaluate(FOCUSED)):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{most} times Tab does not lead to {name}")
