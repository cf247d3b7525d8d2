"""A chat goes through two agents' hands and back to who knew the customer; marked rows, the card, keys, the phone."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, expect

from tests.browser.access import broken_rules
from tests.browser.desk import Desk
from tests.browser.phone import Phone
from tests.browser.pictures import take_pictures
from tests.browser.stage import PHONE, House, Stage, demo_house
from waia.kit.files import static_dir

DEMO = Path(static_dir()) / "demo"
PASSWORD = "piedra-de-rio-42"
PLAN: FilePayload = {"name": "plano.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF"}
COUNT_TONES = """() => {
    window.tones = 0;
    const Real = window.OscillatorNode;
    window.OscillatorNode = class extends Real { start(at) { window.tones += 1; super.start(at); } };
}"""
pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def assigning(light_browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """`waia demo` that gives hand-overs to whoever is there."""
    async with demo_house(tmp_path_factory.mktemp("desk"), WAIA_AUTO_ASSIGN="1") as house:
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def stage(browser: Browser, assigning: House) -> AsyncIterator[Stage]:
    stage = Stage(browser, assigning)
    yield stage
    await stage.close()
    assert not stage.surprises, stage.surprises


@pytest.mark.whole_browser
async def test_from_the_queue_through_two_hands_and_back_to_the_last_owner(stage: Stage) -> None:
    """Two agents and three customers, a whole day. WAIA_PICTURES keeps what each screen looked like."""
    paula, beto = await stage.phone("paula"), await stage.agent("beto")
    elena, jorge = await stage.phone("elena"), await stage.phone("jorge")
    await paula.says("hola")
    await expect(beto.row("Paula Nieto")).to_contain_text("Bot:")
    await paula.says("quiero hablar con una persona")
    await expect(beto.row("Paula Nieto")).to_contain_text("Ventas")
    ana = await stage.agent("ana", permissions=["microphone"])
    await take_pictures(ana.page, "lista")
    await ana.open("Paula Nieto")
    await expect(ana.holder).to_contain_text("En la cola de Ventas")
    await take_pictures(ana.page, "en-la-cola")
    await ana.presses("Tomar")
    await expect(ana.holder).to_contain_text("Lo atiendes tú")
    await ana.writes("Hola, Paula. Soy Ana.")
    await expect(paula.heard("Hola, Paula. Soy Ana.")).to_be_visible()
    await elena.says("¿Ya está mi mesón?")
    await jorge.says("Buenas, ¿me confirman el precio?")
    for customer in ("Elena Duarte", "Jorge Iván Castaño"):
        await expect(ana.row(customer)).to_be_visible()
    await _ana_sends_a_picture_a_voice_note_and_a_list(ana, paula)

    await ana.page.locator("#thread-scroll").focus()
    await ana.page.keyboard.press("n")
    await ana.page.keyboard.type("Pide descuento, @beto decide")
    await ana.page.keyboard.press("Enter")
    await expect(ana.bubble("Pide descuento", "note")).to_be_visible()
    toast = beto.page.locator("[data-call]")
    await expect(toast).to_contain_text("te mencionan en una nota")
    await take_pictures(beto.page, "mencionado", ["wide", "dark"])
    await toast.get_by_role("link", name="Abrir").click()
    await expect(beto.bubble("Pide descuento", "note")).to_be_visible()
    await expect(ana.page.locator(".watchers")).to_contain_text("Beto Salas también está aquí")
    await take_pictures(ana.page, "conversacion")

    await ana.page.keyboard.press("t")
    dialog = ana.page.get_by_role("dialog", name="Pasar el chat a")
    await dialog.get_by_label("Beto Salas").check()
    await dialog.get_by_label("Nota para quien lo recibe").fill("Es cliente de hace años")
    assert await broken_rules(ana.page) == []
    await take_pictures(ana.page, "pasar")
    await dialog.get_by_role("button", name="Pasar el chat").click()
    await expect(dialog).to_be_hidden()
    await expect(beto.holder).to_contain_text("Lo atiendes tú")
    await expect(beto.bubble("Es cliente de hace años", "note")).to_contain_text("pasó el chat a Beto Salas")
    await ana.page.locator("[data-undo]").click()
    await expect(beto.holder).to_contain_text("Atiende Ana Torres")

    await ana.presses("Cerrar")
    await expect(ana.holder).to_contain_text("Cerrado")
    await take_pictures(ana.page, "cerrado")
    await paula.says("hola")
    await expect(ana.holder).to_contain_text("Responde el bot")
    await paula.says("quiero hablar con una persona")
    await expect(ana.holder).to_contain_text("Lo atiendes tú")
    assert "Pide descuento" not in str(await paula.talk())


async def _ana_sends_a_picture_a_voice_note_and_a_list(ana: Desk, paula: Phone) -> None:
    await ana.page.locator("[data-attach-menu] summary").click()
    await take_pictures(ana.page, "adjuntar")
    await ana.page.get_by_label("Fotos y videos").set_input_files(DEMO / "marmol.jpg")
    await expect(ana.page.locator("[data-uploading]")).to_have_count(0)
    await take_pictures(ana.page, "foto-por-enviar")
    await ana.writes("Este es el mármol")
    await expect(paula.heard("Este es el mármol")).to_be_visible()

    await ana.page.get_by_role("button", name="Grabar un mensaje de voz").click()
    await expect(ana.page.get_by_role("timer")).to_have_text(re.compile("0:0[1-9]"))
    await take_pictures(ana.page, "grabando", ["wide", "dark"])
    await ana.page.locator("[data-record-stop]").click()
    await expect(ana.page.get_by_label("Escuchar antes de enviar")).to_be_visible()
    await ana.page.get_by_role("button", name="Enviar", exact=True).click()
    await expect(ana.page.locator(".message--user", has=ana.page.locator("audio"))).to_have_count(1)

    await ana.page.locator("[data-attach-menu] summary").click()
    await ana.page.get_by_role("link", name="Botones o lista").click()
    dialog = ana.page.get_by_role("dialog", name="Mensaje con opciones")
    await dialog.get_by_text("Lista", exact=True).click()
    await dialog.get_by_label("Texto").fill("¿Cuál prefieres?")
    await dialog.get_by_label("Botón que abre la lista").fill("Ver piedras")
    await dialog.get_by_label("Opción 1", exact=True).fill("Granito")
    await dialog.get_by_label("Opción 2", exact=True).fill("Mármol")
    await take_pictures(ana.page, "lista-de-opciones")
    await dialog.get_by_role("button", name="Enviar").click()
    await expect(dialog).to_have_count(0)
    await paula.heard("¿Cuál prefieres?").get_by_role("button", name="Ver piedras").click()
    await paula.page.get_by_role("dialog").get_by_text("Mármol").click()
    await expect(ana.bubble("Mármol", "customer")).to_have_count(1)


async def test_marked_rows_are_changed_at_once_and_put_back(stage: Stage) -> None:
    ana = await stage.agent("ana")
    rows = ana.page.locator("#chats > li")
    await rows.nth(1).locator(".row__pick").check()
    await rows.nth(3).locator(".row__pick").click(modifiers=["Shift"])
    bar = ana.page.locator("#picked")
    await expect(bar).to_contain_text("3 chats marcados")
    assert await broken_rules(ana.page) == []
    names = [(await rows.nth(place).locator(".row__name").inner_text()).strip() for place in (1, 2, 3)]
    await bar.get_by_role("button", name="Cerrar", exact=True).click()
    await expect(ana.page.locator("#toast-done")).to_contain_text("3 chats cerrados.")
    for name in names:
        await expect(ana.row(name)).to_contain_text("Cerrado")
    await expect(bar).to_be_hidden()
    await ana.page.locator("#chats .row__link").first.focus()
    await ana.page.keyboard.press("Control+z")
    await expect(ana.page.locator("#toast-done")).to_contain_text("Deshecho en 3 chats.")
    for name in names:
        await expect(ana.row(name)).not_to_contain_text("Cerrado")


async def test_the_card_takes_an_alias_and_roles_also_by_dragging(stage: Stage) -> None:
    beto = await stage.agent("beto")
    await beto.open("Fabio Lozano")
    await beto.page.get_by_role("link", name="Ficha del contacto").click()
    card = beto.page.locator("#facts")
    opening = card.get_by_text("Poner un alias")
    at_once = "summary => { summary.click(); return document.activeElement.id; }"
    assert await opening.evaluate(at_once) == "alias", "what is typed right after the click is lost"
    await beto.page.keyboard.type("Fabio, el de Cali")
    await beto.page.keyboard.press("Enter")
    await expect(beto.page.locator("#conversation-title")).to_have_text("Fabio, el de Cali")
    await expect(beto.row("Fabio, el de Cali")).to_be_visible()
    admins = card.get_by_role("button", name="Administrador")
    await admins.drag_to(beto.row("Fabio, el de Cali"))
    await expect(card.get_by_role("button", name="Administrador", pressed=True)).to_be_visible()
    await expect(beto.row("Fabio, el de Cali")).to_contain_text("Administrador")
    await card.get_by_role("button", name="Administrador").drag_to(beto.row("Fabio, el de Cali"))
    await expect(card.get_by_role("button", name="Administrador", pressed=False)).to_be_visible()
    assert await broken_rules(beto.page) == []


async def test_the_card_holds_the_files_of_the_chat_and_gets_new_ones_while_it_is_open(stage: Stage) -> None:
    beto = await stage.agent("beto")
    await beto.open("Luis Ángel Pardo")
    await beto.page.locator(".conversation .menu summary").click()
    await beto.page.get_by_role("link", name="Roles y alias").click()
    card = beto.page.locator("#facts")
    await expect(card.get_by_role("button", name="Administrador")).to_be_focused()
    await card.get_by_role("heading", name="Archivos").scroll_into_view_if_needed()
    await card.get_by_role("link", name="Foto del").click()
    await expect(beto.page.locator("#lightbox")).to_contain_text("Esta es mi cocina")
    await beto.page.keyboard.press("Escape")
    await expect(card.get_by_role("link", name="Foto del")).to_be_focused()
    luis = await stage.phone("luis")
    await luis.sends("Documento")
    plan = card.locator(".file").first.get_by_role("link", name="plano-cocina.pdf")
    await expect(plan).to_have_attribute("download", "plano-cocina.pdf")
    await card.get_by_role("heading", name="Sesiones").scroll_into_view_if_needed()
    await card.get_by_role("link", name="Ver en la conversación").last.click()
    await expect(beto.page.locator(".message .bubble:focus")).to_be_in_viewport()
    assert await broken_rules(beto.page) == []


async def test_d02_what_comes_undoes_neither_a_search_nor_the_mark_of_the_open_chat(stage: Stage) -> None:
    ana, diego = await stage.agent("ana"), await stage.phone("diego")
    await ana.open("Diego Ramírez")
    await diego.says("¿Siguen ahí?")
    await expect(ana.row("Diego Ramírez")).to_contain_text("¿Siguen ahí?")
    await expect(ana.row("Diego Ramírez").locator("a")).to_have_attribute("aria-current", "page")
    await ana.page.locator("#search").fill("granito")
    await expect(ana.page.locator("#found mark").first).to_be_visible()
    found = await ana.page.locator("#found").inner_text()
    await diego.says("Sigo con el mesón")
    await expect(ana.bubble("Sigo con el mesón", "customer")).to_be_visible()
    assert await ana.page.locator("#found").inner_text() == found
    await expect(ana.page.locator("#search")).to_have_value("granito")


async def test_d04_a_chat_that_is_opened_makes_no_sound(stage: Stage) -> None:
    ana = await stage.agent("ana")
    await ana.page.add_init_script(f"({COUNT_TONES})()")
    await ana.page.reload()
    await ana.page.get_by_label("Avisos de este equipo").first.click()
    await ana.page.get_by_label("Sonido", exact=True).check()
    await ana.page.wait_for_function("() => tones > 0")
    tones = await ana.page.evaluate("tones")
    for name in (await ana.names())[:3]:
        await ana.open(name)
    assert await ana.page.evaluate("tones") == tones


async def test_d03_two_quick_steps_end_in_the_second_chat_whatever_answer_comes_last(stage: Stage) -> None:
    ana = await stage.agent("ana")
    names = await ana.names()
    await ana.open(names[0])
    await ana.page.keyboard.press("Alt+ArrowDown")
    await ana.page.keyboard.press("Alt+ArrowDown")
    await expect(ana.page.locator("#conversation-title")).to_have_text(names[2])
    await expect(ana.page.locator("#chats .row__link[aria-current] .row__name")).to_have_text(names[2])


async def test_a_login_that_ends_opens_over_the_page_which_goes_on(stage: Stage) -> None:
    stage.expects("401")
    ana = await stage.agent("ana")
    await ana.open((await ana.names())[0])
    await ana.page.evaluate("window.stays = true")
    await ana.field.fill("A medio escribir")
    await ana.page.get_by_text("Nota interna", exact=True).click()
    await ana.page.locator("#note-text").fill("Llamar mañana")
    await stage.house.give_password("ana", PASSWORD)
    await ana.page.locator("[data-pick][data-as=document]").set_input_files(PLAN)
    dialog = ana.page.get_by_role("dialog", name="Tu sesión terminó")
    await dialog.get_by_label("Usuario").fill("ana")
    await dialog.get_by_label("Contraseña").fill(PASSWORD)
    await dialog.get_by_role("button", name="Entrar", exact=True).click()
    await expect(dialog).to_be_hidden()
    assert await ana.page.evaluate("window.stays") is True
    await expect(ana.field).to_have_value("A medio escribir")
    await expect(ana.page.locator("#note-text")).to_have_value("Llamar mañana")
    await expect(ana.page.locator("[data-attachment]")).to_contain_text("plano.pdf")
    await ana.page.locator("[data-attachment]").get_by_role("button", name="Quitar").click()
    await ana.field.press("Enter")
    await expect(ana.bubble("A medio escribir", "user")).to_be_visible()


async def test_on_a_phone_a_long_press_marks_and_the_menu_acts(stage: Stage) -> None:
    ana = await stage.agent("ana", viewport=PHONE, has_touch=True)
    name = (await ana.names())[0]
    await ana.page.locator("#chats > li").first.dispatch_event("pointerdown", {"pointerType": "touch", "bubbles": True})
    await expect(ana.page.locator("#picked")).to_contain_text("1 chat marcado")
    await ana.page.locator("#chats > li").first.dispatch_event("pointerup", {"pointerType": "touch", "bubbles": True})
    await ana.page.locator("#picked").get_by_role("button", name="Desmarcar todos").click()
    await ana.open(name)
    await ana.page.locator(".conversation .menu summary").click()
    assert await broken_rules(ana.page) == []
    await ana.page.get_by_role("button", name="Marcar como no leído").click()
    await expect(ana.page.locator(".conversation--open")).to_have_count(0)
    await expect(ana.row(name).locator(".badge")).to_be_visible()
