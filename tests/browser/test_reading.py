"""Reading a long chat: older messages come while scrolling up, nothing jumps, and new ones are counted."""

import pytest
from playwright.async_api import expect

from tests.browser.desk import Desk
from tests.browser.stage import Stage
from tests.roads.bodies import PNID, texts
from waia.seeds.cast import JORGE

pytestmark = pytest.mark.asyncio(loop_scope="session")

MANY = 120
SENDER = JORGE.wa_id  # of the role that Ana has
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
    await expect(beto.page.locator("#chats > li").first).to_contain_text("Cliente 0108")
    chat = await beto.open("Cliente 0108")
    await expect(beto.bubble(f"Mensaje {MANY - 1:03}", "customer")).to_be_in_viewport()
    await expect(beto.bubble("Mensaje 000", "customer")).to_have_count(0)
    await beto.presses("Tomar")

    jumps = await beto.page.evaluate(SCROLL_UP_UNTIL_ALL, await _stored(shop_stage, chat))
    assert len(jumps) > 1
    assert max(jumps) < 2, jumps
    assert (await beto.texts("customer"))[-MANY:] == [f"Mensaje {n:03}" for n in range(MANY)]

    await road.post(texts(("wamid.new1", "Nuevo uno"), ("wamid.new2", "Nuevo dos"), sender=SENDER))
    await expect(beto.page.locator("[data-jump-count]")).to_have_text("2")
    await expect(beto.bubble("Nuevo dos", "customer")).not_to_be_in_viewport()
    ana = await shop_stage.agent("ana", f"/chats/{chat}")
    await ana.writes("Lo veo con Beto")
    await expect(beto.bubble("Lo veo con Beto", "user")).to_have_count(1)
    await expect(beto.bubble("Lo veo con Beto", "user")).not_to_be_in_viewport()
    await expect(ana.bubble("Lo veo con Beto", "user")).to_be_in_viewport()
    await beto.page.get_by_role("button", name="Ir al último mensaje").click()
    await expect(beto.bubble("Nuevo dos", "customer")).to_be_in_viewport()
    await expect(beto.page.locator("[data-jump]")).to_be_hidden()
    await expect(beto.page.locator("[data-heard]")).to_have_text("Ana Torres: Lo veo con Beto")

    await _a_quote_leads_to_a_message_that_was_not_loaded(shop_stage, beto)


async def _a_quote_leads_to_a_message_that_was_not_loaded(stage: Stage, beto: Desk) -> None:
    world = stage.house.graph.world
    world.add_customer("jorge", JORGE.name, JORGE.wa_id)
    await beto.page.reload()
    await expect(beto.bubble("Mensaje 003", "customer")).to_have_count(0)
    await world.handset("jorge", PNID).says("Me refiero a esto", quoted="wamid.many3")
    await beto.bubble("Me refiero a esto", "customer").get_by_role("link", name="Mensaje 003").click()
    original = beto.bubble("Mensaje 003", "customer").filter(has_not_text="Me refiero")
    await expect(original).to_be_in_viewport()
    await expect(original.locator(".bubble")).to_be_focused()
    assert "mensaje=" not in beto.page.url


async def _stored(stage: Stage, chat: int) -> int:
    return int(await stage.house.store.one("SELECT count(*) FROM mensajes WHERE chat_id = :chat", chat=chat))
