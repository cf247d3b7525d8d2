"""What lies over and beside the pages: dialogs, menus, empty and refused states are as accessible as the pages."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.access import EXTREMES, broken_rules
from tests.browser.desk import Desk
from tests.browser.stage import WIDE, Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")
# A key or an address, and what is then to be seen.
OVER_A_CHAT = (
    ("?", "#keys"), ("t", "#dialog[open]"), ("n", ".note-form textarea"),
    ("m", ".conversation .menu__item"), ("f", ".filters__form"), ("i", "#facts"),
)  # fmt: skip
ADDRESSES = (
    "/?vista=archivados", "/?q=zzzz", "/?rol=admin&estado=cerrado&vista=mios", "/chats/nuevo", "/chats/999999",
    "/sin-conexion", "/?q=cocina",
)  # fmt: skip


async def test_no_state_breaks_a_rule_of_accessibility(stage: Stage) -> None:
    stage.expects("404")
    beto = await stage.agent("beto")
    broken = []
    for path in ADDRESSES:
        await beto.page.goto(path)
        broken += await _broken_rules(beto.page, path)
    await beto.page.goto("/")
    await beto.open("Diego Ramírez")
    for key, shown in OVER_A_CHAT:
        await beto.page.evaluate("document.activeElement.blur()")
        await beto.page.keyboard.press(key)
        await expect(beto.page.locator(shown).first, f"key {key}").to_be_visible()
        broken += await _broken_rules(beto.page, f"key {key}")
        await beto.page.keyboard.press("Escape")
        await _close_what_is_open(beto.page)
    await beto.page.evaluate("document.activeElement.blur()")
    await beto.page.locator("#chats .row__link").first.focus()
    await beto.page.keyboard.press("x")
    broken += await _broken_rules(beto.page, "rows are marked")
    assert not broken, broken


async def test_no_state_over_the_composer_or_on_the_way_breaks_a_rule(stage: Stage) -> None:
    """What an agent attaches, a template with a file, a list and a thread that are still coming, a login that ended."""
    stage.expects("401", "422")
    beto = await stage.agent("beto")
    await beto.open("Elena Duarte")
    broken = []
    for way, field in (("Ubicación", "Coordenadas o enlace del mapa"), ("Contacto", "Número de WhatsApp")):
        await _attach(beto.page, way)
        await beto.page.get_by_label(field).fill("4.6097, -74.0817")
        broken += await _broken_rules(beto.page, way)
        await beto.page.get_by_role("button", name="Enviar", exact=True).last.click()
        if way == "Contacto":
            await expect(beto.page.locator("#share-numero-error")).to_be_visible()
            broken += await _broken_rules(beto.page, f"{way} refused")
            await beto.page.keyboard.press("Escape")
        await expect(beto.page.locator("#dialog")).to_be_hidden()
    await expect(beto.page.locator(".message--user .card__action").last).to_be_visible()
    await _attach(beto.page, "Plantilla aprobada")
    await beto.page.get_by_role("link", name="oferta_de_la_semana").click()
    await expect(beto.page.locator("#template-file")).to_be_visible()
    broken += await _broken_rules(beto.page, "a template with a file")
    await _close_what_is_open(beto.page)
    broken += await _on_the_way(beto)
    await stage.house.give_password("beto", "otra-clave-larga-9")
    await beto.page.evaluate("htmx.ajax('GET', '/atajos', { source: document.body, target: '#dialog' })")
    await expect(beto.page.locator("#signed-out[open] #username")).to_be_visible()
    broken += await _broken_rules(beto.page, "the login over the page")
    assert not broken, broken


async def _on_the_way(beto: Desk) -> list[str]:
    """The answers of a chat and of a tab are held back until the page was looked at."""
    broken = []
    loading = beto.page.locator("#panel.htmx-request")
    for name, click in (("a chat comes", "#chats > li:nth-child(3) a"), ("a list comes", "[data-view=todos]")):
        go = asyncio.Event()

        held = re.compile(r"/(chats/\d+)?(\?vista=.*)?$")  # the view is told where it is not the first
        await beto.page.route(held, _once(go))
        await beto.page.locator(click).first.click()
        await expect(loading).to_have_count(1)
        broken += await _broken_rules(beto.page, name)
        go.set()
        await expect(loading).to_have_count(0)
        await beto.page.unroute(held)
    return broken


def _once(go: asyncio.Event) -> Callable[[Route], Awaitable[None]]:
    async def later(route: Route) -> None:
        await go.wait()
        await route.continue_()

    return later


async def _attach(page: Page, way: str) -> None:
    await page.locator("[data-attach-menu] summary").click()
    await page.locator(".attach__menu").get_by_role("link", name=way, exact=True).click()
    await expect(page.locator("#dialog[open]")).to_be_visible()


async def test_the_focus_never_falls_to_the_page_itself(stage: Stage) -> None:
    """After each key there is something under it, so that the next key has a place to begin."""
    ana = await stage.agent("ana")
    await ana.open("Diego Ramírez")
    for key in (
        "Escape",
        "n",
        "Escape",
        "?",
        "Escape",
        "Alt+ArrowDown",
        "Alt+ArrowDown",
        "Escape",
        "/",
        "Escape",
        "a",
        "e",
        "Escape",
    ):
        await ana.page.keyboard.press(key)
        await ana.page.wait_for_function("() => ![document.body, null].includes(document.activeElement)")


async def _close_what_is_open(page: Page) -> None:
    await page.evaluate(
        """() => {
            for (const open of document.querySelectorAll("dialog[open]")) open.close();
            for (const open of document.querySelectorAll("details[open]")) open.open = false;
        }"""
    )


async def _broken_rules(page: Page, state: str) -> list[str]:
    """Wide and light, and on a phone in the dark."""
    found = await broken_rules(page, state, EXTREMES)
    await page.set_viewport_size(WIDE)
    return found
