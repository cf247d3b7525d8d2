"""¿Por qué?: an admin sees how the bot read a message, or why it kept silent; an agent does not."""

import pytest
from playwright.async_api import expect

from tests.browser.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_admin_sees_why_the_bot_answered_and_why_it_kept_silent(stage: Stage) -> None:
    paula, beto = await stage.phone("paula"), await stage.agent("beto")
    await paula.says("¿Cuál es el horario?")
    await expect(beto.row("Paula Nieto")).to_contain_text("Bot:")
    await beto.open("Paula Nieto")
    answered = await beto.asks_why(beto.bubble("¿Cuál es el horario?", "customer"))
    await expect(answered).to_contain_text("Respondió con")
    await expect(answered.get_by_role("table").first).to_contain_text("usada")
    await beto.page.keyboard.press("Escape")
    await expect(answered).to_be_hidden()

    await beto.presses("Tomar")
    await expect(beto.holder).to_contain_text("Lo atiendes tú")
    await paula.says("hola, ¿me contestan?")
    silent = await beto.asks_why(beto.bubble("¿me contestan?", "customer"))
    await expect(silent).to_contain_text("persona")
    await expect(silent).to_contain_text("calló")
    await expect(silent.get_by_text("usada")).to_have_count(0)


async def test_an_agent_without_admin_is_not_told(stage: Stage) -> None:
    stage.expects("404")
    ana = await stage.agent("ana")
    await ana.open("Diego Ramírez")
    bubble = ana.page.locator(".message--customer").last
    await bubble.hover()
    await expect(bubble.get_by_role("button", name="Responder")).to_be_visible()
    await expect(ana.page.get_by_role("button", name="¿Por qué")).to_have_count(0)
    message = str(await bubble.get_attribute("id")).removeprefix("message-")
    status = "path => fetch(path, { headers: { 'HX-Request': 'true' } }).then(answer => answer.status)"
    assert await ana.page.evaluate(status, f"/mensajes/{message}/porque") == 404
