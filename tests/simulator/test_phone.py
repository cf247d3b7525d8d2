"""The phone page over HTTP: what is drawn, what a tap does, how it follows, who may hold the phone."""

import asyncio
import html
from datetime import timedelta

import httpx
import pytest

from tests.simulator.graph import PNID
from tests.simulator.phone_page import PhonePage
from waia.kit.clock import Clock
from waia.simulator import IdentityMode

MENU = {
    "type": "list",
    "header": {"type": "text", "text": "Tienda"},
    "body": {"text": "Elige *algo*"},
    "footer": {"text": "Sin prisa"},
    "action": {
        "button": "Ver opciones",
        "sections": [{"title": "Comprar", "rows": [{"id": "r1", "title": "Cotizar", "description": "Rápido"}]}],
    },
}


async def test_what_a_customer_writes_reaches_the_webhook_and_the_page(phone: PhonePage) -> None:
    assert await phone.sends("clientes/ana/mensajes", texto="  ¿Tienen *mármol*?  ") == 204
    assert phone.last()["text"] == {"body": "¿Tienen *mármol*?"}
    assert "<strong>mármol</strong>" in await phone.text()


async def test_an_empty_or_endless_message_is_refused_in_words(phone: PhonePage) -> None:
    for text in ("   ", "x" * 4097):
        answer = await phone.http.post("/simulador/clientes/ana/mensajes", data={"texto": text})
        assert answer.status_code == 422
    assert not phone.world.thread("ana", PNID)


async def test_what_a_customer_writes_is_never_html(phone: PhonePage) -> None:
    await phone.sends("clientes/ana/mensajes", texto="<script>alert(1)</script>")
    raw = (await phone.http.get("/simulador?cliente=ana")).text
    assert "<script>alert" not in raw
    assert "&lt;script&gt;alert" in raw


async def test_a_list_opens_as_a_sheet_and_its_row_can_be_tapped(phone: PhonePage) -> None:
    wamid = await phone.graph.wamid(interactive=MENU)
    page = await phone.text()
    for words in ("Tienda", "<strong>algo</strong>", "Sin prisa", "Ver opciones"):
        assert words in page
    sheet = await phone.http.get("/simulador/clientes/ana/opciones", params={"mensaje": wamid})
    assert 'id="sheet-options"' in sheet.text
    assert all(words in sheet.text for words in ("Comprar", "Cotizar", "Rápido"))
    assert await phone.sends("clientes/ana/toques", mensaje=wamid, opcion="r1") == 204
    assert phone.last()["interactive"]["list_reply"]["id"] == "r1"
    assert phone.last()["context"]["id"] == wamid


async def test_a_button_can_be_tapped_and_one_that_is_not_there_cannot(phone: PhonePage) -> None:
    wamid = await phone.buttons()
    assert "Sí, claro" in await phone.text()
    assert await phone.sends("clientes/ana/toques", mensaje=wamid, opcion="b1") == 204
    assert phone.last()["interactive"]["button_reply"] == {"id": "b1", "title": "Sí, claro"}
    assert await phone.sends("clientes/ana/toques", mensaje=wamid, opcion="nope") == 404
    assert await phone.sends("clientes/ana/toques", mensaje="wamid.none", opcion="b1") == 404


async def test_a_reaction_is_drawn_on_its_message_and_can_be_taken_back(phone: PhonePage) -> None:
    wamid = await phone.graph.wamid()
    assert await phone.sends("clientes/ana/reacciones", mensaje=wamid, emoji="❤️") == 204
    assert "said__reactions" in await phone.text()
    assert await phone.sends("clientes/ana/reacciones", mensaje=wamid, emoji="") == 204
    assert "said__reactions" not in await phone.text()
    assert await phone.sends("clientes/ana/reacciones", mensaje="wamid.none", emoji="❤️") == 404


async def test_an_answer_shows_what_it_answers(phone: PhonePage) -> None:
    wamid = await phone.graph.wamid(text={"body": "¿Qué día te queda bien?"})
    sheet = await phone.http.get("/simulador/clientes/ana/acciones", params={"mensaje": wamid})
    assert f'data-quote="{html.escape(wamid)}"' in sheet.text or wamid in html.unescape(sheet.text)
    await phone.sends("clientes/ana/mensajes", texto="El jueves", cita=wamid)
    assert phone.last()["context"]["id"] == wamid
    assert "said__quote-text" in await phone.text()


@pytest.mark.parametrize(
    ("sample", "kind"),
    [
        ("foto", "image"),
        ("voz", "audio"),
        ("documento", "document"),
        ("ubicacion", "location"),
        ("contacto", "contacts"),
    ],
)
async def test_samples_of_each_kind_can_be_sent(phone: PhonePage, sample: str, kind: str) -> None:
    assert await phone.sends("clientes/ana/muestras", muestra=sample) == 204
    assert phone.last()["type"] == kind
    assert (await phone.http.get("/simulador/clientes/ana/adjuntos")).status_code == 200
    assert await phone.text()


async def test_a_visit_from_an_ad_brings_its_referral(phone: PhonePage) -> None:
    assert await phone.sends("clientes/ana/muestras", muestra="anuncio") == 204
    assert phone.last()["referral"]["source_type"] == "ad"
    assert "Mesones a la medida" in await phone.text()


async def test_an_unknown_sample_is_not_found(phone: PhonePage) -> None:
    assert await phone.sends("clientes/ana/muestras", muestra="elefante") == 404


async def test_a_picture_of_the_chat_is_shown_and_other_files_are_only_downloaded(phone: PhonePage) -> None:
    await phone.sends("clientes/ana/muestras", muestra="foto")
    picture = await phone.http.get(f"/simulador/archivos/{phone.last()['image']['id']}")
    assert picture.headers["content-type"] == "image/jpeg"
    page = phone.world.media.add(PNID, b"<script>1</script>", "text/html", kind="document")
    file = await phone.http.get(f"/simulador/archivos/{page.id}")
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"] == "attachment"
    assert (await phone.http.get("/simulador/archivos/0")).status_code == 404


async def test_a_link_elsewhere_is_not_loaded_by_the_page(phone: PhonePage) -> None:
    await phone.graph.wamid(image={"link": "https://example.org/a.jpg"})
    await phone.graph.wamid(image={"link": "http://127.0.0.1:5000/static/demo/granito.jpg"})
    page = await phone.text()
    assert "example.org" not in page
    assert 'src="/static/demo/granito.jpg"' in page


async def test_a_message_that_meta_will_not_deliver_never_appears(phone: PhonePage) -> None:
    phone.world.windows.close(PNID, "ana")
    await phone.graph.wamid(text={"body": "Fuera de hora"})
    assert "Fuera de hora" not in await phone.text()


async def test_ticks_turn_blue_when_the_business_has_read(phone: PhonePage) -> None:
    wamid = await phone.world.handset("ana", PNID).says("¿Hola?")
    assert "said__tick--seen" not in await phone.text()
    await phone.graph.post({"status": "read", "message_id": wamid, "typing_indicator": {"type": "text"}})
    page = await phone.text()
    assert "said__tick--seen" in page
    assert "escribiendo…" in page


async def test_another_customer_can_be_chosen_and_one_without_a_number_says_so(phone: PhonePage) -> None:
    phone.world.add_customer("elena", "Elena", mode=IdentityMode.BSUID_ONLY, username="elena")
    page = await phone.text("elena")
    assert "Sin número visible" in page
    await phone.sends("clientes/elena/mensajes", texto="Hola")
    assert "from" not in phone.last("elena")
    assert phone.last("elena")["from_user_id"].startswith("CO.")


async def test_nobody_answers_to_an_unknown_customer(phone: PhonePage) -> None:
    assert (await phone.http.get("/simulador?cliente=nadie")).status_code == 404
    assert await phone.sends("clientes/nadie/mensajes", texto="Hola") == 404


@pytest.mark.parametrize(
    ("jump", "by"),
    [
        ("hora", timedelta(hours=1)),
        ("dia", timedelta(hours=24)),
        ("sesion", timedelta(minutes=11)),
    ],
)
async def test_the_clock_of_the_business_goes_forward(phone: PhonePage, clock: Clock, jump: str, by: timedelta) -> None:
    before = clock.business()
    assert await phone.sends("reloj", salto=jump) == 204
    assert clock.business() - before == by


async def test_the_clock_never_goes_back(phone: PhonePage, clock: Clock) -> None:
    before = clock.business()
    assert await phone.sends("reloj", salto="-1") == 404
    assert clock.business() == before


@pytest.mark.parametrize("fault", ["duplicado", "desorden", "estado", "respuesta", "limite"])
async def test_a_fault_is_armed_once_and_can_be_taken_back(phone: PhonePage, fault: str) -> None:
    def armed(page: str) -> bool:
        return page.partition(f'id="fault-{fault}"')[2].partition(">")[0].find('aria-pressed="true"') >= 0

    assert await phone.sends(f"fallos/{fault}") == 204
    assert armed(await phone.text())
    assert await phone.sends(f"fallos/{fault}") == 204
    assert not armed(await phone.text())


async def test_an_armed_limit_answers_429_to_one_send(phone: PhonePage) -> None:
    await phone.sends("fallos/limite")
    assert (await phone.graph.send()).status_code == 429
    assert (await phone.graph.send()).status_code == 200


async def test_an_unknown_fault_is_not_found(phone: PhonePage) -> None:
    assert await phone.sends("fallos/terremoto") == 404


async def test_the_page_follows_what_happens(phone: PhonePage) -> None:
    version = phone.world.changed.version
    url = f"/simulador/eventos?cliente=ana&desde={version}"
    async with asyncio.timeout(5), phone.http.stream("GET", url) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        await phone.graph.wamid(text={"body": "Primera línea\n\nTercera línea"})
        seen = await _until(stream, "Tercera línea")
    assert '<hx-partial hx-target="#phone-thread"' in seen
    assert "Primera línea\ndata: \ndata: Tercera línea" in seen
    assert "id: " in seen


async def test_a_page_of_an_earlier_world_is_drawn_anew_at_once(phone: PhonePage) -> None:
    url = "/simulador/eventos?cliente=ana&desde=99999"
    async with asyncio.timeout(5), phone.http.stream("GET", url) as stream:
        assert "phone-thread" in await _until(stream, "phone-thread")


async def test_streams_end_when_the_server_closes(phone: PhonePage) -> None:
    url = f"/simulador/eventos?cliente=ana&desde={phone.world.changed.version}"
    async with asyncio.timeout(5), phone.http.stream("GET", url) as stream:
        phone.closing.set()
        async for _ in stream.aiter_text():
            continue


@pytest.mark.parametrize("header", [{"x-forwarded-for": "203.0.113.9"}, {"host": "chat.example.com"}])
async def test_from_elsewhere_only_who_is_signed_in_may_hold_the_phone(
    phone: PhonePage, header: dict[str, str]
) -> None:
    assert (await phone.http.get("/simulador?cliente=ana", headers=header)).status_code == 401
    answer = await phone.http.post("/simulador/clientes/ana/mensajes", data={"texto": "Hola"}, headers=header)
    assert answer.status_code == 401


async def _until(stream: httpx.Response, words: str) -> str:
    seen = ""
    async for chunk in stream.aiter_text():
        seen += chunk
        if words in seen:
            return seen
    raise AssertionError(f"the stream ended without {words!r}")
