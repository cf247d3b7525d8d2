"""Quick replies by keyboard alone: `/`, a few letters, Enter; and a message with options, tapped by the customer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect

from tests.browser.access import broken_rules
from tests.browser.desk import Desk
from tests.browser.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_reply_is_found_taken_changed_and_sent_by_keyboard(stage: Stage) -> None:
    stage.expects("409")  # a draft that comes after the message
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

    await ana.page.keyboard.type("/en")
    await expect(options.first).to_contain_text("/entrega")
    await ana.page.keyboard.press("ControlOrMeta+a")
    await ana.page.keyboard.type("/zzz")
    await expect(ana.page.get_by_text("Ninguna respuesta rápida coincide.")).to_be_visible()
    await ana.page.keyboard.press("Escape")
    await expect(ana.page.locator("[data-replies]")).to_be_hidden()
    await expect(ana.field).to_have_value("/zzz")


@pytest_asyncio.fixture(loop_scope="session")
async def many(stage: Stage) -> AsyncIterator[Stage]:
    """More than a list beside a message holds, and than a page."""
    store = stage.house.store
    for number in range(250):
        told = {"text": f"Medida número {number}", "name": f"medida{number}", "place": 1000 + number}
        await store.rows("INSERT INTO botones (mensaje, nombre, position) VALUES (:text, :name, :place)", **told)
    yield stage
    await store.rows("DELETE FROM botones WHERE nombre LIKE 'medida%'")


async def test_of_very_many_one_is_found_by_what_is_typed(many: Stage) -> None:
    many.expects("409")  # a draft that comes after the message
    ana = await many.agent("ana")
    await ana.open("Elena Duarte")
    await ana.page.keyboard.type("/")
    await expect(ana.page.get_by_text("Hay más: escribe parte del nombre o del texto.")).to_be_visible()
    assert await broken_rules(ana.page) == []
    await ana.page.keyboard.type("número 24")
    options = ana.page.locator(".composer [role=option]:visible")
    await expect(options).to_have_count(13)
    await ana.page.keyboard.type("7")
    await expect(options).to_have_count(1)
    await ana.page.keyboard.press("Enter")
    await expect(ana.field).to_have_value("Medida número 247")
    await ana.page.keyboard.press("ControlOrMeta+a")
    await ana.page.keyboard.press("Delete")


async def test_what_is_typed_before_anybody_listens_opens_the_list_all_the_same(stage: Stage) -> None:
    await stage.agent("ana")
    ana = Desk(await stage.window())
    await ana.page.context.add_cookies(stage.house.cookies["ana"])
    async with _answers_held(ana.page, "**/behaviours/replies*") as let_go:
        await ana.page.goto("/", wait_until="domcontentloaded")
        await ana.row("Elena Duarte").locator("a").click()
        await ana.field.click()
        await ana.page.keyboard.type("/cierre")
        await expect(ana.page.locator("[data-replies]")).to_be_hidden()
        let_go.set()
        await expect(ana.page.locator(".composer [role=option]:visible")).to_have_count(1)
    await ana.page.keyboard.press("ControlOrMeta+a")
    await ana.page.keyboard.press("Delete")


async def test_a_row_of_a_later_page_gets_its_place_by_number(many: Stage) -> None:
    page = (await many.agent("beto")).page
    await page.goto("/configuracion/botones")
    await page.get_by_role("link", name="Siguientes").click()
    row = page.locator("#reply-table tr[data-id]", has=page.get_by_text("/medida248", exact=True))
    async with page.expect_response("**/configuracion/botones/orden"):
        await row.locator("[data-place]").fill("1")
        await row.locator("[data-place]").press("Enter")
    await expect(row).to_have_count(0)
    await page.get_by_role("link", name="Anteriores").click()
    await expect(page.locator("#reply-table tr[data-id]").first).to_contain_text("/medida248")
    await page.get_by_role("searchbox").fill("medida número 11")
    await page.keyboard.press("Enter")
    await expect(page.locator("#reply-table tr[data-id]")).to_have_count(12)
    assert await broken_rules(page) == []


async def test_a_list_is_built_seen_sent_and_tapped(stage: Stage) -> None:
    stage.expects("422")
    ana, elena = await stage.agent("ana"), await stage.phone("elena")
    await ana.open("Elena Duarte")
    await ana.page.locator("[data-attach-menu] summary").click()
    await ana.page.get_by_role("link", name="Botones o lista").click()
    dialog = ana.page.get_by_role("dialog", name="Mensaje con opciones")
    await dialog.get_by_text("Lista", exact=True).click()
    await dialog.get_by_label("Texto").fill("¿Cuál *piedra* prefieres?")
    await dialog.get_by_label("Opción 1", exact=True).fill("Granito")
    await dialog.get_by_label("Opción 2", exact=True).fill("Mármol")
    await expect(dialog.locator("#menu-preview .choices__item")).to_have_text(["Granito", "Mármol"])
    await dialog.get_by_label("Opción 3", exact=True).fill("Ónix")
    await dialog.get_by_label("Opción 3", exact=True).press("Enter")
    await expect(dialog.get_by_label("Opción 4", exact=True)).to_be_focused()
    await ana.page.keyboard.type("Cuarcita de un color que no cabe")
    async with _answers_held(ana.page, "**/opciones/forma") as let_go:
        await dialog.get_by_role("button", name="Quitar la opción 3").click()
        await dialog.get_by_label("Pie").fill("Precios con IVA")
        await dialog.get_by_label("Opción 4", exact=True).press("End")
        await ana.page.keyboard.type("…")
        let_go.set()
        await expect(dialog.get_by_label("Opción 4", exact=True)).to_have_count(0)
    await expect(dialog.get_by_label("Opción 3", exact=True)).to_be_focused()
    await expect(dialog.get_by_label("Opción 3", exact=True)).to_have_value("Cuarcita de un color que no cabe…")
    await expect(dialog.get_by_label("Pie")).to_have_value("Precios con IVA")
    await expect(dialog.locator("#menu-r-0-2-t-count")).to_have_text("33/24")
    await dialog.get_by_role("button", name="Enviar").click()
    await expect(dialog.locator("#menu-r-0-2-t-error")).to_contain_text("WhatsApp admite 24")
    await expect(dialog.locator("#menu-etiqueta-error")).to_be_visible()
    await expect(dialog.get_by_label("Botón que abre la lista")).to_be_focused()
    assert await broken_rules(ana.page) == []
    await dialog.get_by_label("Botón que abre la lista").fill("Ver piedras")
    await dialog.get_by_label("Opción 3", exact=True).fill("Cuarcita")
    await dialog.get_by_role("button", name="Enviar").click()
    await expect(dialog).to_have_count(0)
    bubble = ana.bubble("¿Cuál piedra prefieres?", "user")
    await expect(bubble.locator(".choices__item")).to_have_text(["Granito", "Mármol", "Cuarcita"])

    await elena.heard("piedra").last.get_by_role("button", name="Ver piedras").click()
    await elena.page.get_by_role("dialog").get_by_text("Mármol").click()
    await expect(bubble.locator(".choices__item--chosen")).to_contain_text("Mármol")
    await expect(ana.bubble("Mármol", "customer")).to_have_count(1)


@asynccontextmanager
async def _answers_held(page: Page, address: str) -> AsyncIterator[asyncio.Event]:
    """What is asked there is answered when the event is set."""
    let_go = asyncio.Event()

    async def hold(route: Route) -> None:
        answer = await route.fetch()
        await let_go.wait()
        await route.fulfill(response=answer)

    await page.route(address, hold)
    yield let_go
    await page.unroute(address, hold)
