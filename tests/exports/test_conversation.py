"""`/export/…`: the whole conversation for whoever may see it, streamed, noted, and harmless in a spreadsheet."""

import asyncio
import csv
import io
import json
import tracemalloc
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from tests.chats.panel_world import NOW, Shop
from tests.exports.corpus import CORPUS, HARMLESS, is_computed
from waia.accounts.models import AuditEntry
from waia.chats.delivery_state import DeliveryState
from waia.chats.models import BotSession, CapturedAnswer, DecisionRow, Message
from waia.kit.cells import csv_line, inert
from waia.rules.models import RuleRow

MANY, LONG = 4_000, "m" * 1_500


def parsed(body: str) -> list[dict[str, str]]:
    assert body.startswith("\ufeff"), "Excel knows UTF-8 by its mark"
    return list(csv.DictReader(io.StringIO(body[1:], newline="")))


async def trail(shop: Shop) -> list[tuple[str, str, str]]:
    async with shop.parts.database.reading() as tx:
        rows = await tx.execute(select(AuditEntry.username, AuditEntry.action, AuditEntry.subject))
        return [tuple(row) for row in rows if "export" in row.action]


async def fill(shop: Shop, chat: int, count: int, text: str) -> None:
    rows = [
        {
            "public_id": f"x{number}", "chat_id": chat, "text": text, "timestamp": NOW, "received_at": NOW,
            "direction": "in", "author": "customer", "kind": "text", "details": {},
        }
        for number in range(count)
    ]  # fmt: skip
    await shop.add_rows(Message, rows)


async def test_the_whole_conversation_goes_out_with_its_metadata(each_shop: Shop) -> None:
    shop = each_shop
    chat = await shop.add_chat("Carla Gómez", numero="573000000001", alias="La de Envigado")
    await shop.add_message(chat, "¿Cuánto cuesta el envío? ñandú 😀", tipo="cliente")
    photo = await shop.add_message(chat, "la cocina", tipo="cliente_image", kind="image", wamid="w-photo")
    address = await shop.add_file(chat, photo, "image/png", filename="cocina.png")
    await shop.react(chat, "w-photo", "👍")
    await shop.add_sent(chat, "Te llamo", "user", user_id=shop.users["ana"], status=int(DeliveryState.READ))
    await shop.add_message(chat, "secreto", revoked_at=NOW)
    await shop.add(CapturedAnswer, chat_id=chat, name="ciudad", value="Envigado", at=NOW)
    async with shop.browser("ana") as ana:
        plain = await ana.http.get("/export/conversation/573000000001")
        ended = await ana.http.get("/export/conversation/+57 300 0000001.json")
        sheet = await ana.http.get("/export/conversation/573000000001.csv")
        by_id = await ana.http.get(f"/export/chat/{chat}.csv")
    told = json.loads(plain.text)
    assert plain.headers["content-type"].startswith("application/json")
    assert json.loads(ended.text)["mensajes"] == told["mensajes"]
    assert told["numero"] == "573000000001"
    assert told["chats"][0]["alias"] == "La de Envigado"
    assert told["chats"][0]["datos"] == {"ciudad": "Envigado"}
    texts = [(message["autor"], message["texto"], message["estado"]) for message in told["mensajes"]]
    assert texts == [
        ("cliente", "¿Cuánto cuesta el envío? ñandú 😀", ""),
        ("cliente", "la cocina", ""),
        ("asesor", "Te llamo", "leído"),
        ("cliente", "", ""),
    ]
    assert told["mensajes"][1]["archivos"] == [
        {"nombre": "cocina.png", "tipo": "image/png", "direccion": f"/media/{address}"}
    ]
    assert told["mensajes"][1]["reacciones"] == [{"emoji": "👍", "autor": "cliente"}]
    assert "secreto" not in plain.text + sheet.text
    rows = parsed(sheet.text)
    assert [row["texto"] for row in rows] == [text for _, text, _ in texts]
    assert rows[2]["asesor"] == "Ana Torres"
    assert sheet.headers["content-disposition"] == 'attachment; filename="conversation_573000000001.csv"'
    assert "no-store" in sheet.headers["cache-control"]
    assert by_id.text == sheet.text
    assert await trail(shop) == [("ana", "chat.exported", f"chat {chat}")] * 4


async def test_c2_nobody_exports_what_they_may_not_see(each_shop: Shop) -> None:
    """The original gave every conversation to anybody who knew a number."""
    shop = each_shop
    mine = await shop.add_chat("Carla", numero="573000000001", phone_number_id="1")
    other = await shop.add_chat("Carla", role="", numero="573000000001", phone_number_id="2")
    foreign = await shop.add_chat("Diego", role="admin", numero="573000000002")
    hidden = await shop.add_chat("Elena", numero=None)
    for chat, text in ((mine, "suyo"), (other, "de otra línea"), (foreign, "ajeno"), (hidden, "sin número")):
        await shop.add_message(chat, text)
    paths = ("conversation/573000000002", "conversation/573000000002.csv", f"chat/{foreign}", f"chat/{foreign}.csv")
    async with shop.browser("ana") as ana, shop.browser("beto") as beto, shop.browser("dora") as dora:
        both = await ana.http.get("/export/conversation/573000000001")
        assert [message["texto"] for message in json.loads(both.text)["mensajes"]] == ["suyo"]
        assert "sin número" in (await ana.http.get(f"/export/chat/{hidden}.csv")).text
        for path in paths:
            assert (await ana.http.get(f"/export/{path}")).status_code == 404
            assert (await beto.http.get(f"/export/{path}")).status_code == 200
            assert (await dora.http.get(f"/export/{path}")).status_code == 404
            ana.http.cookies.clear()
            stranger = await ana.http.get(
                f"/export/{path}", headers={"accept": "application/json", "sec-fetch-mode": "cors"}
            )
            assert stranger.status_code == 401
            ana.http.cookies.set("waia", shop.tokens["ana"])
        for odd in (
            "conversation/",
            "conversation/x.csv",
            "conversation/99",
            "chat/x",
            "chat/0.csv",
            "chat/" + "9" * 30,
        ):
            assert (await beto.http.get(f"/export/{odd}")).status_code == 404
        admin = json.loads((await beto.http.get("/export/conversation/573000000001")).text)
        assert [message["texto"] for message in admin["mensajes"]] == ["suyo", "de otra línea"]


async def test_a12_b18_messages_without_a_rule_are_in_it_and_stay_when_their_rule_goes(shop: Shop) -> None:
    """The original joined with the rules: notices and what a deleted rule had sent were missing."""
    chat = await shop.add_chat(numero="573000000001")
    rule = await shop.add(RuleRow, step="menu", triggers="*", text="hola")
    await shop.add_sent(chat, "de la regla", rule_id=rule, step="menu", tipo="bot")
    for notice in ("Empecemos de nuevo", "No entendí tu respuesta", "Por favor ingresa la medida correcta."):
        await shop.add_sent(chat, notice, rule_id=None, step=None, tipo="bot")
    await shop.change(delete(RuleRow))
    async with shop.browser("ana") as ana:
        told = json.loads((await ana.http.get("/export/conversation/573000000001")).text)["mensajes"]
    assert [message["texto"] for message in told] == [
        "de la regla", "Empecemos de nuevo", "No entendí tu respuesta", "Por favor ingresa la medida correcta.",
    ]  # fmt: skip
    assert told[0]["regla"] == rule


async def test_the_last_session_begins_with_the_message_that_opened_it(shop: Shop) -> None:
    chat = await shop.add_chat(numero="573000000001")
    await shop.add_message(chat, "vieja", timestamp=NOW - timedelta(days=2))
    begun = NOW - timedelta(minutes=30)
    decision = await shop.add(DecisionRow, turn_key="t", chat_id=chat, at=begun, duration_us=1, trace={})
    await shop.add(BotSession, chat_id=chat, started_at=NOW - timedelta(days=2), ended_at=begun, end_reason="idle")
    await shop.add(BotSession, chat_id=chat, started_at=begun)
    await shop.add_message(chat, "la que abre", timestamp=begun - timedelta(seconds=3), decision_id=decision)
    await shop.add_sent(chat, "respuesta", timestamp=begun)
    async with shop.browser("ana") as ana:
        last = json.loads((await ana.http.get("/export/conversation/573000000001?sesion=ultima")).text)
        sheet = parsed((await ana.http.get(f"/export/chat/{chat}.csv?sesion=ultima")).text)
    assert [message["texto"] for message in last["mensajes"]] == ["la que abre", "respuesta"]
    assert last["sesion"]["motivo"] == ""
    assert [row["texto"] for row in sheet] == ["la que abre", "respuesta"]


async def test_c17_no_cell_of_a_csv_is_computed(shop: Shop) -> None:
    chat = await shop.add_chat("=HYPERLINK(1)", numero="573000000001", alias="+alias")
    rows = [
        {
            "public_id": f"p{number}", "chat_id": chat, "text": text, "timestamp": NOW, "received_at": NOW,
            "direction": "in", "author": "customer", "kind": "text", "details": {}, "step": "=paso", "tipo": "@tipo",
            "error_text": "-1",
        }
        for number, text in enumerate(CORPUS)
    ]  # fmt: skip
    await shop.add_rows(Message, rows)
    async with shop.browser("ana") as ana:
        body = (await ana.http.get(f"/export/chat/{chat}.csv")).text
    comma = list(csv.reader(io.StringIO(body[1:], newline="")))
    assert len(comma) == len(CORPUS) + 1
    cells = [cell for row in comma for cell in row]
    assert [cell for cell in cells if is_computed(cell)] == []
    # a Spanish Excel splits the same bytes at semicolons, and knows no quotes that do not begin a cell
    assert [line for line in body[1:].replace('"', "").splitlines() if is_computed(line, splits_at=";\t")] == []
    texts = [row[comma[0].index("texto")] for row in comma[1:]]
    assert [text.replace("'", "") for text in texts] == [text.replace("'", "") for text in CORPUS]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_computes_nothing_stays_as_it_is(text: str) -> None:
    assert inert(text) == text
    assert next(csv.reader([csv_line([text, "x"])])) == [text, "x"]


def test_a_long_text_of_separators_takes_no_longer_than_it_is() -> None:
    for hostile in ("\n" * 200_000, " " * 200_000 + "=", ";" * 100_000 + "=1", "=" * 100_000, '"' * 100_000 + "-"):
        assert len(inert(hostile)) <= 2 * len(hostile) + 1


async def test_a_conversation_is_never_in_memory_as_a_whole(shop: Shop) -> None:
    """6 MB of messages go out with a fraction of that in memory, and no faster than the reader takes them."""
    chat = await shop.add_chat(numero="573000000001")
    await fill(shop, chat, MANY, LONG)
    short = await shop.add_chat()
    await shop.add_message(short, "mmmm")
    for path in (f"/export/chat/{short}", f"/export/chat/{short}.csv"):
        await _taken_slowly(shop, path, [])  # what is loaded once is not counted
    for path in (f"/export/chat/{chat}", f"/export/chat/{chat}.csv"):
        with shop.counting() as statements:
            size, most, pages_at_first = await _taken_slowly(shop, path, statements)
        assert size > MANY * len(LONG)
        assert pages_at_first == 1, "the first bytes leave before the second page is read"
        assert _pages(statements) == MANY // 200 + 1
        assert most < size / 2


async def _taken_slowly(shop: Shop, path: str, statements: list[str]) -> tuple[int, int, int]:
    """Bytes in all, most memory in use meanwhile, pages read when the first message was on its way."""
    size = pages_at_first = 0

    async def send(message: dict[str, Any]) -> None:
        nonlocal size, pages_at_first
        body = message.get("body", b"")
        if not pages_at_first and b"mmmm" in body:
            await asyncio.sleep(0.05)  # a reader that makes us wait
            pages_at_first = _pages(statements)
        size += len(body)
        if message["type"] == "http.response.body" and not message["more_body"]:
            gone.set()

    async def receive() -> dict[str, Any]:
        if not asked:
            asked.append(True)
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    asked: list[bool] = []
    gone = asyncio.Event()
    tracemalloc.start()
    try:
        await shop.app(_scope(path, shop.tokens["ana"]), receive, send)
        return size, tracemalloc.get_traced_memory()[1], pages_at_first
    finally:
        tracemalloc.stop()


def _pages(statements: list[str]) -> int:
    return sum("FROM mensajes" in statement and "LIMIT" in statement for statement in statements)


def _scope(path: str, token: str) -> dict[str, Any]:
    headers = {"host": "chat.test", "cookie": f"waia={token}"}
    return {
        "type": "http", "http_version": "1.1", "asgi": {"version": "3.0", "spec_version": "2.4"}, "method": "GET",
        "scheme": "http", "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 50_000), "server": ("127.0.0.1", 5_000), "extensions": {},
    }  # fmt: skip
