"""Whatever people write, wherever they write it: neither logs nor metrics hold it, also where something breaks."""

import os
from pathlib import Path

import httpx
import pytest

from tests.authorisation_world import Building, Door, Visitor, doors
from tests.observing.private import ALL, FIELDS, MARKS, address_of, marked_bodies
from tests.observing.scrape import KNOWS, TOKEN, scrape
from tests.road_world import Served, eventually, served
from tests.roads.bodies import DIEGO, ELENA, texts
from waia.accounts.cookies import csrf_token
from waia.settings import load_settings

QUERY = dict.fromkeys(("q", "busca", "texto", "numero", "cliente", "token"), MARKS.text)
# Rows that cannot be written, and the database says why in somebody's words.
POISON = (
    f"CREATE TRIGGER no_message BEFORE INSERT ON mensajes WHEN NEW.mensaje LIKE '%veneno%'"
    f" BEGIN SELECT RAISE(ABORT, '{MARKS.text}'); END",
    f"CREATE TRIGGER no_decision BEFORE INSERT ON decisions BEGIN SELECT RAISE(ABORT, '{MARKS.name}'); END",
    f"CREATE TRIGGER no_alias BEFORE INSERT ON alias BEGIN SELECT RAISE(ABORT, '{MARKS.text}'); END",
)
SEEN = {
    "request", "unexpected_error", "database_unavailable", "webhook_refused", "media_not_fetched", "inbox_batch_redone",
    "inbox_item_failed", "turn_failed",
}  # fmt: skip


@pytest.fixture
def payloads() -> Path:
    folder = Path(os.environ.get("WAIA_PAYLOADS") or "nowhere")
    if not list(folder.glob("*.json")):
        pytest.skip("WAIA_PAYLOADS names no folder of published webhooks")
    return folder


async def test_nothing_private_is_logged_or_counted(tmp_path: Path, sqlite_url: str, payloads: Path) -> None:
    async with served(tmp_path, sqlite_url, METRICS_TOKEN=TOKEN, LOG_ACCESS="1", META_TOKEN=MARKS.token) as road:
        building = Building(load_settings(road.waia.environ, env_file=None))
        for body in marked_bodies(payloads):
            assert await road.post(body) == 200
        assert await road.post(b"{}", MARKS.token) == 403
        await road.until("SELECT count(*) FROM inbox WHERE state = 'ready'", 0)
        await break_things(road)
        await building.invite()
        await road.store.rows("UPDATE mensajes SET timestamp = :mark WHERE direction = 'in'", mark=MARKS.text)
        for door in doors(building.app):
            await knock(road, building, door)
        metrics = await scrape(road.http)
        text = (await road.http.get("/metrics", headers=KNOWS)).text
        await building.parts.stop()
        await road.waia.stop()
    assert {event for event in SEEN if f'"event": "{event}"' not in road.waia.log} == set(), "it has to be tried"
    assert metrics['waia_http_responses_total{class="5xx"}'] > 0
    for mark in ALL:
        assert mark not in text, mark
        assert mark not in road.waia.log, [line for line in road.waia.log.splitlines() if mark in line][:3]


async def break_things(road: Served) -> None:
    """A message that cannot be stored, a turn that cannot be written."""
    for poison in POISON:
        await road.store.rows(poison)
    assert await road.post(texts(("wamid.poison", f"veneno {MARKS.text}"), sender=ELENA)) == 200
    assert await road.post(texts(("wamid.turn", MARKS.text), sender=DIEGO)) == 200

    async def failed() -> bool:
        return all(f'"event": "{event}"' in road.waia.log for event in ("inbox_item_failed", "turn_failed"))

    await eventually(failed, "what cannot be written failed")


async def knock(road: Served, building: Building, door: Door) -> None:
    """As an admin, with marks in the address, the query, the headers and a form."""
    for _ in range(2):
        visitor = building.visitor("admin")
        if (await _ask(road.http, door, visitor)) != 401:
            return
        await building.invite()  # the door before ended the login


async def _ask(http: httpx.AsyncClient, door: Door, visitor: Visitor) -> int:
    headers = {
        "cookie": f"waia={visitor.token}; other={MARKS.token}",
        "user-agent": MARKS.name,
        "referer": f"http://127.0.0.1/?q={MARKS.phone}",
        "x-request-id": MARKS.name,
        "x-csrf-token": csrf_token(visitor.token),
    }
    form = dict.fromkeys(FIELDS, MARKS.text) if door.changes_things else None
    address = address_of(door, visitor)
    async with http.stream(door.asked_by, address, params=QUERY, data=form, headers=headers) as answer:
        return answer.status_code
