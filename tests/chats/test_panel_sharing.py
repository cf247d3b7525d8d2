"""A place or a contact card that an agent sends: checked beside its field, sent once, drawn on both sides."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.chats.panel_world import CLIENT_ID, NOW, Shop
from waia.chats.models import OutboxItem
from waia.simulator.phone_content import content_of
from waia.simulator.validate.content import contacts, location
from waia.whatsapp.content import Content, content_from_json
from waia.whatsapp.graph_json import content_json
from waia.whatsapp.places import NotAPlace, read_place

HOSTILE = '"><img src=x onerror=alert(1)>'
PLACE = {"lugar": "4.6097, -74.0817", "nombre": "Sede Centro", "direccion": "Calle 10 # 5-20"}
CARD = {"nombre": "Ana Lee", "numero": "+57 300 555 0101", "empresa": "Mármoles SA", "correo": "ana@marmoles.co"}


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def contents(shop: Shop, chat_id: int) -> list[Content]:
    async with shop.parts.database.reading() as tx:
        wanted = select(OutboxItem.payload).where(OutboxItem.chat_id == chat_id).order_by(OutboxItem.id)
        return [content_from_json(payload) for payload in (await tx.execute(wanted)).scalars()]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("4.6097, -74.0817", (4.6097, -74.0817)),
        ("  -33.45 -70.66 ", (-33.45, -70.66)),
        ("4,6097, -74,0817", (4.6097, -74.0817)),
        ("0, 0", (0, 0)),
        ("geo:19.4326,-99.1332?z=15", (19.4326, -99.1332)),
        ("https://maps.google.com/?q=4.6097,-74.0817", (4.6097, -74.0817)),
        ("https://www.google.com/maps/search/?api=1&query=4.6097%2C-74.0817", (4.6097, -74.0817)),
        ("https://www.google.com/maps/@4.60,-74.08,15z", (4.60, -74.08)),
        (
            "https://www.google.com/maps/place/X/@4.60,-74.08,15z/data=!3m1!4b1!4m6!3m5!8m2!3d4.6097!4d-74.0817",
            (4.6097, -74.0817),
        ),
        ("https://www.openstreetmap.org/?mlat=4.6097&mlon=-74.0817#map=15/4.6/-74", (4.6097, -74.0817)),
        ("https://www.openstreetmap.org/#map=15/4.6097/-74.0817", (4.6097, -74.0817)),
    ],
)
def test_a_place_is_read_from_coordinates_and_from_maps(typed: str, found: tuple[float, float]) -> None:
    assert read_place(typed) == found


@pytest.mark.parametrize("typed", ["", "Calle 10", "4.6", "https://maps.app.goo.gl/abc123", "1, 2, 3", "nan, nan"])
def test_what_names_no_place_is_told(typed: str) -> None:
    with pytest.raises(NotAPlace):
        read_place(typed)


async def test_a_place_goes_out_once_and_stands_in_the_thread_as_a_card(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        assert (await ana.get(f"/chats/{chat}/ubicacion")).page.where(name="lugar")
        sent = await ana.act("POST", f"/chats/{chat}/ubicacion", client_id=CLIENT_ID, **PLACE)
        again = await ana.act("POST", f"/chats/{chat}/ubicacion", client_id=CLIENT_ID, **PLACE)
        row = await ana.get("/")
    (content,) = await contents(shop, chat)
    told = content_json(content)["location"]
    location(told)  # type: ignore[arg-type]
    assert told == {
        "latitude": 4.6097, "longitude": -74.0817, "name": "Sede Centro", "address": "Calle 10 # 5-20",
    }  # fmt: skip
    assert sent.ids("message") == again.ids("message") != []
    shown = sent.page.text(f"message-{sent.ids('message')[0]}")
    assert shown.count("Sede Centro") == 1
    assert "Calle 10 # 5-20" in shown
    assert sent.page.where(href="https://www.google.com/maps/search/?api=1&query=4.6097,-74.0817")
    assert "Sede Centro" in row.page.text(f"chat-{chat}")
    assert content_of({"type": "location", "location": told}).title == "Sede Centro"


async def test_a_card_goes_out_with_a_number_that_can_be_written_to(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        sent = await ana.submit(f"/chats/{chat}/contacto", client_id=CLIENT_ID, **CARD)
        thread = (await ana.get(f"/chats/{chat}")).page
    assert sent.status == 303
    (content,) = await contents(shop, chat)
    cards = content_json(content)["contacts"]
    contacts(cards)  # type: ignore[arg-type]
    assert cards == [
        {
            "name": {"formatted_name": "Ana Lee", "first_name": "Ana Lee"},
            "phones": [{"phone": "+573005550101", "type": "CELL", "wa_id": "573005550101"}],
            "emails": [{"email": "ana@marmoles.co"}],
            "org": {"company": "Mármoles SA"},
        }
    ]
    assert thread.where(href="tel:+573005550101")
    assert thread.where(href="mailto:ana@marmoles.co")
    assert all(words in thread.text() for words in ("Ana Lee", "Mármoles SA", "celular"))
    assert content_of({"type": "contacts", "contacts": cards}).detail == "+573005550101"


@pytest.mark.parametrize(
    ("kind", "form", "field", "words"),
    [
        ("ubicacion", PLACE | {"lugar": "Calle 10"}, "lugar", "coordenadas"),
        ("ubicacion", PLACE | {"lugar": "91, 0"}, "lugar", "entre -90 y 90"),
        ("ubicacion", PLACE | {"lugar": "0, -181"}, "lugar", "entre -180 y 180"),
        ("ubicacion", PLACE | {"nombre": ""}, "nombre", "junto a un nombre"),
        ("ubicacion", PLACE | {"nombre": "x" * 257}, "nombre", "caben 256"),
        ("contacto", CARD | {"nombre": " "}, "nombre", "Escribe un nombre"),
        ("contacto", CARD | {"numero": "300"}, "numero", "código del país"),
        ("contacto", CARD | {"correo": "ana"}, "correo", "Escribe un correo"),
    ],
)
async def test_what_is_wrong_is_told_beside_its_field(
    shop: Shop, kind: str, form: dict[str, str], field: str, words: str
) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        answer = await ana.act("POST", f"/chats/{chat}/{kind}", client_id=CLIENT_ID, **form)
    assert answer.status == 422
    assert [element["id"] for element in answer.page.where(aria_invalid="true")] == [f"share-{field}"]
    assert words in answer.page.text(f"share-{field}-error")
    assert {name: answer.page.where(name=name)[0]["value"] for name in form} == {
        name: value.strip() for name, value in form.items()
    }
    assert await contents(shop, chat) == []


async def test_the_preview_shows_the_card_and_nothing_in_it_runs(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        place = await ana.act("POST", f"/chats/{chat}/ubicacion/vista", **PLACE | {"nombre": HOSTILE})
        card = await ana.act("POST", f"/chats/{chat}/contacto/vista", **CARD | {"empresa": HOSTILE})
        blank = await ana.act("POST", f"/chats/{chat}/contacto/vista", nombre="Ana")
    for answer in (place, card):
        assert HOSTILE in answer.page.text("share-preview")
        assert not answer.page.where(onerror="alert(1)")
    assert "Aparece cuando" in blank.page.text("share-preview")


async def test_who_may_not_see_the_chat_or_sends_another_form_is_refused(shop: Shop) -> None:
    chat = await shop.add_chat()
    closed = await shop.add_chat(window_ends_at=NOW)
    async with shop.browser("ana") as ana, shop.browser("dora") as dora:
        for kind, form in (("ubicacion", PLACE), ("contacto", CARD)):
            assert (await dora.get(f"/chats/{chat}/{kind}")).status == 404
            for path in ("", "/vista"):
                address = f"/chats/{chat}/{kind}{path}"
                assert (await dora.act("POST", address, client_id=CLIENT_ID, **form)).status == 404
                assert (await ana.act("POST", address, client_id=CLIENT_ID, usuario="x")).status == 422
            assert (await ana.act("POST", f"/chats/{chat}/{kind}", client_id="x", **form)).status == 422
            late = await ana.act("POST", f"/chats/{closed}/{kind}", client_id=CLIENT_ID, **form)
            assert late.status == 409
            assert late.page.where(href=f"/chats/{closed}/plantillas")
    assert await contents(shop, chat) == await contents(shop, closed) == []
