"""waia in this process without loops, so that nothing happens but what a test asks; and a past for its database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.authorisation_world import Building
from tests.observing.scrape import Scrape, scrape
from tests.road_world import SECRET, settings_for
from tests.roads.store import Store
from waia.settings import load_settings
from waia.simulator.wire import signature

PAST = "'2026-01-01 10:00:00.000000'"
HISTORY = (
    "INSERT INTO mensajes (public_id, chat_id, timestamp, received_at, direction, author, kind, details)"
    f" SELECT CONCAT('h', seq), :chat, {PAST}, {PAST}, 'in', 'customer', 'voice', '{{}}' FROM seq_1_to_:n",
    "INSERT INTO transcripts (message_id, chat_id, state, heard_text, words, wanted_at)"
    f" SELECT id, chat_id, 'heard', '', '[]', {PAST} FROM mensajes WHERE public_id LIKE 'h%'",
    "INSERT INTO outbox"
    " (public_id, idem_key, chat_id, phone_number_id, origin, payload, state, available_at, created_at)"
    f" SELECT CONCAT('h', seq), CONCAT('h', seq), :chat, '1', 'bot', '', 'sent', {PAST}, {PAST} FROM seq_1_to_:n",
    "INSERT INTO export_jobs (public_id, user_id, kind, form, selection, state, created_at, expires_at)"
    f" SELECT CONCAT('h', seq), :user, 'messages', 'csv', '{{}}', 'ready', {PAST}, {PAST} FROM seq_1_to_:n",
    f"INSERT INTO sheet_imports (kind, user_id, state, created_at) SELECT 'rules', :user, 'applied', {PAST}"
    " FROM seq_1_to_:n",
    "INSERT INTO lanes (queue, `key`, due_at, fence)"
    " SELECT 'outbox', CONCAT('h', seq), '2036-01-01', 0 FROM seq_1_to_:n",
)
FORGET = (
    "DELETE FROM lanes",
    "DELETE FROM sheet_imports",
    "DELETE FROM export_jobs",
    "DELETE FROM outbox",
    "DELETE FROM transcripts",
    "DELETE FROM mensajes WHERE public_id LIKE 'h%'",
)
TABLES = "mensajes, transcripts, outbox, export_jobs, sheet_imports, lanes"


@dataclass
class House:
    building: Building
    http: httpx.AsyncClient
    store: Store

    async def post(self, body: bytes) -> int:
        headers = {"x-hub-signature-256": signature(body, SECRET)}
        return (await self.http.post("/webhook", content=body, headers=headers)).status_code

    async def scrape(self) -> Scrape:
        return await scrape(self.http)

    async def lives_through(self, rows: int) -> None:
        """The whole past is so many rows of each kind, all of them over (MariaDB only)."""
        chat = await self.store.one("SELECT min(id) FROM chat_state")
        user = await self.store.one("SELECT min(id) FROM usuarios")
        for statement in (*FORGET, *HISTORY):
            filled = statement.replace(":n", str(rows)).replace(":chat", str(chat)).replace(":user", str(user))
            await self.store.rows(filled)
        await self.store.rows(f"ANALYZE TABLE {TABLES}")

    async def rows_read(self) -> int:
        """By everybody, since the server started."""
        return sum(int(row[1]) for row in await self.store.rows("SHOW GLOBAL STATUS LIKE 'Handler_read%'"))


@asynccontextmanager
async def house(folder: Path, url: str, **settings: str) -> AsyncIterator[House]:
    environment = settings_for(folder, "http://127.0.0.1:9", url, 5000, **settings)
    building = Building(load_settings(environment, env_file=None))
    building.parts.start_web()
    transport = httpx.ASGITransport(building.app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        try:
            yield House(building, http, Store(url))
        finally:
            await building.parts.stop()
