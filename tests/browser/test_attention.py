"""The agent is called when a customer waits for a person: by sound, by the system's notification, never with words."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.stage import HIDE, Stage
from tests.road_world import eventually

pytestmark = pytest.mark.asyncio(loop_scope="session")
LISTEN = """() => {
    window.heard = { tones: 0, told: [] };
    const Real = window.OscillatorNode;
    window.OscillatorNode = class extends Real { start(at) { window.heard.tones += 1; super.start(at); } };
    window.Notification = class extends EventTarget {
        static permission = "default";
        static async requestPermission() { return (Notification.permission = "granted"); }
        constructor(title, options) { super(); window.heard.told.push(`${title}: ${options.body}`); }
    };
}"""


async def heard(page: Page, tones: int) -> None:
    await eventually(lambda: _rang(page, tones), f"{tones} tones")


async def _rang(page: Page, tones: int) -> bool:
    return bool(await page.evaluate("heard.tones") == tones)


async def test_a_customer_who_waits_for_a_person_is_heard_and_one_whom_the_bot_answers_is_not(stage: Stage) -> None:
    ana = await stage.agent("ana")
    await ana.page.add_init_script(f"({LISTEN})()")
    await ana.page.reload()
    await ana.page.get_by_label("Avisos de este equipo").first.click()
    await ana.page.get_by_label("Sonido", exact=True).check()
    await heard(ana.page, 2)
    await ana.page.get_by_label("Notificación en el escritorio").check()
    await expect(ana.page.locator("#attention.attention--on")).to_have_count(1)
    await ana.page.keyboard.press("Escape")
    await ana.page.evaluate(HIDE, True)

    elena, diego = await stage.phone("elena"), await stage.phone("diego")
    await elena.says("Una pregunta para el bot")
    await expect(ana.row("Elena Duarte")).to_contain_text("Bot:")
    await diego.says("Sigo esperando, mi clave es 4821")
    await heard(ana.page, 4)
    assert await ana.page.evaluate("heard.told") == ["waia: Diego Ramírez espera respuesta"]


async def test_the_choice_is_kept_in_this_browser_and_can_be_taken_back(stage: Stage) -> None:
    ana = await stage.agent("ana")
    await ana.page.add_init_script(f"({LISTEN})()")
    await ana.page.reload()
    card, sound = ana.page.get_by_label("Avisos de este equipo").first, ana.page.get_by_label("Sonido", exact=True)
    await card.click()
    await sound.check()
    await ana.page.reload()
    await expect(ana.page.locator("#attention.attention--on")).to_have_count(1)
    await card.click()
    await expect(sound).to_be_checked()
    await sound.uncheck()
    await expect(ana.page.locator("#attention.attention--on")).to_have_count(0)
