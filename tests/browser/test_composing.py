"""Writing to customers: sent once, never lost, and honest about what did not arrive."""

import asyncio
import re

import pytest
from playwright.async_api import Dialog, Locator, Route, expect

from tests.browser.desk import Desk
from tests.browser.stage import Stage
from tests.media.samples import sample
from tests.road_world import said
from tests.roads.bodies import PNID
from waia.simulator.faults import once

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOT_A_WHATSAPP_USER = 131026
PASSWORD = "mesones de piedra 2026"
ENTER = "new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true })"
TELL_ANSWERED = """() => document.addEventListener("htmx:finally:request", ({ target }) => {
    if (target.matches?.("form.composer")) document.body.dataset.answered = "yes";
})"""
DOUBLE_SENDS = {
    "a double Enter": f"field => {{ field.dispatchEvent({ENTER}); field.dispatchEvent({ENTER}); }}",
    "a double click": "field => { for (const _ of '12') field.form.querySelector('[type=submit]').click(); }",
}


async def _desk_with(stage: Stage, key: str, name: str) -> Desk:
    """Beto with a chat open in which he may write, held by him."""
    world = stage.house.graph.world
    world.add_customer(key, name, f"57300123{1000 + len(world.customers)}")
    beto = await stage.agent("beto")
    await world.customer_says(key, PNID, "hola")
    await expect(beto.row(name)).to_contain_text("Bot:")
    await beto.open(name)
    await beto.presses("Tomar")
    await expect(beto.holder).to_contain_text("Lo atiendes tú")
    return beto


def _told(stage: Stage, key: str) -> list[str]:
    """What the customer got from people, in order."""
    return [said(sent) for sent in stage.house.graph.sent_to(key) if sent.kind == "text"]


@pytest.mark.parametrize("way", DOUBLE_SENDS)
async def test_a_nervous_finger_sends_once(shop_stage: Stage, way: str) -> None:
    key = way.rpartition(" ")[2].lower()
    desk = await _desk_with(shop_stage, key, f"Nora {key}")
    await desk.field.fill("Te llamo a las tres.")
    await desk.field.evaluate(DOUBLE_SENDS[way])
    await expect(desk.bubble("Te llamo a las tres.", "user")).to_have_count(1)
    await desk.writes("¿Te sirve?")
    await shop_stage.house.graph.world.until(lambda: "¿Te sirve?" in _told(shop_stage, key), 20)
    assert _told(shop_stage, key) == ["Te llamo a las tres.", "¿Te sirve?"]
    await expect(desk.page.locator(".message--user")).to_have_count(2)


async def test_a_form_sent_twice_by_the_network_is_one_message(shop_stage: Stage) -> None:
    desk = await _desk_with(shop_stage, "olga", "Olga Prada")
    async with desk.page.expect_request("**/mensajes") as sent:
        await desk.writes("Una sola vez.")
    await expect(desk.bubble("Una sola vez.", "user")).to_have_count(1)
    request = await sent.value
    again = "([url, body, headers]) => fetch(url, { method: 'POST', body, headers }).then(answer => answer.status)"
    statuses = await asyncio.gather(
        *[desk.page.evaluate(again, [request.url, request.post_data, _repeatable(request.headers)]) for _ in range(3)]
    )
    assert statuses == [200, 200, 200]
    await desk.writes("Y otra.")
    await shop_stage.house.graph.world.until(lambda: "Y otra." in _told(shop_stage, "olga"), 20)
    assert _told(shop_stage, "olga") == ["Una sola vez.", "Y otra."]


def _repeatable(headers: dict[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in ("x-csrf-token", "content-type", "hx-request")}


async def test_a_text_survives_a_reload(shop_stage: Stage) -> None:
    desk = await _desk_with(shop_stage, "pilar", "Pilar Rey")
    await desk.field.fill("Con mucho cuidado\nescrito")
    await desk.page.reload()
    await expect(desk.field).to_have_value("Con mucho cuidado\nescrito")
    await desk.field.press("Enter")
    await expect(desk.page.locator(".message--user")).to_have_count(1)
    await desk.page.wait_for_function("() => !Object.values(sessionStorage).some((kept) => kept.includes('escrito'))")
    await desk.page.reload()
    await expect(desk.field).to_have_value("")


async def test_a_text_survives_a_login_that_expired(shop_stage: Stage) -> None:
    """The login opens over the page; the page is loaded anew for whoever signed in."""
    shop_stage.expects("401")
    shop_stage.expects("403")  # a mark of the old page that comes after the new login
    await shop_stage.house.give_password("beto", PASSWORD)
    desk = await _desk_with(shop_stage, "vera", "Vera Solís")
    await desk.page.context.clear_cookies()
    await desk.writes("casi listo")
    dialog = desk.page.get_by_role("dialog", name="Tu sesión terminó")
    await dialog.get_by_label("Usuario").fill("beto")
    await dialog.get_by_label("Contraseña").fill(PASSWORD)
    await dialog.get_by_role("button", name="Entrar", exact=True).click()
    await expect(dialog).to_be_hidden()
    await expect(desk.field).to_have_value("casi listo")
    assert _told(shop_stage, "vera") == []
    await desk.field.press("Enter")
    await expect(desk.bubble("casi listo", "user")).to_have_count(1)


async def test_a_refused_text_stays_with_its_reason(shop_stage: Stage) -> None:
    shop_stage.expects("422")
    desk = await _desk_with(shop_stage, "rosa", "Rosa Cano")
    await desk.writes("ñ" * 4_097)
    await expect(desk.page.locator("#composer-error")).to_contain_text("4096")
    await expect(desk.field).to_have_value("ñ" * 4_097)
    await desk.writes("ñ" * 4_096)
    await expect(desk.page.locator(".message--user")).to_have_count(1)
    await expect(desk.field).to_have_value("")
    await expect(desk.page.locator("#composer-error")).to_have_count(0)


async def test_a_closed_window_says_why_nothing_can_be_written(shop_stage: Stage) -> None:
    beto = await shop_stage.agent("beto")
    await beto.open("Karina Vélez")
    await expect(beto.page.locator("#composer-closed")).to_contain_text("24 horas")
    await expect(beto.field).to_be_disabled()
    await expect(beto.page.get_by_role("button", name="Enviar", exact=True)).to_be_disabled()


async def test_a_failed_message_says_why_and_can_be_tried_again(shop_stage: Stage) -> None:
    desk = await _desk_with(shop_stage, "sonia", "Sonia Mejía")
    shop_stage.house.graph.world.faults.send.next_codes = [NOT_A_WHATSAPP_USER]
    await desk.writes("¿Me lees?")
    trouble = desk.page.get_by_role("group", name="No se envió")
    await expect(trouble).to_contain_text(re.compile(rf"No se envió\. .+{NOT_A_WHATSAPP_USER}"))
    await trouble.get_by_role("button", name="Reintentar").click()
    await expect(trouble).to_have_count(0)
    await expect(desk.bubble("¿Me lees?", "user").get_by_text(re.compile("Enviado|Entregado|Leído"))).to_be_attached()
    assert _told(shop_stage, "sonia") == ["¿Me lees?"]


async def test_an_answer_that_comes_late_does_not_take_back_what_the_stream_told(shop_stage: Stage) -> None:
    desk = await _desk_with(shop_stage, "tomas", "Tomás Vera")
    trouble = desk.page.get_by_role("group", name="No se envió")

    async def hold(route: Route) -> None:
        answer = await route.fetch()
        await trouble.wait_for()
        await route.fulfill(response=answer)

    await desk.page.route("**/chats/*/mensajes", hold)
    await desk.page.evaluate(TELL_ANSWERED)
    shop_stage.house.graph.world.faults.send.next_codes = [NOT_A_WHATSAPP_USER]
    async with desk.page.expect_response("**/chats/*/mensajes"):
        await desk.writes("¿Estás ahí?")
    await expect(desk.page.locator("body[data-answered]")).to_have_count(1)
    await expect(desk.bubble("¿Estás ahí?", "user")).to_have_count(1)
    await expect(trouble).to_be_visible()


async def test_a_message_of_unknown_outcome_is_sent_again_only_by_a_person(shop_stage: Stage) -> None:
    world = shop_stage.house.graph.world
    desk = await _desk_with(shop_stage, "tania", "Tania Vega")
    trouble = await _in_doubt(shop_stage, desk, "¿Llegó esto?")
    desk.page.on("dialog", _accept)
    await trouble.get_by_role("button", name="Reenviar").click()
    await expect(trouble).to_have_count(0)
    await world.until(lambda: _told(shop_stage, "tania") == ["¿Llegó esto?"] * 2, 20)
    bubble = desk.bubble("¿Llegó esto?", "user")
    await expect(bubble.get_by_text("Leído")).to_be_attached()

    first = next(sent for sent in shop_stage.house.graph.sent_to("tania") if sent.kind == "text")
    shipment = world.ledger.shipment(first.wamid)
    assert shipment is not None
    world.courier.tell(shipment, "delivered")
    await expect(bubble).to_contain_text("Se envió dos veces")


async def test_a_message_of_unknown_outcome_can_be_dropped(shop_stage: Stage) -> None:
    desk = await _desk_with(shop_stage, "ursula", "Úrsula Paz")
    trouble = await _in_doubt(shop_stage, desk, "Olvida esto")
    await trouble.get_by_role("button", name="Descartar").click()
    await expect(trouble).to_have_count(0)
    await expect(desk.bubble("Olvida esto", "user").get_by_text("Descartado")).to_be_attached()
    await desk.writes("Sigamos.")
    await shop_stage.house.graph.world.until(lambda: "Sigamos." in _told(shop_stage, "ursula"), 20)
    assert _told(shop_stage, "ursula") == ["Olvida esto", "Sigamos."]


async def _in_doubt(stage: Stage, desk: Desk, words: str) -> Locator:
    """Meta takes the message, the answer is lost, and no status ever comes."""
    faults = stage.house.graph.world.faults
    faults.send.lost_answer, faults.status.never = once(), once()
    await desk.writes(words)
    trouble = desk.page.get_by_role("group", name="No se sabe si llegó")
    await expect(trouble).to_be_visible()
    return trouble


async def _accept(dialog: Dialog) -> None:
    assert "dos veces" in dialog.message
    await dialog.accept()


async def test_a_draft_is_on_every_device_and_two_of_them_do_not_eat_each_others(shop_stage: Stage) -> None:
    shop_stage.expects("409")  # a save that is told of the other one
    desk = await _desk_with(shop_stage, "wanda", "Wanda Ruiz")
    chat = await desk.chat_id()
    async with desk.page.expect_response("**/borrador"):
        await desk.field.fill("Le confirmo el precio")
    phone = await shop_stage.agent("beto", f"/chats/{chat}")
    await expect(phone.field).to_have_value("Le confirmo el precio")
    async with phone.page.expect_response("**/borrador"):
        await phone.field.fill("Le confirmo el precio y el plazo")
    await desk.field.fill("Mejor te llamo")
    other = desk.page.locator("[data-other]")
    await expect(other).to_contain_text("Le confirmo el precio y el plazo")
    await other.get_by_role("button", name="Añadir").click()
    await expect(desk.field).to_have_value("Mejor te llamo\nLe confirmo el precio y el plazo")
    async with desk.page.expect_response("**/borrador"):
        await desk.field.fill("Mejor te llamo. Le confirmo el precio y el plazo")
    await desk.open("Karina Vélez")
    await expect(desk.row("Wanda Ruiz").locator(".row__preview")).to_contain_text("Borrador: Mejor te llamo")
    await desk.open("Wanda Ruiz")
    await desk.field.press("Enter")
    await expect(desk.page.locator(".message--user")).to_have_count(1)
    await desk.open("Karina Vélez")
    await expect(desk.row("Wanda Ruiz").locator(".row__preview")).to_contain_text("Tú:")
    await phone.page.goto(f"/chats/{chat}")
    await expect(phone.field).to_have_value("")


async def test_a_draft_is_kept_when_the_page_closes_at_once(shop_stage: Stage) -> None:
    desk = await _desk_with(shop_stage, "xenia", "Xenia Paz")
    chat = await desk.chat_id()
    await desk.field.fill("Un momento")
    await desk.page.close(run_before_unload=True)
    again = await shop_stage.agent("beto", f"/chats/{chat}")
    await expect(again.field).to_have_value("Un momento")


async def test_an_action_is_one_request(shop_stage: Stage) -> None:
    desk = await _desk_with(shop_stage, "yara", "Yara Gil")
    seen: list[str] = []
    desk.page.on("request", lambda request: seen.append(f"{request.method} {request.url.rpartition('/')[2]}"))

    async def asked(words: str) -> list[str]:
        await expect(desk.bubble(words, "user")).to_have_count(1)
        told = [
            each for each in seen if not each.startswith("GET") and not each.endswith(("borrador", "lectura", "uso"))
        ]
        seen.clear()
        return told

    await desk.writes("Buenas tardes")
    assert await asked("Buenas tardes") == ["POST mensajes"]
    await desk.field.press_sequentially("/salu")
    await expect(desk.page.locator(".composer [role=option]:visible")).to_have_count(1)
    await desk.field.press("Enter")
    await desk.field.press("Enter")
    assert await asked("Soy del equipo") == ["POST mensajes"]
    await desk.page.locator("[data-attach-menu] summary").click()
    await desk.page.get_by_label("Documentos").set_input_files(sample("papers.pdf"))
    await expect(desk.page.locator("[data-attachment]")).to_have_count(1)
    await desk.writes("La factura")
    told = await asked("La factura")
    assert [each.partition("?")[0] for each in told] == ["POST archivos", "POST mensajes"]
