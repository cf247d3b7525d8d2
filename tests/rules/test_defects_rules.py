"""Defects of the original's rule editor, by their numbers; on both databases, because they are about storing."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.chats.panel_world import Browser, Shop
from tests.owner.books import book
from waia.bot.menus import parse_menu
from waia.bot.models import RuleKind
from waia.bot.replies import replies_of
from waia.rules import draft_repository as repository
from waia.rules.content import rule_of
from waia.rules.models import RuleMedia, RuleRow
from waia.rules.replies import contents_of
from waia.workers.sheets import SheetsWorker

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
RULE = {"step": "menu", "triggers": "plano", "text": "Aquí está.", "kind": "document"}
HERE = "/configuracion/reglas/excel"


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def rows(shop: Shop, wanted: Any) -> list[Any]:
    async with shop.parts.database.reading() as tx:
        return [tuple(row) for row in await tx.execute(wanted)]


async def publish(beto: Browser) -> None:
    done = await beto.submit("/reglas/publicacion")
    assert done.status == 303, done.page.text()


async def test_f2_a_long_mime_type_is_stored_and_one_that_is_too_long_is_cut(shop: Shop, beto: Browser) -> None:
    for number, mime in enumerate((DOCX, "application/" + "x" * 300)):
        file = {"media_url": f"https://a.test/{number}.docx", "media_mime": mime}
        assert (await beto.act("POST", "/reglas", **RULE | {"triggers": f"plano {number}"}, **file)).status == 200
    await publish(beto)
    stored = [mime for (mime,) in await rows(shop, select(RuleMedia.mime_type).order_by(RuleMedia.id))]
    assert stored == [DOCX, f"application/{'x' * 115}"]


async def test_f7_words_that_differ_by_an_accent_are_rules_of_their_own_also_from_a_sheet(
    shop: Shop, beto: Browser
) -> None:
    sheet = book(["step", "input_text", "respuesta"], ["menu", "sí", "Con tilde"], ["menu", "si", "Sin tilde"])
    for _ in range(2):
        files = {"archivo": ("hoja.xlsx", sheet, "application/octet-stream")}
        sent = await beto.http.post(HERE, files=files, data={"_csrf": beto.csrf})
        parts = shop.parts
        await SheetsWorker(parts.database, parts.clock, parts.storage, parts.rules).step()
        await beto.act("POST", f"{sent.headers['location']}/aplicacion")
    async with shop.parts.database.writing() as tx:
        draft = await repository.read_draft(tx)
        await repository.write_live(tx, draft.live, draft.rules)
    stored = await rows(shop, select(RuleRow.triggers, RuleRow.text).where(RuleRow.step == "menu").order_by(RuleRow.id))
    assert stored == [("sí", "Con tilde"), ("si", "Sin tilde")]


async def test_b23_whatever_the_form_of_a_menu_asks_for_reaches_the_customer(shop: Shop, beto: Browser) -> None:
    asked = {
        "header": "Cabeza", "footer": "Pie", "button": "Abrir", "option_id": "", "option_title": "Uno",
        "option_description": "El primero", "option_target": "", "option_section": "Parte",
    }  # fmt: skip
    await beto.act("POST", "/reglas", **RULE | {"kind": "lista"}, **asked)
    async with shop.parts.database.reading() as tx:
        (one,) = (await repository.read_draft(tx)).pending.values()
    flow = await shop.parts.rules.book(shop.parts.clock.real())
    (reply,) = replies_of(rule_of(1, one.content), one.content.text, flow.settings)
    (content,) = contents_of(reply, "https://waia.test")
    sent = repr(content)
    for words in ("Cabeza", "Pie", "Abrir", "Uno", "El primero", "Parte", "Aquí está."):
        assert words in sent, words
    assert parse_menu(one.content.options, RuleKind.LIST) is not None


async def test_the_editor_keeps_publishes_and_goes_back(shop: Shop, beto: Browser) -> None:
    await beto.act("POST", "/reglas", **RULE | {"kind": "texto"})
    await beto.act("PUT", "/reglas/1/lugar", lugar="3")
    await beto.act("POST", "/reglas/2/copia")
    await beto.act("DELETE", "/reglas/3")
    await publish(beto)
    now = await rows(shop, select(RuleRow.id, RuleRow.enabled).order_by(RuleRow.priority, RuleRow.id))
    assert (await beto.submit("/reglas/versiones/1/restauracion")).status == 303
    assert [row[0] for row in await rows(shop, select(RuleRow.id).order_by(RuleRow.id))] == [1, 2, 3]
    assert (await beto.submit("/reglas/versiones/2/restauracion")).status == 303
    assert await rows(shop, select(RuleRow.id, RuleRow.enabled).order_by(RuleRow.priority, RuleRow.id)) == now
    assert 3 not in dict(now)
