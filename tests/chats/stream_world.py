"""A small office with open streams: people, chats, a server on a free port and clients that read it raw."""

import asyncio
import re
import shutil
import socket
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from litestar import Litestar
from litestar.di import Provide
from sqlalchemy import delete, insert, update

from waia.accounts.guards import Gate, provide_user
from waia.accounts.models import Login, Role, User, UserRole
from waia.accounts.refusals import EXCEPTION_HANDLERS
from waia.accounts.sessions import Sessions
from waia.chats.models import Chat, ChatRole, Contact, Message
from waia.chats.panel.feed import Pace
from waia.chats.panel.hub import Position, read_position
from waia.chats.panel.live import Live
from waia.chats.panel.stream import routes
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.render import Page, Pages
from waia.kit.wakeups import Wakeups
from waia.rules.book import Rules
from waia.settings import Settings, load_settings

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
PATIENCE_S = 10.0
SMALL_BUFFER = 16_384


async def eventually(holds: Callable[[], bool], what: str, timeout_s: float = PATIENCE_S) -> None:
    """Wait for something that is true soon; fail with its name when it is not."""
    deadline = asyncio.get_running_loop().time() + timeout_s
    while not holds():
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"did not happen within {timeout_s:g} s: {what}")
        await asyncio.sleep(0.01)


@dataclass
class Office:
    """Ana sells (role ventas), Beto is admin, Dora has no role; `tokens`: the cookies of their browsers."""

    settings: Settings
    wakeups: Wakeups
    database: Database
    clock: Clock
    tokens: dict[str, str] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    roles: dict[str, int] = field(default_factory=dict)
    _messages: int = 0

    @classmethod
    async def open(cls, folder: Path, migrated_file: Path) -> "Office":
        """`migrated_file`: a database with the schema, of which the office gets a copy."""
        shutil.copy(migrated_file, folder / "waia.db")
        settings = load_settings({"WAIA_DATA": str(folder), "CHATS_WITHOUT_ROLE": "admins"}, env_file=None)
        wakeups = Wakeups()
        office = cls(settings, wakeups, Database(settings.sqlalchemy_url, wakeups), Clock())
        async with office.database.writing() as tx:
            for keyword in ("admin", "ventas"):
                office.roles[keyword] = await _add(tx, Role, name=keyword.title(), keyword=keyword)
            for name, role in (("ana", "ventas"), ("beto", "admin"), ("dora", None)):
                office.users[name] = await _add(tx, User, username=name, password_hash="-")
                if role is not None:
                    await office.give_role(tx, name, role)
        for name in office.users:
            office.tokens[name] = await office.sign_in(name)
        return office

    async def sign_in(self, name: str) -> str:
        sessions = Sessions(self.database, self.clock, timedelta(hours=12))
        async with self.database.writing() as tx:
            return await sessions.open(tx, self.users[name], address="127.0.0.1", user_agent="test")

    async def give_role(self, tx: Transaction, name: str, role: str) -> None:
        await tx.execute(insert(UserRole).values(user_id=self.users[name], role_id=self.roles[role]))

    async def hire(self, tx: Transaction, count: int) -> list[str]:
        """More people who sell."""
        names = [f"agente{n}" for n in range(count)]
        for name in names:
            self.users[name] = await _add(tx, User, username=name, password_hash="-")
            await self.give_role(tx, name, "ventas")
        return names

    async def take_roles(self, name: str, *, announce: bool) -> None:
        async with self.database.writing() as tx:
            await tx.execute(delete(UserRole).where(UserRole.user_id == self.users[name]))
            if announce:
                tx.announce("user_changed", None, str(self.users[name]))

    async def revoke(self, name: str) -> None:
        async with self.database.writing() as tx:
            await tx.execute(
                update(Login).where(Login.user_id == self.users[name]).values(revoked_at=self.clock.real())
            )

    async def add_chat(self, customer: str, role: str | None = "ventas") -> int:
        async with self.database.writing() as tx:
            contact = await _add(tx, Contact, name=customer, phone="573001112233", created_at=NOW)
            chat = await _add(tx, Chat, phone_number_id="1", contact_id=contact, last_message_at=NOW, bot_memory={})
            if role is not None:
                await tx.execute(insert(ChatRole).values(chat_id=chat, role_id=self.roles[role]))
            tx.announce("chat_changed", chat)
        return chat

    async def receive(self, chat: int, text: str = "Hola") -> int:
        """A customer writes; the answer is the message's id."""
        async with self.database.writing() as tx:
            return await self.receive_in(tx, chat, text)

    async def receive_in(self, tx: Transaction, chat: int, text: str) -> int:
        self._messages += 1
        at = NOW + timedelta(seconds=self._messages)
        message = await _add(
            tx, Message, public_id=f"m{self._messages}", chat_id=chat, text=text, kind="text", details={},
            timestamp=at, received_at=at, direction="in", author="customer",
        )  # fmt: skip
        changed = {"preview": text, "last_message_at": at, "unread": Chat.unread + 1, "unanswered_since": at}
        await tx.execute(update(Chat).where(Chat.id == chat).values(changed))
        tx.announce("message_added", chat, str(message))
        tx.announce("chat_changed", chat)
        return message

    async def change_chat(self, chat: int, **values: Any) -> None:
        async with self.database.writing() as tx:
            await tx.execute(update(Chat).where(Chat.id == chat).values(values))
            tx.announce("chat_changed", chat)

    async def change_message(self, chat: int, message: int, **values: Any) -> None:
        async with self.database.writing() as tx:
            await tx.execute(update(Message).where(Message.id == message).values(values))
            tx.announce("message_changed", chat, str(message))

    async def position(self) -> Position:
        async with self.database.reading() as tx:
            return await read_position(tx)


async def _add(tx: Transaction, model: Any, **values: Any) -> int:
    return int((await tx.execute(insert(model).values(**values))).inserted_primary_key[0])


@dataclass
class Server:
    """One process of the office: its live updates, its port, and the connections that it holds."""

    live: Live
    closing: asyncio.Event
    port: int
    connections: Collection[object] = ()


@asynccontextmanager
async def serving(
    office: Office, *, port: int = 0, pace: Pace | None = None, wakeups: Wakeups | None = None
) -> AsyncIterator[Server]:
    """A server that closes as the app does. With wake-ups of its own it is like one in another process."""
    closing, wakeups = asyncio.Event(), wakeups or office.wakeups
    database = Database(office.settings.sqlalchemy_url, wakeups)
    pages = Pages(office.settings.timezone, office.clock)
    live = Live(
        database=database, wakeups=wakeups, rules=Rules(database, office.settings), pages=pages,
        settings=office.settings, clock=office.clock, closing=closing, pace=pace,
    )  # fmt: skip
    app = _app(office, database, live, pages)
    listener = socket.create_server(("127.0.0.1", port))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    tasks = [asyncio.create_task(live.run()), asyncio.create_task(server.serve(sockets=[listener]))]
    try:
        await eventually(lambda: server.started, "the server started")
        yield Server(live, closing, listener.getsockname()[1], server.server_state.connections)
    finally:
        closing.set()
        server.should_exit = True
        async with asyncio.timeout(PATIENCE_S):
            await tasks[1]
        tasks[0].cancel()
        await asyncio.gather(tasks[0], return_exceptions=True)
        await database.close()


def _app(office: Office, database: Database, live: Live, pages: Pages) -> Litestar:
    sessions = Sessions(database, office.clock, timedelta(hours=12))
    dependencies = {
        "live": Provide(lambda: live, sync_to_thread=False),
        "user": Provide(provide_user, sync_to_thread=False),
        "page": Provide(lambda: Page(pages, language="es", user=None, csrf_token="", path="/"), sync_to_thread=False),
    }
    return Litestar(
        route_handlers=list(routes),
        middleware=[Gate(sessions, office.settings, office.clock)],
        exception_handlers=dict(EXCEPTION_HANDLERS),
        dependencies=dependencies,
        openapi_config=None,
    )


@dataclass(frozen=True)
class Told:
    """One server-sent event as it arrived."""

    event: str
    id: str
    data: str
    retry: str
    at: float


class Client:
    """A browser's stream, read in the background."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.told: list[Told] = []
        self.comments = 0
        self.ended = False
        self._reader, self._writer = reader, writer
        self._task = asyncio.create_task(self._read())

    @property
    def html(self) -> str:
        return "\n".join(told.data for told in self.told if not told.event)

    @property
    def last_id(self) -> str:
        return next((told.id for told in reversed(self.told) if told.id), "")

    @property
    def words(self) -> list[str]:
        """The names of the named events."""
        return [told.event for told in self.told if told.event]

    def messages(self) -> set[int]:
        return {int(found) for found in re.findall(r'id="message-(\d+)"', self.html)}

    async def until(self, text: str, timeout_s: float = PATIENCE_S) -> None:
        await eventually(lambda: text in self.html, f"{text} in the stream, which has {self.html}", timeout_s)

    async def until_told(self, event: str, timeout_s: float = PATIENCE_S) -> None:
        await eventually(lambda: event in self.words, f"{event}, not only {self.words}", timeout_s)

    async def until_ended(self, timeout_s: float = PATIENCE_S) -> None:
        await eventually(lambda: self.ended, "the end of the stream", timeout_s)

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._writer.transport.abort()

    async def _read(self) -> None:
        fields: dict[str, list[str]] = {}
        try:
            async for line in _lines(self._reader):
                if line:
                    name, _, value = line.partition(":")
                    self.comments += not name
                    fields.setdefault(name, []).append(value.removeprefix(" "))
                elif fields:
                    self._tell(fields)
                    fields = {}
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        self.ended = True

    def _tell(self, fields: dict[str, list[str]]) -> None:
        one = {name: "\n".join(fields.get(name, [])) for name in ("event", "id", "data", "retry")}
        self.told.append(Told(**one, at=asyncio.get_running_loop().time()))


async def _lines(reader: asyncio.StreamReader) -> AsyncIterator[str]:
    """The lines of a chunked body."""
    rest = b""
    while size := int(await reader.readline() or b"0", 16):
        rest += await reader.readexactly(size)
        await reader.readexactly(2)
        *lines, rest = rest.split(b"\n")
        for line in lines:
            yield line.decode()


async def ask(
    server: Server, query: str = "", *, token: str = "", last_id: str = "", limit: int = 2**16
) -> tuple[int, dict[str, str], asyncio.StreamReader, asyncio.StreamWriter]:
    """Send the request; the status, the headers, and the rest to read."""
    return await ask_at(server.port, query, token=token, last_id=last_id, limit=limit)


async def ask_at(
    port: int, query: str = "", *, token: str = "", last_id: str = "", limit: int = 2**16
) -> tuple[int, dict[str, str], asyncio.StreamReader, asyncio.StreamWriter]:
    """The same of any waia."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=limit)
    lines = [f"GET /eventos?{query} HTTP/1.1", "Host: 127.0.0.1", "HX-Request: true"]
    lines += [f"Cookie: waia={token}"] if token else []
    lines += [f"Last-Event-ID: {last_id}"] if last_id else []
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    status = int((await reader.readline()).split()[1])
    headers: dict[str, str] = {}
    while line := (await reader.readline()).decode().strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return status, headers, reader, writer


async def connect(
    office: Office, server: Server, name: str, query: str = "vista=todos", *, last_id: str = ""
) -> Client:
    """An open stream that has said it is ready."""
    found = await ask(server, query, token=office.tokens[name], last_id=last_id)
    assert found[0] == 200, found[:2]
    client = Client(found[2], found[3])
    await client.until_told("ready")
    return client
