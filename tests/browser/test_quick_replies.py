"""Quick replies by keyboard alone: `/`, a few letters, Enter; what has files takes them along."""

import pytest
from playwright.async_api import expect

from tests.browser.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_reply_is_found_taken_changed_and_sent_by_keyboard(stage: Stage) -> None:
    ana, elena = await stage.agent("ana"), await stage.phone("elena")
    await ana.open("Elena Duarte")
    await expect(ana.field).to_be_focused()
    await ana.page.keyboard.type("/")
    options = ana.page.locator(".composer [role=option]:visible")
    await expect(options.first).to_contain_text("/saludo")
    await ana.page.keyboard.press("ArrowDown")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    await ana.page.keyboard.type("SALUDÓ")
    await expect(options).to_have_count(1)
    await ana.page.keyboard.press("Enter")
    await expect(ana.field).to_have_value("Hola, Elena Duarte. Soy del equipo de Mesones La Piedra. ¿En qué te ayudo?")
    await ana.page.keyboard.type(" Gracias.")
    await ana.page.keyboard.press("Enter")
    await expect(elena.heard("¿En qué te ayudo? Gracias.")).to_have_count(1)

    await ana.page.keyboard.type("/catal")
    await expect(options).to_have_count(1)
    await ana.page.keyboard.press("Enter")
    await expect(ana.page.locator("[data-reply-chip]")).to_contain_text("/catálogo")
    await ana.page.keyboard.press("Enter")
    await expect(ana.bubble("Nuestro catálogo con precios.", "user")).to_have_count(1)
    await expect(ana.page.locator("[data-reply-chip]")).to_be_hidden()

    await ana.page.keyboard.type("/zzz")
    await expect(ana.page.get_by_text("Ninguna respuesta rápida coincide.")).to_be_visible()
    await ana.page.keyboard.press("Escape")
    await expect(ana.page.locator("[data-replies]")).to_be_hidden()
    await expect(ana.field).to_have_value("/zzz")
