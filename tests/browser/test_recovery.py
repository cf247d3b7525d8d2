"""The server dies, the network goes, the tab is hidden: the pages come back by themselves, with nothing missing."""

import re

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.desk import Desk
from tests.browser.stage import HIDE, Stage
from tests.browser.wire import wire_to
from tests.roads.bodies import PNID

pytestmark = pytest.mark.asyncio(loop_scope="session")

AWAY = ("net::ERR_", "htmx:sse:error", "htmx:error: Failed to fetch", "htmx:error: network error")
MISSED = ("uno mientras no estaban", "dos mientras no estaban")
MESSAGES = "all => all.map(message => message.id + ' ' + message.querySelector('.bubble__words').textContent.trim())"
ARRIVED = re.compile("Entregado|Leído")


async def test_a_killed_server_comes_back_and_nothing_is_missing_or_double(shop_stage: Stage) -> None:
    shop_stage.expects(*AWAY)
    house = shop_stage.house
    world = house.graph.world
    world.add_customer("sara", "Sara Rincón", "573001230001")
    ana, beto = await shop_stage.agent("ana"), await shop_stage.agent("beto")
    await world.customer_says("sara", PNID, "quiero hablar con una persona")
    await ana.row("Sara Rincón").wait_for()
    await ana.open("Sara Rincón")
    await beto.open("Sara Rincón")
    await ana.presses("Tomar")
    await ana.writes("antes del corte")
    await expect(beto.bubble("antes del corte", "user")).to_be_visible()

    await ana.field.fill("a medias")
    await house.waia.kill()
    for words in MISSED:
        await world.customer_says("sara", PNID, words)
    await expect(ana.page.locator("#connection")).to_have_text("Sin conexión; reintentando…")
    await house.waia.start()

    for desk in (ana, beto):
        await expect(desk.bubble("dos mientras no estaban", "customer")).to_be_visible()
        await expect(desk.page.locator("#connection")).to_be_hidden()
        texts = await desk.texts("customer")
        assert [texts.count(words) for words in MISSED] == [1, 1]
    await expect(ana.field).to_have_value("a medias")
    await ana.field.press("Enter")
    await expect(beto.bubble("a medias", "user")).to_be_visible()
    await _shows_what_a_fresh_page_shows(ana)
    await _shows_what_a_fresh_page_shows(beto)


async def test_the_demo_goes_on_after_its_server_was_killed(stage: Stage) -> None:
    stage.expects(*AWAY)
    quique, beto = await stage.phone("quique"), await stage.agent("beto")
    await quique.says("hola")
    await expect(beto.row("Quique")).to_contain_text("Bot:")
    await beto.open("Quique")
    await stage.house.waia.kill()
    await expect(beto.page.locator("#connection")).to_be_visible()
    await stage.house.waia.start()
    await expect(beto.page.locator("#connection")).to_be_hidden()
    await quique.says("¿cuál es el horario?")
    await expect(quique.heard("a. m.")).to_be_visible()
    await expect(beto.bubble("a. m.", "bot")).to_be_visible()
    await _shows_what_a_fresh_page_shows(beto)


async def test_what_came_while_there_was_no_network_is_there_afterwards(stage: Stage) -> None:
    stage.expects(*AWAY)
    gloria = await stage.phone("gloria")
    async with wire_to(stage.house.address) as wire:
        ana = await stage.agent("ana", base_url=wire.address)
        await ana.open("Gloria Peña")
        await gloria.says("antes")
        await expect(ana.bubble("antes", "customer")).to_be_visible()
        wire.cut()
        await ana.page.context.set_offline(True)
        await expect(ana.page.locator("#connection")).to_be_visible()
        for words in ("sin red uno", "sin red dos"):
            await gloria.says(words)
            await expect(gloria.own(words)).to_be_visible()
        wire.mend()
        await ana.page.context.set_offline(False)
        await expect(ana.bubble("sin red dos", "customer")).to_be_visible()
        await expect(ana.page.locator("#connection")).to_be_hidden()
        await gloria.says("con red")
        await expect(ana.bubble("con red", "customer")).to_be_visible()
        assert (await ana.texts("customer"))[-4:] == ["antes", "sin red uno", "sin red dos", "con red"]
        await _shows_what_a_fresh_page_shows(ana)


async def test_a_stream_over_a_network_that_is_gone_is_left_at_once(stage: Stage) -> None:
    """Nothing closes it, and its silence alone would be noticed after 25 s only."""
    stage.expects(*AWAY)
    gloria = await stage.phone("gloria")
    async with wire_to(stage.house.address) as wire:
        ana = await stage.agent("ana", base_url=wire.address)
        await ana.open("Gloria Peña")
        await gloria.says("por la red de antes")
        await expect(ana.bubble("por la red de antes", "customer")).to_be_visible()
        wire.hush()
        await gloria.says("nadie lo oye")
        await expect(gloria.own("nadie lo oye")).to_be_visible()
        await expect(ana.bubble("nadie lo oye")).to_have_count(0)
        await ana.page.evaluate("dispatchEvent(new Event('online'))")
        await expect(ana.bubble("nadie lo oye", "customer")).to_be_visible()


async def test_a_phone_without_network_catches_up(stage: Stage) -> None:
    stage.expects(*AWAY)
    async with wire_to(stage.house.address) as wire:
        ana, ines = await stage.agent("ana"), await stage.phone("ines", base_url=wire.address)
        await ines.says("¿siguen ahí?")
        await ana.open("Inés Mora")
        wire.cut()
        await ana.writes("Aquí estamos, Inés.")
        await expect(ana.bubble("Aquí estamos", "user").get_by_text(ARRIVED)).to_be_attached()
        wire.mend()
        await expect(ines.heard("Aquí estamos, Inés.")).to_have_count(1)


async def test_a_tab_that_was_hidden_has_no_gap(stage: Stage) -> None:
    ana, carla = await stage.agent("ana"), await stage.phone("carla")
    tabs = [ana.page, *[await _tab_beside(ana.page) for _ in range(3)]]
    for tab in tabs:
        await tab.evaluate(HIDE, True)
    for words in ("escondida uno", "escondida dos"):
        await carla.says(words)
        await expect(carla.own(words)).to_be_visible()
    for tab in tabs:
        await tab.evaluate(HIDE, False)
        await expect(tab.locator("#chats > li").first).to_contain_text("escondida dos")
    await ana.open("Carla (cocina Calle 100)")
    assert (await ana.texts("customer"))[-2:] == ["escondida uno", "escondida dos"]


async def test_pages_live_when_the_script_for_streams_comes_late(stage: Stage) -> None:
    """htmx looks at a page as soon as it runs, its extensions may still be on their way."""
    oscar, beto = await stage.phone("oscar"), await stage.agent("beto")
    for page in (oscar.page, beto.page):
        await page.route("**/hx-sse*", _once_htmx_has_looked)
        await page.reload()
    await oscar.says("¿me leen?")
    await expect(oscar.own("¿me leen?")).to_be_visible()
    await expect(beto.page.locator("#chats > li").first).to_contain_text("Bot:")
    await expect(oscar.page.locator(".said--shop").first).to_be_visible()


async def _once_htmx_has_looked(route: Route) -> None:
    await route.request.frame.locator("[data-htmx-powered]").first.wait_for(state="attached")
    await route.continue_()


async def _tab_beside(page: Page) -> Page:
    tab = await page.context.new_page()
    await tab.goto("/")
    return tab


async def _shows_what_a_fresh_page_shows(desk: Desk) -> None:
    """The same messages in the same order, and the same list, as after a reload."""
    chat = desk.page.locator(".message")
    live = (await chat.evaluate_all(MESSAGES), await desk.names())
    await desk.page.reload()
    await chat.first.wait_for()
    assert (await chat.evaluate_all(MESSAGES), await desk.names()) == live
    assert len(set(live[0])) == len(live[0])
