"""The 24-hour window closes while the page stands open, and opens again when the customer writes."""

import pytest
from playwright.async_api import expect

from tests.browser.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_window_closes_under_an_open_page_and_what_was_typed_stays(stage: Stage) -> None:
    stage.expects("409")
    marta, beto = await stage.phone("marta"), await stage.agent("beto")
    await marta.says("¿Me llaman mañana?")
    await beto.open("Marta Ruiz")
    await expect(beto.bubble("¿Me llaman mañana?", "customer")).to_be_visible()
    await beto.field.fill("Claro, Marta.")
    async with marta.page.expect_response("**/simulador/reloj"):
        await marta.page.get_by_role("button", name="+24 horas").click()
    await beto.field.press("Enter")
    await expect(beto.page.locator("#composer-error")).to_contain_text("24 horas")
    await expect(beto.field).to_have_value("Claro, Marta.")
    await beto.page.reload()
    await expect(beto.page.locator("#composer-closed")).to_be_visible()
    await expect(beto.field).to_be_disabled()
    await expect(beto.field).to_have_value("Claro, Marta.")

    await marta.says("¿Hola?")
    await expect(beto.field).to_be_enabled()
    await expect(beto.page.locator("#composer-closed")).to_be_hidden()
    await beto.field.press("Enter")
    await expect(marta.heard("Claro, Marta.")).to_have_count(1)
