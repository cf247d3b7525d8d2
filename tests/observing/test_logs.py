"""What operators read: one JSON object a line, with who, what and which request, and never what people wrote."""

import json
from pathlib import Path
from typing import Any

from tests.observing.private import MARKS, sign_in
from tests.road_world import Served, served
from tests.roads.desk import publish, rule

UNREADABLE = "UPDATE mensajes SET timestamp = :mark WHERE direction = 'in'"
WELL_FORMED = "proxy.4711-abc"


def lines_of(road: Served) -> list[dict[str, Any]]:
    """Each line is an object that says when, how grave, where and what."""
    found = [json.loads(line) for line in road.waia.log.splitlines()]
    for line in found:
        assert {"timestamp", "level", "logger", "event"} <= set(line), line
    return found


async def test_each_line_says_which_request_user_and_chat_it_is_about(tmp_path: Path, sqlite_url: str) -> None:
    async with served(tmp_path, sqlite_url, LOG_ACCESS="1") as road:
        await road.talk("Hola")
        cookie = {"cookie": f"waia={await sign_in(road.store)}"}
        chat_id = await road.store.one("SELECT id FROM chat_state")
        told = await road.http.get(f"/chats/{chat_id}?q=secreto", headers=cookie | {"x-request-id": WELL_FORMED})
        assert (told.status_code, told.headers["x-request-id"]) == (200, WELL_FORMED)
        for wrong in ("", "short", "x" * 65, "two words here", 'quo"te-quote', "-begins-with-dash"):
            made = (await road.http.get("/healthz", headers={"x-request-id": wrong})).headers["x-request-id"]
            assert made != wrong
            assert len(made) > 8
        missing = await road.http.get("/no/such/page", headers={"accept": "text/html"})
        assert missing.headers["x-request-id"]
        await road.waia.stop()
        lines = lines_of(road)
    asked = [line for line in lines if line["event"] == "request"]
    (page,) = (line for line in asked if line["request"] == WELL_FORMED)
    user_id = await road.store.one("SELECT min(id) FROM usuarios")
    assert (page["chat"], page["user"], page["status"], page["method"]) == (chat_id, user_id, 200, "GET")
    assert (page["route"], page["level"], page["logger"]) == ("/chats/{chat_id}", "info", "waia.app.requests")
    assert len({line["request"] for line in asked}) == len(asked)
    assert {line["route"] for line in asked} >= {"/webhook", "/healthz", "none"}
    assert "secreto" not in road.waia.log


async def test_an_error_says_where_it_arose_and_not_what_was_written(tmp_path: Path, sqlite_url: str) -> None:
    async with served(tmp_path, sqlite_url) as road:
        await publish(road, rule("menu_principal", "iniciar", "¡Hola!"))
        await road.talk("Hola")
        await road.store.rows("UPDATE chat_state SET holder = :mark, bot_failures = 4", mark=MARKS.text)
        await road.store.rows(UNREADABLE, mark=MARKS.text)
        cookie = {"cookie": f"waia={await sign_in(road.store)}"}
        page = await road.http.get("/chats/1", headers=cookie | {"x-request-id": WELL_FORMED})
        assert page.status_code == 500
        await road.says("otra vez")
        await road.until("SELECT needs_person FROM chat_state", "bot_failed")
        await road.waia.stop()
        lines = lines_of(road)
    (failed,) = (line for line in lines if line["event"] == "unexpected_error")
    assert (failed["request"], failed["route"], failed["chat"]) == (WELL_FORMED, "/chats/{chat_id}", 1)
    assert failed["exception"].endswith("ValueError")
    assert "src/waia/" in failed["exception"]
    (stumbled,) = (line for line in lines if line["event"] == "turn_failed")
    assert (stumbled["loop"], stumbled["chat"], stumbled["error"]) == ("turns", 1, "ValueError")
    assert stumbled["at"].startswith("chats/turns.py:")
    assert MARKS.text not in road.waia.log


async def test_at_debug_the_words_of_an_error_are_told_too(tmp_path: Path, sqlite_url: str) -> None:
    async with served(tmp_path, sqlite_url, LOG_LEVEL="DEBUG") as road:
        await road.talk("Hola")
        await road.store.rows(UNREADABLE, mark=MARKS.text)
        cookie = {"cookie": f"waia={await sign_in(road.store)}"}
        assert (await road.http.get("/chats/1", headers=cookie)).status_code == 500
        await road.waia.stop()
        (failed,) = (line for line in lines_of(road) if line["event"] == "unexpected_error")
        assert f"ValueError: Invalid isoformat string: '{MARKS.text}'" in failed["exception"]


async def test_who_reads_along_gets_text_and_the_file_is_json(tmp_path: Path, sqlite_url: str) -> None:
    """Without a word of the owner it is JSON, as the other tests read it: nobody reads along there."""
    file = tmp_path / "waia.log"
    async with served(tmp_path, sqlite_url, LOG_FORMAT="text", LOG_FILE=str(file), LOG_ACCESS="1") as road:
        assert (await road.http.get("/healthz", headers={"x-request-id": WELL_FORMED})).status_code == 200
        await road.waia.stop()
    (line,) = (json.loads(each) for each in file.read_text("utf-8").splitlines() if WELL_FORMED in each)
    assert (line["event"], line["route"], line["status"]) == ("request", "/healthz", 200)
    (shown,) = (each for each in road.waia.log.splitlines() if WELL_FORMED in each)
    assert "/healthz" in shown
    assert not shown.startswith("{")
