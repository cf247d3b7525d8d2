"""The board in a real browser: charts are drawn, and a card that changed is the only one that is drawn again."""

import pytest
from playwright.async_api import expect

from tests.browser.test_panel import Office, office
from tests.chats.panel_world import NOW
from tests.dashboard.histories import count_all, count_news

__all__ = ["office"]
pytestmark = pytest.mark.asyncio(loop_scope="session")
DRAWN = "() => [...document.querySelectorAll('canvas')].every((canvas) => Chart.getChart(canvas))"
LOOK_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"


async def test_charts_are_drawn_and_only_cards_that_changed_are_drawn_again(office: Office) -> None:
    shop = office.shop
    chat = await shop.add_chat()
    await shop.add_message(chat, "precio", timestamp=NOW)
    await count_all(shop)
    async with office.window("beto") as window:
        page = await window.open("/tablero")
        await page.wait_for_function(DRAWN)
        total = page.locator("#card-totales .fact", has_text="Recibidos").locator("dd")
        await expect(total).to_have_text("1")
        await page.evaluate("document.querySelector('#card-totales').marked = true")
        async with page.expect_response(lambda answer: "/tarjetas/totales" in answer.url) as unchanged:
            await page.evaluate(LOOK_AGAIN)
        assert (await unchanged.value).status == 304
        message = await shop.add_message(chat, "precio", timestamp=NOW)
        async with shop.parts.database.writing() as tx:
            tx.announce("message_added", chat, str(message))
        await count_news(shop)
        assert await page.evaluate("document.querySelector('#card-totales').marked")
        await page.evaluate(LOOK_AGAIN)
        await expect(total).to_have_text("2")
        await page.locator("#card-dias summary").click()
        await page.get_by_role("link", name="2", exact=True).last.click()
        await expect(page.get_by_role("heading", name="Los mensajes detrás del número")).to_be_visible()
        await expect(page.locator("tr", has_text="precio")).to_have_count(2)
    assert not window.complaints
