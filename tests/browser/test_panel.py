"""The panel in a real browser: accessible, within the security policy, and nothing typed is ever lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.browser.access import EVERY_LOOK, broken_rules
from tests.browser.stage import PHONE, WIDE
from tests.chats.panel_world import NOW, Shop
from tests.chats.stream_world import eventually
from waia.accounts.commands import create_user
from waia.app.composition import create_app
from waia.chats.delivery_state import DeliveryState

pytestmark = pytest.mark.asyncio(loop_scope="session")
PASSWORD = "piedra-mesa-9-lluvia"
BROKEN_POLICY = """
    addEventListener("securitypolicyviolation", (event) => console.error("policy", event.violatedDirective));
"""


@dataclass
class Window:
    """A browser window of one person; `complaints` is what its console had to say."""

    page: Page
    address: str
    complaints: list[str]

    async def open(self, path: str) -> Page:
        """Until the page's scripts are at work."""
        await self.page.goto(self.address + path)
        if path != "/login":
            await self.page.wait_for_selector("html[data-ready]")
        return self.page


@dataclass
class Office:
    shop: Shop
    browser: Browser
    address: str

    @asynccontextmanager
    async def window(self, name: str, viewport: ViewportSize = WIDE, **options: Any) -> AsyncIterator[Window]:
        context = await self.browser.new_context(viewport=viewport, locale="es-CO", service_workers="block", **options)
        await context.add_cookies([{"name": "waia", "value": self.shop.tokens[name], "url": self.address}])
        await context.add_init_script(BROKEN_POLICY)
        page, complaints = await context.new_page(), []
        page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        try:
            yield Window(page, self.address, complaints)
        finally:
            await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def office(browser: Browser, tmp_path: Path, sqlite_url: str) -> AsyncIterator[Office]:
    shop = await Shop.open(tmp_path, sqlite_url)
    app = create_app(shop.parts.settings, loops=False, parts=shop.parts)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    task = asyncio.create_task(server.serve())
    await eventually(lambda: server.started, "the server started")
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Office(shop, browser, f"http://127.0.0.1:{port}")
    shop.parts.closing.set()
    server.should_exit = True
    await task


async def _lively_chat(shop: Shop) -> int:
    """A chat with a bit of everything that is drawn in colour."""
    ana: dict[str, Any] = {"author": "user", "user_id": shop.users["ana"]}
    options: dict[str, Any] = {"options": [{"id": "a", "title": "Horario"}], "button": "Ver", "footer": "Elige"}
    chat = await shop.add_chat(
        unread=2, unanswered_since=NOW, estado="sin_respuesta", holder="queue", queue_role_id=shop.roles["ventas"]
    )
    await shop.add_chat("Diego", estado="espera_usuario", preview_author="bot", preview_status=DeliveryState.READ)
    await shop.add_chat("Elena", estado="asesor", holder="person", owner_id=shop.users["ana"])
    await shop.add_chat("Fabio", estado="sin_regla", preview_status=DeliveryState.FAILED, preview_author="user")
    await shop.add_chat("Gloria", estado="cerrado")
    await shop.add_message(chat, "*Hola* `x` https://a.co \u202e", wamid="wamid.o", details={"forwarded": True})
    await shop.add_sent(
        chat, kind="list", details=options, quoted_wamid="wamid.o", status=DeliveryState.READ, step="menu"
    )
    await shop.add_message(chat, kind="document", details={"filename": "plano.pdf"})
    await shop.add_message(chat, kind="unsupported", details={"errors": [{"message": "Poll"}]})
    await shop.add_message(chat, "Cambió de número", author="system", kind="system")
    await shop.add_sent(chat, status=DeliveryState.FAILED, error_text="Fuera de las 24 horas", **ana)
    await shop.add_sent(chat, status=DeliveryState.UNCERTAIN, **ana)
    await shop.react(chat, "wamid.o", "👍")
    return chat


async def test_the_pages_are_accessible_and_break_no_policy(office: Office) -> None:
    chat = await _lively_chat(office.shop)
    async with office.window("beto") as window:
        for path in ("/", f"/chats/{chat}", f"/chats/{chat}?ficha=1", "/?q=zoe", "/login"):
            assert await broken_rules(await window.open(path), path, EVERY_LOOK) == []
    assert not window.complaints


async def test_enter_sends_at_once_and_the_next_message_can_be_typed_meanwhile(office: Office) -> None:
    chat = await office.shop.add_chat()
    async with office.window("ana") as window:
        page = await window.open(f"/chats/{chat}")
        field = page.get_by_label("Mensaje", exact=True)
        await field.fill("uno")
        await field.press("Shift+Enter")
        await field.press_sequentially("dos")
        await field.press("Enter")
        await field.press_sequentially("tres")
        await field.press("Enter")
        await expect(page.locator(".message--user")).to_have_count(2)
        await expect(field).to_have_value("")
        await field.press("Enter")
        await expect(page.get_by_text("Lo atiendes tú")).to_be_visible()
    assert await office.shop.sent_texts(chat) == ["uno\ndos", "tres"]
    assert not window.complaints


async def test_what_could_not_be_sent_comes_back_and_is_not_sent_twice(office: Office) -> None:
    chat = await office.shop.add_chat()
    async with office.window("ana") as window:
        page = await window.open(f"/chats/{chat}")
        field = page.get_by_label("Mensaje", exact=True)
        await page.context.set_offline(True)
        await field.fill("Hola")
        await field.press("Enter")
        await expect(page.get_by_text("No hay conexión")).to_be_visible()
        await expect(field).to_have_value("Hola")
        await page.context.set_offline(False)
        await page.route("**/mensajes", _lose_the_answer, times=1)
        await field.press("Enter")
        await expect(field).to_have_value("Hola")
        await field.press("Enter")
        await expect(field).to_have_value("")
        await expect(page.locator(".message--user")).to_have_count(1)
    assert await office.shop.sent_texts(chat) == ["Hola"]


async def _lose_the_answer(route: Any) -> None:
    await route.fetch()
    await route.abort()


async def test_a_draft_survives_a_reload_and_stays_with_its_chat(office: Office) -> None:
    chat, other = await office.shop.add_chat("Carla"), await office.shop.add_chat("Diego")
    async with office.window("ana") as window:
        page = await window.open(f"/chats/{chat}")
        field = page.get_by_label("Mensaje", exact=True)
        await field.fill("a medio escribir")
        await page.locator(f"#chat-{other} a").click()
        await expect(page.get_by_role("heading", name="Diego")).to_be_visible()
        await expect(field).to_have_value("")
        await page.go_back()
        await expect(field).to_have_value("a medio escribir")
        await page.reload()
        await expect(field).to_have_value("a medio escribir")


async def test_a_refused_text_is_kept_with_its_reason(office: Office) -> None:
    chat = await office.shop.add_chat()
    async with office.window("ana") as window:
        page = await window.open(f"/chats/{chat}")
        field = page.get_by_label("Mensaje", exact=True)
        await field.fill("ñ" * 4_200)
        await field.press("Enter")
        await expect(page.locator("#composer-error")).to_be_visible()
        await expect(field).to_have_value("ñ" * 4_200)
        await field.fill("corto")
        await field.press("Enter")
        await expect(page.locator(".message--user")).to_have_count(1)
        await expect(page.locator("#composer-error")).to_be_hidden()
    assert await office.shop.sent_texts(chat) == ["corto"]


async def test_an_answer_can_quote(office: Office) -> None:
    chat = await office.shop.add_chat()
    message = await office.shop.add_message(chat, "¿Cuánto cuesta?")
    async with office.window("ana") as window:
        page = await window.open(f"/chats/{chat}")
        await page.locator(f"#message-{message}").hover()
        await page.locator(f"#message-{message} [data-reply]").click()
        await expect(page.get_by_text("Respondes a ¿Cuánto cuesta?")).to_be_visible()
        await page.keyboard.type("Diez")
        await page.keyboard.press("Enter")
        await expect(page.locator(".message--user .quote")).to_contain_text("¿Cuánto cuesta?")
        await expect(page.get_by_text("Respondes a")).to_be_hidden()


async def test_everything_is_reached_by_keyboard(office: Office) -> None:
    first = await office.shop.add_chat("Carla")
    second = await office.shop.add_chat("Diego")
    async with office.window("ana") as window:
        page = await window.open("/")
        await page.keyboard.press("j")
        await page.wait_for_url(f"**/chats/{second}")
        await page.keyboard.press("Alt+ArrowDown")
        await page.wait_for_url(f"**/chats/{first}")
        await expect(page.locator("#chats [aria-current=page]")).to_have_count(1)
        await expect(page.get_by_role("heading", name="Carla")).to_be_visible()
        await expect(page.get_by_label("Mensaje", exact=True)).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.locator(f"#chat-{first} a")).to_be_focused()
        await page.keyboard.press("/")
        await page.keyboard.type("die")
        await expect(page.locator("#chats .row")).to_have_count(1)
        await page.keyboard.press("Escape")
        await expect(page.locator("#chats .row")).to_have_count(2)
        await page.get_by_role("link", name="Sin responder").click()
        await expect(page.get_by_text("Nadie espera respuesta")).to_be_visible()
    assert not window.complaints


async def test_history_loads_above_without_a_jump(office: Office) -> None:
    chat = await office.shop.add_chat()
    messages = [await office.shop.add_message(chat, f"Mensaje {n}") for n in range(90)]
    async with office.window("ana") as window:
        page = await window.open(f"/chats/{chat}")
        await expect(page.locator(f"#message-{messages[-1]}")).to_be_in_viewport()
        await expect(page.locator(f"#message-{messages[0]}")).to_have_count(0)
        place = await page.evaluate(
            """async () => {
                const scroller = document.getElementById("thread-scroll");
                scroller.scrollTop = -1e6;
                const messages = [...document.querySelectorAll(".message")];
                const seen = messages.find((message) => message.getBoundingClientRect().top > 200);
                const before = seen.getBoundingClientRect().top;
                while (document.querySelectorAll(".message").length < 90) await new Promise(requestAnimationFrame);
                await new Promise(requestAnimationFrame);
                return seen.getBoundingClientRect().top - before;
            }"""
        )
        assert abs(place) < 2
        await page.get_by_role("button", name="Ir al último mensaje").click()
        await expect(page.locator(f"#message-{messages[-1]}")).to_be_in_viewport()


async def test_on_a_phone_there_is_one_zone_at_a_time_and_a_way_back(office: Office) -> None:
    chat = await office.shop.add_chat("Carla")
    async with office.window("ana", PHONE, has_touch=True, is_mobile=True) as window:
        page = await window.open("/")
        await page.locator(f"#chat-{chat} a").tap()
        await page.wait_for_url(f"**/chats/{chat}")
        await expect(page.locator("#chat-zone")).to_be_hidden()
        await page.get_by_role("link", name="Ficha del contacto").tap()
        await page.wait_for_url("**ficha=1")
        await expect(page.get_by_label("Mensaje", exact=True)).to_be_hidden()
        await page.go_back()
        await page.get_by_role("link", name="Volver a la lista").tap()
        await page.wait_for_url(f"{office.address}/")
        await expect(page.locator("#conversation")).to_be_hidden()
        wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, "nothing scrolls sideways"


async def test_an_expired_login_is_said_over_the_page_and_nothing_typed_is_lost(office: Office) -> None:
    chat = await office.shop.add_chat()
    await create_user(office.shop.parts.database, "ana", PASSWORD, ("ventas",), NOW)
    office.shop.tokens["ana"] = await office.shop.sign_in("ana")
    async with office.window("ana") as window:
        page = await window.open(f"/chats/{chat}")
        field = page.get_by_label("Mensaje", exact=True)
        await page.context.clear_cookies()
        await field.fill("casi listo")
        await field.press("Enter")
        dialog = page.get_by_role("dialog", name="Tu sesión terminó")
        await dialog.get_by_label("Usuario").fill("ana")
        await dialog.get_by_label("Contraseña").fill("no es esta")
        await dialog.get_by_role("button", name="Entrar").click()
        await expect(dialog.get_by_role("alert")).to_be_visible()
        await dialog.get_by_label("Contraseña").fill(PASSWORD)
        await dialog.get_by_role("button", name="Entrar").click()
        await expect(dialog).to_be_hidden()
        await expect(field).to_have_value("casi listo")
        await field.press("Enter")
        await expect(page.locator(".message--user")).to_have_count(1)
    assert await office.shop.sent_texts(chat) == ["casi listo"]


async def test_admins_open_the_reason_of_a_reply(office: Office) -> None:
    chat = await office.shop.add_chat()
    message = await office.shop.add_message(chat, bot_may_run=True)
    async with office.window("beto") as window:
        page = await window.open(f"/chats/{chat}")
        await page.locator(f"#message-{message}").hover()
        await page.get_by_role("button", name="¿Por qué el bot respondió o calló?").click()
        dialog = page.get_by_role("dialog", name="¿Por qué esta respuesta?")
        await expect(dialog).to_contain_text("todavía no ha decidido")
        assert await broken_rules(page) == []
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
    assert not window.complaints


async def test_the_error_page_of_a_proxy_never_lands_in_the_panel(office: Office) -> None:
    chat = await office.shop.add_chat()
    async with office.window("ana") as window:
        page = await window.open("/")
        await page.route(f"**/chats/{chat}", lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"))
        await page.locator(f"#chat-{chat} a").click()
        await expect(page.get_by_text("El servidor no contestó bien")).to_be_visible()
        await expect(page.get_by_text("Bad Gateway")).to_have_count(0)


async def test_what_one_may_not_see_any_more_is_said_in_a_toast(office: Office) -> None:
    chat = await office.shop.add_chat()
    async with office.window("ana") as window:
        page = await window.open("/")
        await office.shop.take_role_from_chat(chat)
        await page.locator(f"#chat-{chat} a").click()
        await expect(page.get_by_role("alert")).to_contain_text("No existe o no tienes acceso")
        await page.get_by_role("button", name="Cerrar aviso").click()
        await expect(page.get_by_role("alert")).to_have_count(0)
