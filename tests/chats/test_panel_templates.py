"""Choosing and sending a template in the panel: the list, the form, the preview, the refusals."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.chats.panel_world import CLIENT_ID, NOW, Shop
from tests.media.samples import sample
from waia.seeds.templates import TEMPLATES
from waia.whatsapp.models import MessageTemplate
from waia.whatsapp.template_repository import replace_templates

ACCOUNT = "102290129340398"
HOSTILE = '<img src=x onerror=alert(1)><div hx-get="/x" hx-trigger="load">'


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url, WABA_ID=ACCOUNT)
    yield shop
    await shop.close()


async def meta_lists(shop: Shop, *listed: dict[str, Any]) -> None:
    approved = [{"status": "APPROVED", **each} for each in listed]
    await shop.parts.database.run(lambda tx: replace_templates(tx, ACCOUNT, approved, NOW))


async def template_ids(shop: Shop) -> dict[str, int]:
    async with shop.parts.database.reading() as tx:
        rows = await tx.execute(select(MessageTemplate.name, MessageTemplate.id))
        return {row.name: row.id for row in rows}


async def test_outside_the_window_the_composer_leads_to_the_templates(shop: Shop) -> None:
    await meta_lists(shop, *TEMPLATES)
    chat = await shop.add_chat(window_ends_at=NOW - timedelta(hours=1))
    async with shop.browser("ana") as ana:
        page = await ana.get(f"/chats/{chat}")
        assert page.page.where(href=f"/chats/{chat}/plantillas")
        whole, part = await ana.get(f"/chats/{chat}/plantillas"), await ana.get(f"/chats/{chat}/plantillas", "dialog")
        narrowed = await ana.get(f"/chats/{chat}/plantillas?q=granito", "dialog")
    for answer in (whole, part):
        assert all(str(told["name"]) in answer.page.text("template-results") for told in TEMPLATES)
    assert "oferta_de_la_semana" in narrowed.page.text()
    assert "como_llegar" not in narrowed.page.text()


async def test_a_template_that_is_not_approved_or_of_another_account_is_not_offered(shop: Shop) -> None:
    paused = {"name": "pausada", "language": "es", "status": "PAUSED", "components": []}
    await meta_lists(shop, paused)
    chat, key = await shop.add_chat(), (await template_ids(shop))["pausada"]
    async with shop.browser("ana") as ana:
        assert "pausada" not in (await ana.get(f"/chats/{chat}/plantillas", "dialog")).page.text()
        assert (await ana.get(f"/chats/{chat}/plantillas/{key}", "dialog")).status == 404


async def test_a_filled_template_goes_out_although_the_window_is_closed_and_only_once(shop: Shop) -> None:
    await meta_lists(shop, *TEMPLATES)
    chat = await shop.add_chat(window_ends_at=NOW - timedelta(hours=1))
    path = f"/chats/{chat}/plantillas/{(await template_ids(shop))['seguimos_en_contacto']}"
    told = {"client_id": CLIENT_ID, "v.body.nombre": "Carla"}
    async with shop.browser("ana") as ana:
        preview = await ana.act("POST", f"{path}/vista", **told)
        sent, again = await ana.act("POST", path, **told), await ana.act("POST", path, **told)
    words = "Hola Carla, ¿pudiste revisar la cotización de tu mesón? Si quieres, la ajustamos juntos."
    assert words in preview.page.text("template-preview")
    assert await shop.sent_texts(chat) == [words]
    assert sent.ids("message") == again.ids("message") != []
    assert "Sí, cuéntame" in sent.page.text()


async def test_a_missing_blank_comes_back_beside_its_field_with_everything_that_was_typed(shop: Shop) -> None:
    await meta_lists(shop, *TEMPLATES)
    chat = await shop.add_chat()
    path = f"/chats/{chat}/plantillas/{(await template_ids(shop))['pedido_listo']}"
    told = {"client_id": CLIENT_ID, "v.header.1": "4821", "v.body.1": HOSTILE}
    async with shop.browser("ana") as ana:
        answers = [await ana.act("POST", path, **told), await ana.submit(path, **told)]
    for answer in answers:
        assert answer.status == 422
        assert answer.page.where(id="blank-body-2", aria_invalid="true")
        assert answer.page.where(name="v.body.1", value=HOSTILE)
        assert answer.page.where(name="client_id", value=CLIENT_ID)
        assert not answer.page.where(hx_trigger="load")
    assert await shop.sent_texts(chat) == []


async def test_a_header_takes_a_file_of_ones_own_and_of_its_kind(shop: Shop) -> None:
    await meta_lists(shop, *TEMPLATES)
    chat = await shop.add_chat()
    path = f"/chats/{chat}/plantillas/{(await template_ids(shop))['oferta_de_la_semana']}"
    told = {"client_id": CLIENT_ID, "v.offer": "2099-01-01T10:00", "v.body.1": "Carla", "v.button.0": "GRIS15"}
    async with shop.browser("ana") as ana, shop.browser("beto") as beto:
        headers = {"x-csrf-token": ana.csrf, "content-type": "application/octet-stream"}
        files = {}
        for name, how in (("a.jpg", ""), ("b.jpg", "&como=documento")):
            made = await ana.http.post(
                f"/chats/{chat}/archivos?nombre={name}{how}", content=sample("photo.jpg").read_bytes(), headers=headers
            )
            files[name] = made.text.partition('data-attachment="')[2].partition('"')[0]
        wrong = await ana.act("POST", path, archivo=files["b.jpg"], **told)
        stolen = await beto.act("POST", path, archivo=files["a.jpg"], **told)
        sent = await ana.act("POST", path, archivo=files["a.jpg"], **told)
    assert (wrong.status, stolen.status, sent.status) == (422, 422, 200)
    assert "otra clase de archivo" in wrong.page.text("blank-header-error")
    assert wrong.page.where(name="archivo", value=files["b.jpg"])
    assert sent.page.where(href=f"/media/{files['a.jpg']}")


async def test_fields_that_the_form_does_not_have_are_refused(shop: Shop) -> None:
    await meta_lists(shop, *TEMPLATES)
    chat = await shop.add_chat()
    path = f"/chats/{chat}/plantillas/{(await template_ids(shop))['seguimos_en_contacto']}"
    async with shop.browser("ana") as ana:
        for told in ({"client_id": "x", "v.body.nombre": "a"}, {"client_id": CLIENT_ID, "author": "bot"}):
            assert (await ana.act("POST", path, **told)).status == 422
    assert await shop.sent_texts(chat) == []


async def test_without_an_account_the_page_says_what_to_do(tmp_path: Path, database_url: str) -> None:
    shop = await Shop.open(tmp_path, database_url)
    chat = await shop.add_chat()
    async with shop.browser("beto") as beto, shop.browser("ana") as ana:
        assert "WABA_ID" in (await beto.get(f"/chats/{chat}/plantillas", "dialog")).page.text()
        assert "WABA_ID" not in (await ana.get(f"/chats/{chat}/plantillas", "dialog")).page.text()
    await shop.close()
