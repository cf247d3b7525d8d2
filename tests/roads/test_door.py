"""The webhook's door: 200 means stored, 503 means come again, and nothing that is too large comes in."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from structlog.testing import capture_logs

from tests.road_world import inside, served
from tests.roads.bodies import OTHER_PNID, text, texts, value, webhook
from tests.roads.invariants import check_invariants

MANY, LARGEST = 3_000, 4 * 1024 * 1024


async def test_a_body_above_four_megabytes_is_refused_unread(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        assert await road.post(texts(("wamid.large", "x" * LARGEST))) == 413
        assert await road.store.one("SELECT count(*) FROM mensajes_procesados") == 0


async def test_what_is_refused_at_the_door_is_counted_and_logged_for_operators(tmp_path: Path, sqlite_url: str) -> None:
    """F31: `webhook_oversize`. A flood of it does not fill the log."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(LARGEST // 65_536 + 1):
            yield b"x" * 65_536

    async with inside(tmp_path, sqlite_url) as road:
        with capture_logs() as lines:
            for content in (texts(("wamid.large", "x" * LARGEST)), pieces()):
                assert (await road.http.post("/webhook", content=content)).status_code == 413
        assert (await road.http.post("/webhook", content=b"{}")).status_code == 403
        health = (await road.http.get("/readyz", headers={"accept": "application/json"})).json()
        assert health["counts"] == {"webhook_oversize": 2, "webhook_bad_signature": 1}
        assert health["status"] != "down"
    (line,) = (line for line in lines if line["event"] == "webhook_oversize")
    assert line["log_level"] == "warning"
    assert line["size"] > line["limit"] == LARGEST


async def test_the_door_knows_two_ways_of_asking(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        refused = await road.http.put("/webhook", content=texts(("wamid.put", "Hola")))
        assert refused.status_code == 405
        assert refused.headers["content-security-policy"]
        assert (await road.http.get("/webhook?hub.mode=subscribe")).status_code == 400


async def test_who_goes_away_in_the_middle_of_a_body_disturbs_nobody(tmp_path: Path, sqlite_url: str) -> None:
    async with served(tmp_path, sqlite_url) as road:
        reader, writer = await asyncio.open_connection(road.http.base_url.host, road.http.base_url.port)
        writer.write(b"POST /webhook HTTP/1.1\r\nHost: waia\r\nContent-Length: 100\r\n\r\n{")
        await writer.drain()
        writer.close()
        assert await reader.read() == b""
        assert await road.post(texts(("wamid.next", "Hola"))) == 200
        await road.waia.stop()
        assert "unexpected_error" not in road.waia.log


async def test_thousands_of_messages_in_one_post_are_all_stored(tmp_path: Path, database_url: str) -> None:
    """F34. They are for another number, so that nobody has to be answered."""
    people = [f"5730055{number:05}" for number in range(100)]
    messages = [text(f"wamid.{n}", f"número {n}", sender=people[n % 100]) for n in range(MANY)]
    async with inside(tmp_path, database_url) as road:
        assert await road.post(webhook(value(messages, pnid=OTHER_PNID))) == 200
        await road.calm(timeout_s=60)
        assert await road.store.one("SELECT count(*) FROM mensajes") == MANY
        rows = await road.store.rows("SELECT chat_id, mensaje FROM mensajes ORDER BY id")
        for chat_id in {row.chat_id for row in rows}:
            found = [int(row.mensaje.split()[1]) for row in rows if row.chat_id == chat_id]
            assert found == sorted(found)
        await check_invariants(road)


async def test_what_is_signed_but_not_readable_is_kept_as_it_came_and_told(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        for body in (b"", b"\xff\xfe", b"null", b'{"object": ', b"7"):
            assert await road.post(body) == 200
        await road.calm()
        assert await road.store.one("SELECT count(*) FROM webhook_raw") == 5
        assert await road.store.one("SELECT count(*) FROM account_alerts WHERE kind = 'unparsable'") == 1
