"""`/exportaciones` and `/respuestas`: files of many chats, made in the background, for nobody but who asked."""

import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from openpyxl import load_workbook
from sqlalchemy import delete, insert, select, update

from tests.chats.panel_world import NOW, Answer, Browser, Shop
from tests.crash.effort import note_figures, times
from tests.exports.corpus import CORPUS
from waia.accounts.models import AuditEntry, User, UserRole
from waia.chats.models import CapturedAnswer, Chat, Message
from waia.exports.models import ExportJob
from waia.workers.exports import ExportsWorker

LONGEST = 2_000  # signs of a text


def worker_of(shop: Shop) -> ExportsWorker:
    return ExportsWorker(shop.parts.database, shop.parts.clock, shop.parts.exports.storage, shop.parts.rules)


async def work(shop: Shop) -> None:
    worker = worker_of(shop)
    while await worker.step() == 0:
        pass


async def ask(shop: Shop, browser: Browser, **order: Any) -> str:
    """The address of the file that was asked for, when it is made."""
    assert (await browser.act("POST", "/exportaciones", **order)).status == 200
    await work(shop)
    links = (await browser.get("/exportaciones")).page.where(download="")
    return str(links[0]["href"])


async def sheet(browser: Browser, address: str) -> list[list[str]]:
    answer = await browser.http.get(address)
    assert answer.status_code == 200
    return [[str(cell or "") for cell in row] for row in load_workbook(io.BytesIO(answer.content)).worksheets[0].values]


async def lines(browser: Browser, address: str) -> list[list[str]]:
    body = (await browser.http.get(address)).text
    assert body.startswith("\ufeff")
    return list(csv.reader(io.StringIO(body[1:], newline="")))


def column(rows: list[list[str]], name: str) -> list[str]:
    return [row[rows[0].index(name)] for row in rows[1:]]


async def people_of_the_shop(shop: Shop) -> dict[str, int]:
    """Ana sees the first two; the third is the admins', the fourth archived."""
    chats = {
        "carla": await shop.add_chat("Carla", numero="573001"),
        "diego": await shop.add_chat("Diego", numero="573002", owner_id=shop.users["ana"]),
        "ajena": await shop.add_chat("Ajena", role="admin", numero="573003"),
        "vieja": await shop.add_chat("Vieja", numero="573004", archived_at=NOW),
    }
    for name, chat in chats.items():
        await shop.add_message(chat, f"hola de {name}")
        await shop.add_sent(chat, f"respuesta a {name}", "user", user_id=shop.users["ana"])
        await shop.add(CapturedAnswer, chat_id=chat, name="ciudad", value=f"ciudad de {name}", at=NOW)
    await shop.add(CapturedAnswer, chat_id=chats["carla"], name="=medida", value="=2+2", at=NOW)
    return chats


async def test_a_selection_becomes_a_file_with_a_row_per_chat_or_per_message(each_shop: Shop) -> None:
    shop = each_shop
    chats = await people_of_the_shop(shop)
    every = [str(chat) for chat in chats.values()]
    async with shop.browser("ana") as ana:
        marked = await ask(shop, ana, que="marcados", filas="chats", formato="xlsx", chats=every)
        rows = await sheet(ana, marked)
        assert column(rows, "nombre") == ["Carla", "Diego", "Vieja"]
        assert column(rows, "numero") == ["573001", "573002", "573004"]
        assert column(rows, "dato: =medida") == ["=2+2", "", ""]
        mine = await ask(shop, ana, que="lista", lista="vista=mios", filas="mensajes", formato="csv")
        told = await lines(ana, mine)
        assert column(told, "texto") == ["hola de diego", "respuesta a diego"]
        assert column(told, "asesor") == ["", "Ana Torres"]
        listed = await ask(shop, ana, que="lista", filas="chats", formato="csv")
        assert column(await lines(ana, listed), "nombre") == ["Carla", "Diego"]
        everything = await ask(shop, ana, que="todos", filas="mensajes", formato="xlsx")
        texts = column(await sheet(ana, everything), "texto")
        assert len(texts) == 6
        assert not any("ajena" in text for text in texts)
    async with shop.parts.database.reading() as tx:
        actions = list((await tx.execute(select(AuditEntry.action).order_by(AuditEntry.id))).scalars())
    assert actions.count("chats.exported") == 4
    assert actions.count("export.taken") == 4


async def test_c17_no_cell_of_a_workbook_is_a_formula(shop: Shop) -> None:
    chat = await shop.add_chat("=HYPERLINK(1)", alias="+1")
    rows = [
        {
            "public_id": f"p{number}", "chat_id": chat, "text": text, "timestamp": NOW, "received_at": NOW,
            "direction": "in", "author": "customer", "kind": "text", "details": {}, "step": "=1+1",
        }
        for number, text in enumerate((*CORPUS, "#N/A", "#REF!"))
    ]  # fmt: skip
    await shop.add_rows(Message, rows)
    async with shop.browser("ana") as ana:
        address = await ask(shop, ana, que="todos", filas="mensajes", formato="xlsx")
        content = (await ana.http.get(address)).content
    book = load_workbook(io.BytesIO(content))
    found = list(_cells(book))
    assert len(found) > len(CORPUS)
    assert {cell.data_type for cell in found if cell.value is not None} == {"s"}


async def test_a_file_is_only_for_whoever_asked_while_their_roles_last(shop: Shop) -> None:
    await people_of_the_shop(shop)
    async with shop.browser("ana") as ana, shop.browser("beto") as beto:
        address = await ask(shop, ana, que="todos")
        assert (await ana.http.get(address)).status_code == 200
        assert (await beto.http.get(address)).status_code == 404
        assert (await beto.act("DELETE", address)).status == 404
        await shop.change(insert(UserRole).values(user_id=shop.users["ana"], role_id=shop.roles["admin"]))
        shop.tokens["ana"] = await shop.sign_in("ana")
    async with shop.browser("ana") as ana:
        assert (await ana.http.get(address)).status_code == 409
        page = await ana.get("/exportaciones")
        assert page.page.where(download="") == []
        assert "Tus roles cambiaron" in page.page.text("export-jobs")


async def test_a_file_goes_after_a_day_with_its_bytes(shop: Shop) -> None:
    await people_of_the_shop(shop)
    storage = shop.parts.exports.storage
    async with shop.browser("ana") as ana:
        kept, dropped = await ask(shop, ana, que="todos"), await ask(shop, ana, que="todos", formato="csv")
        assert len([stored async for stored in storage.stored()]) == 2
        assert (await ana.act("DELETE", dropped)).status == 200
        assert len([stored async for stored in storage.stored()]) == 1
        await shop.change(update(ExportJob).values(expires_at=shop.parts.clock.real() - timedelta(seconds=1)))
        assert (await ana.http.get(kept)).status_code == 404
        await work(shop)
        assert [stored async for stored in storage.stored()] == []
        assert "Todavía no hay archivos" in (await ana.get("/exportaciones")).page.text()


async def test_a_job_whose_worker_died_is_made_by_another_and_never_twice(each_shop: Shop) -> None:
    shop = each_shop
    await people_of_the_shop(shop)
    async with shop.browser("ana") as ana:
        await ana.act("POST", "/exportaciones", que="todos")
        now = shop.parts.clock.real()
        await shop.change(update(ExportJob).values(state="working", claim="of-the-dead", claimed_at=now))
        await work(shop)
        assert (await ana.get("/exportaciones")).page.where(download="") == []
        await shop.change(update(ExportJob).values(claimed_at=now - timedelta(minutes=2)))
        await work(shop)
        assert len((await ana.get("/exportaciones")).page.where(download="")) == 1
    async with shop.parts.database.reading() as tx:
        made = (await tx.execute(select(AuditEntry.id).where(AuditEntry.action == "chats.exported"))).all()
    assert len(made) == 1


async def test_whoever_was_disabled_gets_no_file(shop: Shop) -> None:
    async with shop.browser("ana") as ana:
        await ana.act("POST", "/exportaciones", que="todos")
    await shop.change(update(User).where(User.id == shop.users["ana"]).values(disabled_at=NOW))
    await work(shop)
    async with shop.parts.database.reading() as tx:
        assert (await tx.execute(select(ExportJob.state))).scalar_one() == "failed"


async def test_what_cannot_be_exported_is_refused_in_words(shop: Shop) -> None:
    wrong: tuple[dict[str, Any], ...] = (
        {"que": "marcados"}, {"que": "marcados", "chats": ["x"]}, {"filas": "otra"}, {"formato": "exe"},
        {"que": "marcados", "chats": [str(number) for number in range(201)]}, {"que": "otra"},
    )  # fmt: skip
    async with shop.browser("ana") as ana:
        for order in wrong:
            assert (await ana.act("POST", "/exportaciones", **order)).status == 422, order
        statuses = [(await ana.act("POST", "/exportaciones", que="todos")).status for _ in range(6)]
        assert statuses == [200] * 5 + [429]


async def test_respuestas_shows_one_row_per_chat_and_one_column_per_answer(each_shop: Shop) -> None:
    shop = each_shop
    chats = await people_of_the_shop(shop)
    await shop.add(CapturedAnswer, chat_id=chats["diego"], name="medida", value="2 x 3", at=NOW + timedelta(hours=1))
    async with shop.browser("ana") as ana, shop.browser("dora") as dora:
        page = await ana.get("/respuestas")
        assert page.ids("answer") == [chats["diego"], chats["vieja"], chats["carla"]]
        assert _titles(page) == ["Cliente", "Último dato", "=medida", "ciudad", "medida"]
        assert "ciudad de ajena" not in page.html
        assert (await ana.get("/respuestas?dato=medida")).ids("answer") == [chats["diego"]]
        assert (await ana.get("/respuestas?texto=CIUDAD DE CARLA")).ids("answer") == [chats["carla"]]
        assert "Ningún dato cumple" in (await ana.get("/respuestas?texto=nada")).page.text()
        assert "Todavía no hay datos" in (await dora.get("/respuestas")).page.text()
        address = await ask(shop, ana, filas="respuestas", formato="xlsx", dato="medida")
        rows = await sheet(ana, address)
        assert column(rows, "nombre") == ["Diego"]
        assert column(rows, "dato: medida") == ["2 x 3"]


async def test_a12_answers_outlive_the_rule_that_asked_for_them(shop: Shop) -> None:
    from waia.rules.models import RuleRow

    chat = await shop.add_chat()
    await shop.add(RuleRow, step="menu", triggers="*", text="x", capture_name="ciudad")
    await shop.add(CapturedAnswer, chat_id=chat, name="ciudad", value="Envigado", at=NOW)
    await shop.change(delete(RuleRow))
    async with shop.browser("ana") as ana:
        assert "Envigado" in (await ana.get("/respuestas")).page.text("answers")


async def test_respuestas_goes_on_from_page_to_page(shop: Shop) -> None:
    chats = []
    for number in range(120):
        chats.append(await shop.add_chat(f"Cliente {number}"))
    rows = [{"chat_id": chat, "name": "n", "value": str(chat), "at": NOW} for chat in chats]
    await shop.add_rows(CapturedAnswer, rows)
    async with shop.browser("ana") as ana:
        seen: list[int] = []
        address = "/respuestas"
        while address:
            page = await ana.get(address)
            seen += page.ids("answer")
            more = page.page.where(hx_target="#answers-more")
            address = more[0]["href"] if more else ""
    assert seen == sorted(chats, reverse=True)


async def test_marked_chats_open_a_dialog_that_counts_what_may_be_exported(shop: Shop) -> None:
    chats = await people_of_the_shop(shop)
    async with shop.browser("ana") as ana:
        query = "&".join(f"chats={chat}" for chat in chats.values())
        dialog = await ana.get(f"/exportaciones/nueva?{query}", "dialog")
        assert "Exportar 3 chats" in dialog.page.text()
        assert "Marca al menos un chat" in (await ana.get("/exportaciones/nueva", "dialog")).page.text()
        await shop.change(delete(Chat))
        assert (await ana.get(f"/exportaciones/nueva?{query}", "dialog")).status == 200


def _titles(page: Answer) -> list[str]:
    return [
        text
        for path, text in page.page._texts
        if path and path[-1][""] == "th" and "scope" in path[-1] and path[-1]["scope"] == "col"
    ]


def _cells(book: Any) -> Iterator[Any]:
    return (cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)


async def test_a_big_workbook_is_never_in_memory_as_a_whole(shop: Shop) -> None:
    """What a row adds to the most that is in memory is far less than its text; in a soak they are 100,000 rows."""
    few = times(400, 20_000)
    await _say_much(shop, few)
    await _most_memory(shop)  # what is loaded once is not counted
    of_few = await _most_memory(shop)
    await _say_much(shop, few * 4)
    of_many = await _most_memory(shop)
    note_figures("a workbook's memory", rows=few * 5, most_mb=round(of_many / 1e6, 1))
    assert of_many - of_few < few * 4 * LONGEST / 10, (of_few, of_many)
    assert of_many < 8_000_000


async def _say_much(shop: Shop, count: int) -> None:
    """No two texts are alike: none is kept once for many."""
    chat = await shop.add_chat()
    for start in range(0, count, 5_000):
        numbers = range(start, min(start + 5_000, count))
        rows = [
            {
                "public_id": f"b{chat}.{number}", "chat_id": chat, "text": f"{number} {'l' * LONGEST}",
                "timestamp": NOW, "received_at": NOW, "direction": "in", "author": "customer", "kind": "text",
                "details": {},
            }
            for number in numbers
        ]  # fmt: skip
        await shop.add_rows(Message, rows)


async def _most_memory(shop: Shop) -> int:
    """In bytes, while a workbook of all messages is made."""
    async with shop.browser("ana") as ana:
        order = {"que": "todos", "filas": "mensajes", "formato": "xlsx"}
        assert (await ana.act("POST", "/exportaciones", **order)).status == 200
        tracemalloc.start()
        try:
            await work(shop)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        address = str((await ana.get("/exportaciones")).page.where(download="")[0]["href"])
        assert (await ana.http.get(address)).status_code == 200
    return most
