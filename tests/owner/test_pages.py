"""Quick replies, settings and sheets through their pages, as admins and agents use them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.chats.panel_world import CLIENT_ID, Browser, Shop
from tests.owner.books import book
from waia.accounts.models import AuditEntry
from waia.quick_replies.models import QuickReply, QuickReplyMedia
from waia.rules.models import RuleMedia, RuleRow
from waia.workers.sheets import SheetsWorker

PNG = (Path(__file__).parents[2] / "static" / "demo" / "cuarzo.jpg").read_bytes()
PAGE = "/configuracion/botones"


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url, META_TOKEN="planted-secret-token", PHONE_NUMBER_ID="1")
    yield shop
    await shop.close()


async def column(shop: Shop, wanted: Any) -> list[Any]:
    async with shop.parts.database.reading() as tx:
        return list((await tx.execute(wanted)).scalars())


async def actions(shop: Shop) -> list[str]:
    return await column(shop, select(AuditEntry.action).order_by(AuditEntry.id))


async def upload(browser: Browser, name: str = "plano.jpg") -> str:
    headers = {"hx-request": "true", "x-csrf-token": browser.csrf, "content-type": "image/jpeg"}
    answer = await browser.http.post(f"{PAGE}/archivos?nombre={name}", content=PNG, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.text.partition('name="archivos" value="')[2].partition('"')[0]


async def test_d10_uploaded_files_are_kept_in_their_order_and_opened_by_who_may_send_them(shop: Shop) -> None:
    async with shop.browser("beto") as beto, shop.browser("ana") as ana:
        first, second = await upload(beto, "a.jpg"), await upload(beto, "b.jpg")
        assert (await ana.http.get(first)).status_code == 404
        form = {"nombre": "fotos", "texto": "Mira, {{nombre}}", "para": "all", "direccion": "https://a.test/c.pdf"}
        answer = await beto.act("POST", PAGE, **form, archivos=[second, first])  # type: ignore[arg-type]
        assert answer.status == 200
        assert (await ana.http.get(first)).status_code == 200
        assert (await beto.act("POST", PAGE, nombre="x", texto="x", archivos="/media/" + "0" * 32)).status == 422
    urls = await column(shop, select(QuickReplyMedia.url).order_by(QuickReplyMedia.id))
    assert urls == [second, first, "https://a.test/c.pdf"]
    assert second.endswith("#b.jpg")
    here = select(QuickReplyMedia.file_id.is_not(None)).order_by(QuickReplyMedia.id)
    assert await column(shop, here) == [True, True, False]


async def test_each_agent_is_offered_what_is_shared_with_them_and_their_own(shop: Shop) -> None:
    chat = await shop.add_chat()
    ventas, admin = str(shop.roles["ventas"]), str(shop.roles["admin"])
    async with shop.browser("beto") as beto, shop.browser("ana") as ana:
        await beto.act("POST", PAGE, nombre="todos", texto="1", para="all")
        await beto.act("POST", PAGE, nombre="ventas", texto="2", para="roles", roles=ventas)
        await beto.act("POST", PAGE, nombre="jefes", texto="3", para="roles", roles=admin)
        await beto.act("POST", PAGE, nombre="suya", texto="4", para="private")
        assert (await ana.act("POST", PAGE, nombre="abierta", texto="5", para="all")).status == 422
        assert (await ana.act("POST", PAGE, nombre="suya", texto="5", para="private")).status == 200
        offered = (await ana.get(f"/chats/{chat}/respuestas", "replies")).page
        assert [option["data-text"] for option in offered.where(role="option")] == ["1", "2", "5"]
        ids = dict(
            zip(await column(shop, select(QuickReply.text)), await column(shop, select(QuickReply.id)), strict=True)
        )
        for foreign in ("3", "4"):
            form = {"texto": "x", "respuesta": str(ids[foreign]), "client_id": CLIENT_ID}
            assert (await ana.act("POST", f"/chats/{chat}/mensajes", **form)).status == 409
        for text, status in (("1", 404), ("2", 404), ("4", 404), ("5", 200)):
            answer = await ana.act("PUT", f"{PAGE}/{ids[text]}", nombre=f"n{text}", texto=text, para="private")
            assert answer.status == status
        assert (await ana.act("POST", f"{PAGE}/orden", ids=f"{ids['2']},{ids['1']}")).status == 403


async def test_a_wrong_reply_comes_back_with_all_that_was_typed(shop: Shop) -> None:
    await shop.add(RuleRow, step="menu", triggers="*", text="x", capture_name="Material")
    async with shop.browser("beto") as beto:
        for text, name, status in (("{{otro}}", "a", 422), ("{{ MATERIAL }} {{nombre}}", "b", 200), ("", "c", 422)):
            answer = await beto.act("POST", PAGE, nombre=name, texto=text, para="all")
            assert answer.status == status
        assert (await beto.act("POST", PAGE, nombre="B", texto="x", para="all")).status == 422
        answer = await beto.act("POST", PAGE, nombre="d", texto="x", para="roles", direccion="javascript:alert(1)")
        assert answer.status == 422
        assert answer.page.where(name="direccion")[0]["value"] == "javascript:alert(1)"
        assert "Elige al menos un rol" in answer.page.text()


async def test_a_deleted_reply_can_be_brought_back_and_every_change_leaves_one_entry(shop: Shop) -> None:
    async with shop.browser("beto") as beto:
        for name in ("a", "b"):
            await beto.act("POST", PAGE, nombre=name, texto=name, para="all")
        first, second = await column(shop, select(QuickReply.id).order_by(QuickReply.id))
        before = await actions(shop)
        await beto.act("POST", f"{PAGE}/orden", ids=f"{second},{first}")
        await beto.act("PUT", f"{PAGE}/{first}", nombre="a", texto="otro", para="all")
        await beto.act("PUT", f"{PAGE}/{first}", nombre="a", texto="otro", para="all")
        await beto.act("DELETE", f"{PAGE}/{first}")
        assert (await beto.get(PAGE)).ids("reply") == [second]
        await beto.act("POST", f"{PAGE}/{first}/vuelta")
        assert (await beto.get(PAGE)).ids("reply") == [second, first]
    assert (await actions(shop))[len(before) :] == [
        "replies_ordered", "reply_changed", "reply_deleted", "reply_restored",
    ]  # fmt: skip


async def test_settings_keep_only_what_differs_and_can_be_given_back(shop: Shop) -> None:
    here, before = "/configuracion/ajustes", await actions(shop)
    async with shop.browser("beto") as beto:
        page = await beto.get(here)
        assert "planted-secret-token" not in page.html
        assert "META_TOKEN" in page.html
        times = {"buffer_s": "99", "session_timeout_s": "600", "bot_resume_hours": "24"}
        wrong = await beto.act("PUT", f"{here}/tiempos", **times)
        assert wrong.status == 422
        assert "de 0 a 8" in wrong.page.text("setting-buffer_s-error")
        assert wrong.page.where(id="setting-session_timeout_s")[0]["value"] == "600"
        assert (await beto.act("PUT", f"{here}/tiempos", **times | {"buffer_s": "0"})).status == 200
        flow = await shop.parts.rules.book(shop.parts.clock.real())
        assert (flow.buffer_s, flow.values.session_timeout_s) == (0, 600)
        assert (await beto.act("DELETE", f"{here}/tiempos/buffer_s")).status == 200
        assert (await shop.parts.rules.book(shop.parts.clock.real())).buffer_s == 2
        for field, text in (("hours", "nunca"), ("holidays", "31/02"), ("holidays", "25/12 12-8")):
            assert (await beto.act("PUT", f"{here}/horario", **{field: text})).status == 422
        assert (await beto.act("PUT", f"{here}/tiempos", meta_token="x")).status == 422
    assert (await actions(shop))[len(before) :] == ["settings_changed", "settings_changed"]


async def look_through(shop: Shop) -> None:
    parts = shop.parts
    worker = SheetsWorker(parts.database, parts.clock, parts.storage, parts.rules)
    while await worker.step() == 0.0:
        pass


async def send(beto: Browser, page: str, content: bytes, **form: str) -> str:
    files = {"archivo": ("hoja.xlsx", content, "application/octet-stream")}
    answer = await beto.http.post(page, files=files, data={**form, "_csrf": beto.csrf})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_a14_a_sheet_changes_the_draft_as_a_whole_and_again_changes_nothing(shop: Shop) -> None:
    kept = await shop.add(RuleRow, step="menu", triggers="foto", text="Mira", kind="image")
    for n in (1, 2):
        await shop.add(RuleMedia, rule_id=kept, url=f"https://a.test/{n}.jpg", mime_type="image/jpeg")
    row = ["menu", "foto", "Mira bien", None, "image", "https://a.test/1.jpg"]
    sheet, page = book(["A"], row, ["menu", 7, "Siete", None, "texto"]), "/configuracion/reglas/excel"
    async with shop.browser("beto") as beto, shop.browser("ana") as ana:
        here = await send(beto, page, sheet)
        assert "Revisando" in (await beto.get(here)).page.text()
        await look_through(shop)
        shown = (await beto.get(here)).page.text("sheet-import")
        assert "1 nueva 1 cambia" in shown
        assert "Mira bien" in shown
        assert (await ana.get(here)).status == 403
        assert "Aplicado" in (await beto.act("POST", f"{here}/aplicacion")).page.text()
        assert "Aplicado" in (await beto.act("POST", f"{here}/aplicacion")).page.text()
        again = await send(beto, page, sheet)
        await look_through(shop)
        assert "no cambiaría nada" in (await beto.get(again)).page.text()
        assert await column(shop, select(RuleRow.text).where(RuleRow.id == kept)) == ["Mira"]
        published = await beto.submit("/reglas/publicacion")
        assert published.status == 303, published.page.text()
    rules = select(RuleRow.text).where(RuleRow.triggers.in_(["foto", "7"])).order_by(RuleRow.id)
    assert await column(shop, rules) == ["Mira bien", "Siete"]
    assert len(await column(shop, select(RuleMedia.id).where(RuleMedia.rule_id == kept))) == 2
    assert (await actions(shop)).count("rules_imported") == 1


async def test_a_sheet_with_one_bad_cell_changes_nothing(shop: Shop) -> None:
    sheet = book(["nombre", "mensaje", "para"], ["a", "A", "todos"], ["b", "B", "nadie"])
    async with shop.browser("beto") as beto:
        here = await send(beto, f"{PAGE}/excel", sheet)
        await look_through(shop)
        assert "C3" in (await beto.get(here)).page.text("sheet-problems")
        assert (await beto.act("POST", f"{here}/aplicacion")).status == 404
        assert (await beto.http.post(f"{PAGE}/excel", data={"_csrf": beto.csrf})).status_code == 422
    assert await column(shop, select(QuickReply.id)) == []


async def test_what_changed_meanwhile_is_compared_anew_before_it_is_applied(shop: Shop) -> None:
    async with shop.browser("beto") as beto:
        await beto.act("POST", PAGE, nombre="a", texto="A", para="all")
        out = (await beto.http.get(f"{PAGE}/excel/descarga")).content
        here = await send(beto, f"{PAGE}/excel", book(["nombre", "mensaje"], ["b", "B"]), reemplazar="1")
        await look_through(shop)
        await beto.act("POST", PAGE, nombre="c", texto="C", para="all")
        assert (await beto.act("POST", f"{here}/aplicacion")).status == 409
        await look_through(shop)
        assert "2 se quitan" in (await beto.get(here)).page.text()
        assert (await beto.act("POST", f"{here}/aplicacion")).status == 200
        again = await send(beto, f"{PAGE}/excel", out)
        await look_through(shop)
        assert "1 nueva" in (await beto.get(again)).page.text()
    names = select(QuickReply.name).where(QuickReply.deleted_at.is_(None))
    assert await column(shop, names) == ["b"]
