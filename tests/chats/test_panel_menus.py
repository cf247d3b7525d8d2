"""A list or a button message that an agent builds: checked while one types, sent once, and a tap goes on."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.chats.panel_world import CLIENT_ID, NOW, Shop
from waia.chats.models import OutboxItem
from waia.whatsapp.content import Buttons, Content, ListMenu, content_from_json

HOSTILE = '"><img src=x onerror=alert(1)>'
BUTTONS = {"clase": "botones", "texto": "¿Cuándo te visitamos?", "b.0": "Mañana", "b.2": "El sábado"}
LIST = {
    "clase": "lista", "encabezado": "Materiales", "texto": "¿Cuál prefieres?", "pie": "Precios con IVA",
    "etiqueta": "Ver materiales", "s.0": "Piedra", "s.1": "Otros",
    "r.0.0.t": "Granito", "r.0.0.d": "Resiste el calor", "r.0.1.t": "", "r.0.2.t": "Mármol", "r.1.0.t": "Cuarzo",
}  # fmt: skip


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def contents(shop: Shop, chat_id: int) -> list[Content]:
    async with shop.parts.database.reading() as tx:
        wanted = select(OutboxItem.payload).where(OutboxItem.chat_id == chat_id).order_by(OutboxItem.id)
        return [content_from_json(payload) for payload in (await tx.execute(wanted)).scalars()]


async def test_buttons_go_out_once_with_ids_unlike_those_of_any_rule(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        sent = await ana.act("POST", f"/chats/{chat}/opciones", client_id=CLIENT_ID, **BUTTONS)
        again = await ana.act("POST", f"/chats/{chat}/opciones", client_id=CLIENT_ID, **BUTTONS)
    (message,) = await contents(shop, chat)
    assert isinstance(message, Buttons)
    assert (message.body, [button.title for button in message.buttons]) == (BUTTONS["texto"], ["Mañana", "El sábado"])
    assert len({button.id for button in message.buttons}) == 2
    assert all(button.id.startswith("asesor-0b8f6a523f37-") for button in message.buttons)
    assert sent.ids("message") == again.ids("message") != []
    assert "Mañana" in sent.page.text(f"message-{sent.ids('message')[0]}")


async def test_a_list_leaves_out_what_was_left_empty(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        assert (await ana.submit(f"/chats/{chat}/opciones", client_id=CLIENT_ID, **LIST)).status == 303
        thread = (await ana.get(f"/chats/{chat}")).page
    assert len(thread.where(_="li", **{"class": "choices__section"})) == 2
    (message,) = await contents(shop, chat)
    assert isinstance(message, ListMenu)
    told = [(section.title, [(row.title, row.description) for row in section.rows]) for section in message.sections]
    assert told == [("Piedra", [("Granito", "Resiste el calor"), ("Mármol", "")]), ("Otros", [("Cuarzo", "")])]
    assert (message.header, message.footer, message.button) == ("Materiales", "Precios con IVA", "Ver materiales")


@pytest.mark.parametrize(
    ("form", "field", "words"),
    [
        (BUTTONS | {"b.1": "x" * 21}, "b.1", "tiene 21 caracteres y WhatsApp admite 20"),
        (BUTTONS | {"b.2": "Mañana"}, "b.2", "está repetido"),
        ({"clase": "botones", "texto": "Hola"}, "b.0", "necesita al menos un elemento"),
        (BUTTONS | {"texto": " "}, "texto", "no puede quedar vacío"),
        (BUTTONS | {"texto": "x" * 1_025}, "texto", "1025 caracteres"),
        (BUTTONS | {"encabezado": "x" * 61}, "encabezado", "61 caracteres"),
        (LIST | {"etiqueta": ""}, "etiqueta", "no puede quedar vacío"),
        (LIST | {"pie": "🪨" * 31}, "pie", "62 caracteres"),
        (LIST | {"s.1": ""}, "s.1", "no puede quedar vacío"),
        (LIST | {"r.0.2.t": "x" * 25}, "r.0.2.t", "25 caracteres"),
        (LIST | {"r.1.0.d": "x" * 73}, "r.1.0.d", "73 caracteres"),
        (LIST | {"r.0.1.d": "solo descripción"}, "r.0.1.t", "no puede quedar vacío"),
        ({"clase": "lista", "texto": "Hola", "etiqueta": "Ver"}, "r.0.0.t", "necesita al menos un elemento"),
    ],
)
async def test_what_meta_would_refuse_is_told_beside_its_field(
    shop: Shop, form: dict[str, str], field: str, words: str
) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        answers = [
            await ana.act("POST", f"/chats/{chat}/opciones", client_id=CLIENT_ID, **form),
            await ana.submit(f"/chats/{chat}/opciones", client_id=CLIENT_ID, **form),
        ]
    for answer in answers:
        own_id = f"menu-{field.replace('.', '-')}"
        assert answer.status == 422
        assert [element["id"] for element in answer.page.where(aria_invalid="true")] == [own_id]
        assert words in answer.page.text(f"{own_id}-error")
        inputs = {element.get("name"): element.get("value") for element in answer.page.where(_="input")}
        assert {name: inputs[name] for name in form if name not in {"clase", "texto"}} == {
            name: value.strip() for name, value in form.items() if name not in {"clase", "texto"}
        }
    assert await contents(shop, chat) == []


async def test_rows_and_sections_come_and_go_and_nothing_typed_is_lost(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:

        async def wish(do: str, **more: str) -> dict[str, str]:
            answer = await ana.act("POST", f"/chats/{chat}/opciones/forma", hacer=do, **LIST, **more)
            names = [element for element in answer.page.where(_="input") if element.get("name", "")[:2] in {"r.", "s."}]
            return {element["name"]: element["value"] for element in names if element["value"]}

        assert list(await wish("fila.1")) == list(await wish(""))
        assert await wish("quitar.0.0") == {"s.0": "Piedra", "r.0.1.t": "Mármol", "s.1": "Otros", "r.1.0.t": "Cuarzo"}
        assert await wish("quitar.1.0") == {
            "s.0": "Piedra", "r.0.0.t": "Granito", "r.0.0.d": "Resiste el calor", "r.0.2.t": "Mármol",
        }  # fmt: skip
        for odd in ("quitar.9.9", "fila.9", "fila.x", "borrar", "quitar.0"):
            assert await wish(odd) == await wish("")
        full = {f"r.0.{row}.t": str(row) for row in range(9)}
        grown = await ana.act("POST", f"/chats/{chat}/opciones/forma", hacer="fila.0", clase="lista", **full)
        assert len(grown.page.where(_="li", **{"class": "menu-row"})) == 10
        assert {"disabled": "", "value": "fila.0"}.items() <= grown.page.where(value="fila.0")[0].items()
        assert len((await ana.act("POST", f"/chats/{chat}/opciones/forma", hacer="seccion")).ids("menu-section")) == 2


async def test_the_preview_shows_what_the_customer_will_see_and_what_is_too_much(shop: Shop) -> None:
    chat = await shop.add_chat()
    form = LIST | {"texto": f"*Hola* {HOSTILE}", "r.0.0.t": HOSTILE}
    async with shop.browser("ana") as ana:
        answer = await ana.act("POST", f"/chats/{chat}/opciones/vista", client_id=CLIENT_ID, **form)
    shown = answer.page.text("menu-preview")
    assert all(words in shown for words in (HOSTILE, "Materiales", "Ver materiales", "Cuarzo", "WhatsApp admite 24"))
    assert answer.page.where(_="strong")
    assert not answer.page.where(onerror="alert(1)")


async def test_a_form_that_is_not_ours_is_refused(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana, shop.browser("dora") as dora:
        for told in ({"b.3": "x"}, {"r.0.10.t": "x"}, {"usuario": "x"}, {"pie": "x" * 8_001}):
            assert (await ana.act("POST", f"/chats/{chat}/opciones", client_id=CLIENT_ID, **told)).status == 422
        assert (await ana.act("POST", f"/chats/{chat}/opciones", client_id="x", **BUTTONS)).status == 422
        for path in ("", "/vista", "/forma"):
            assert (
                await dora.act("POST", f"/chats/{chat}/opciones{path}", client_id=CLIENT_ID, **BUTTONS)
            ).status == 404
        assert (await dora.get(f"/chats/{chat}/opciones")).status == 404
    assert await contents(shop, chat) == []


async def test_outside_the_window_the_builder_leads_to_the_templates_and_keeps_the_form(shop: Shop) -> None:
    chat = await shop.add_chat(window_ends_at=NOW)
    async with shop.browser("ana") as ana:
        empty = await ana.get(f"/chats/{chat}/opciones", "dialog")
        refused = await ana.act("POST", f"/chats/{chat}/opciones", client_id=CLIENT_ID, **BUTTONS)
    assert empty.page.where(href=f"/chats/{chat}/plantillas")
    assert refused.status == 409
    assert refused.page.where(name="b.0", value="Mañana")
    assert "Pasaron más de 24 horas" in refused.page.text("menu-builder")
    assert await contents(shop, chat) == []
