"""Reading a long chat: older messages come while scrolling up, nothing jumps, and new ones are counted."""

import pytest
from playwright.async_api import expect

from tests.browser.stage import Stage
from tests.roads.bodies import texts

pytestmark = pytest.mark.asyncio(loop_scope="session")

MANY = 120
SENDER = "573009990001"
SCROLL_UP_UNTIL_ALL = """async many => {
    const scroller = document.getElementById("thread-scroll");
    const all = () => [...scroller.querySelectorAll(".message")];
    const jumps = [];
    while (all().length < many) {
        scroller.scrollTop = -1e6;
        const seen = all().find(message => message.getBoundingClientRect().top > 150);
        const before = [seen.getBoundingClientRect().top, all().length];
        while (all().length === before[1]) await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        jumps.push(Math.abs(seen.getBoundingClientRect().top - before[0]));
    }
    return jumps;
}"""


async def test_older_messages_load_without_a_jump_and_new_ones_are_counted(shop_stage: Stage) -> None:
    road = shop_stage.house.graph
    beto = await shop_stage.agent("beto")
    await road.post(texts(*[(f"wamid.many{n}", f"Mensaje {n:03}") for n in range(MANY)], sender=SENDER))
    await expect(beto.page.locator("#chats > li").first).to_contain_text("Cliente 0001")
    chat = await beto.open("Cliente 0001")
    await expect(beto.bubble(f"Mensaje {MANY - 1:03}", "customer")).to_be_in_viewport()
    await expect(beto.bubble("Mensaje 000", "customer")).to_have_count(0)
    await beto.presses("Tomar")

    jumps = await beto.page.evaluate(SCROLL_UP_UNTIL_ALL, await _stored(shop_stage, chat))
    assert len(jumps) > 1
    assert max(jumps) < 2, jumps
    assert await beto.texts("customer") == [f"Mensaje {n:03}" for n in range(MANY)]

    await road.post(texts(("wamid.new1", "Nuevo uno"), ("wamid.new2", "Nuevo dos"), sender=SENDER))
    await expect(beto.page.locator("[data-jump-count]")).to_have_text("2")
    await expect(beto.bubble("Nuevo dos", "customer")).not_to_be_in_viewport()
    await beto.page.get_by_role("button", name="Ir al último mensaje").click()
    await expect(beto.bubble("Nuevo dos", "customer")).to_be_in_viewport()
    await expect(beto.page.locator("[data-jump]")).to_be_hidden()


async def _stored(stage: Stage, chat: int) -> int:
    return int(await stage.house.store.one("SELECT count(*) FROM mensajes WHERE chat_id = :chat", chat=chat))
