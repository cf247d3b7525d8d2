"""A shop's panel for tests: Ana sells, Beto is admin, Dora may see nothing; chats are put in place by hand."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import delete, event, insert, select

from waia.accounts.cookies import csrf_token
from waia.accounts.models import Role, User, UserRole
from waia.accounts.sessions import Sessions
from waia.app.composition import create_app
from waia.app.parts import Parts, make_parts
from waia.chats.models import Alias, Chat, ChatRole, Contact, Message, OutboxItem, Reaction
from waia.chats.search.index_repository import index_contacts, reindex_messages
from waia.kit.db import Transaction
from waia.media.models import Media, MediaFile
from waia.settings import load_settings

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
CLIENT_ID = "0b8f6a52-3f37-4f0e-8d6e-3a1c5d7e9f01"
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "use", "path", "rect", "source"}


@dataclass
class Shop:
    """`tokens`: the cookies of the people's browsers."""

    parts: Parts
    tokens: dict[str, str] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    roles: dict[str, int] = field(default_factory=dict)
    _count: int = 0

    @classmethod
    async def open(cls, folder: Path, database_url: str, **settings: str) -> "Shop":
        shop = cls(cls.parts_of(folder, database_url, **settings))
        async with shop.parts.database.writing() as tx:
            shop.roles["admin"] = (await tx.execute(select(Role.id).where(Role.keyword == "admin"))).scalar_one()
            shop.roles["ventas"] = await _add(tx, Role, name="Ventas", keyword="ventas")
            for name, shown, role in (
                ("ana", "Ana Torres", "ventas"),
                ("beto", "Beto Salas", "admin"),
                ("dora", "Dora", ""),
            ):
                shop.users[name] = await _add(tx, User, username=name, password_hash="!", display_name=shown)
                if role:
                    await tx.execute(insert(UserRole).values(user_id=shop.users[name], role_id=shop.roles[role]))
        for name in shop.users:
            shop.tokens[name] = await shop.sign_in(name)
        return shop

    @staticmethod
    def parts_of(folder: Path, database_url: str, **settings: str) -> Parts:
        environ = {"WAIA_DATA": str(folder), "DATABASE_URL": database_url, "CHATS_WITHOUT_ROLE": "admins", **settings}
        return make_parts(load_settings({**environ, "WAIA_CLOCK": NOW.isoformat()}, env_file=None))

    @cached_property
    def app(self) -> Any:
        return create_app(self.parts.settings, loops=False, parts=self.parts)

    async def close(self) -> None:
        await self.parts.stop()

    async def add_chat(self, name: str = "Carla Gómez", role: str = "ventas", **values: Any) -> int:
        """A chat whose customer last wrote a while ago; the later it is added, the newer it is."""
        self._count += 1
        alias, person = values.pop("alias", ""), values.pop("person", {})
        at = NOW - timedelta(hours=2) + timedelta(seconds=self._count)
        chat = {"phone_number_id": "1", "bot_memory": {}, "last_message_at": at, "preview": "Hola"}
        chat |= {"window_ends_at": NOW + timedelta(hours=20), "carries_role": bool(role), **values}
        async with self.parts.database.writing() as tx:
            told = {"name": name, "phone": f"57300{self._count:07d}", "created_at": NOW, **person}
            contact = await _add(tx, Contact, **told)
            if alias:
                await tx.execute(insert(Alias).values(contact_id=contact, name=alias))
            chat_id = await _add(tx, Chat, **chat, contact_id=contact)
            if role:
                await tx.execute(insert(ChatRole).values(chat_id=chat_id, role_id=self.roles[role]))
            await index_contacts(tx, [contact])
        return chat_id

    async def add_message(self, chat_id: int, text: str = "Hola", **values: Any) -> int:
        """From the customer, unless told otherwise; one minute after the message before."""
        self._count += 1
        at = NOW - timedelta(hours=1) + timedelta(minutes=self._count)
        message = {"direction": "in", "author": "customer", "kind": "text", "details": {}, "timestamp": at}
        message |= {"received_at": NOW, "wamid": f"wamid.{self._count}", "public_id": f"m{self._count}", **values}
        async with self.parts.database.writing() as tx:
            message_id = await _add(tx, Message, chat_id=chat_id, text=text, **message)
            await reindex_messages(tx, [message_id])
        return message_id

    async def add_sent(self, chat_id: int, text: str = "Buenas", author: str = "bot", **values: Any) -> int:
        return await self.add_message(chat_id, text, direction="out", author=author, **values)

    async def add_file(self, chat_id: int, message_id: int, mime: str = "image/jpeg", **values: Any) -> str:
        """A file that hangs on the message; with `state` and `reason` one that is not here. Its public id."""
        kept = {"size": 204_800, "width": 1200, "height": 900, "duration_ms": None, "thumb_key": None, **values}
        told = {name: kept.pop(name) for name in ("state", "reason", "filename", "voice") if name in kept}
        kind, here = mime.partition("/")[0], told.get("state", "ready") == "ready"
        kind = kept.pop("file_kind", kind if kind in {"image", "video", "audio"} else "document")
        public_id, file_id = f"{message_id:032x}", None
        if here:
            stored = {
                "storage_key": f"ab/{public_id}",
                "sha256": "0" * 64,
                "kind": kind,
                "mime": mime,
                "created_at": NOW,
            }
            file_id = await self.add(MediaFile, **stored, **kept)
        row = {"public_id": public_id, "chat_id": chat_id, "message_id": message_id, "kind": kind, "mime": mime}
        await self.add(Media, **row, file_id=file_id, created_at=NOW, **{"state": "ready", **told})
        return public_id

    async def add_outbox(self, chat_id: int, message_id: int, state: str) -> None:
        async with self.parts.database.writing() as tx:
            message = (await tx.execute(select(Message.public_id).where(Message.id == message_id))).scalar_one()
            await tx.execute(
                insert(OutboxItem).values(
                    public_id=message, idem_key=message, chat_id=chat_id, phone_number_id="1", origin="agent",
                    payload='{"type":"text","body":"Buenas"}', state=state, available_at=NOW, created_at=NOW,
                )
            )  # fmt: skip

    async def react(self, chat_id: int, wamid: str, emoji: str, author: str = "c1") -> None:
        async with self.parts.database.writing() as tx:
            await tx.execute(insert(Reaction).values(wamid=wamid, author=author, chat_id=chat_id, emoji=emoji, at=NOW))

    async def add(self, model: Any, **values: Any) -> int:
        async with self.parts.database.writing() as tx:
            return await _add(tx, model, **values)

    async def add_rows(self, model: Any, rows: list[dict[str, Any]]) -> None:
        """Many at once."""
        await self.change(insert(model), rows)

    async def change(self, statement: Any, parameters: Any = None) -> None:
        async with self.parts.database.writing() as tx:
            await tx.execute(statement, parameters)

    async def take_role_from_chat(self, chat_id: int) -> None:
        async with self.parts.database.writing() as tx:
            await tx.execute(delete(ChatRole).where(ChatRole.chat_id == chat_id))

    async def chat(self, chat_id: int) -> Any:
        async with self.parts.database.reading() as tx:
            return (await tx.execute(select(Chat.__table__).where(Chat.id == chat_id))).one()

    async def sent_texts(self, chat_id: int) -> list[str]:
        async with self.parts.database.reading() as tx:
            found = select(Message.text).where(Message.chat_id == chat_id, Message.direction == "out")
            return list((await tx.execute(found.order_by(Message.id))).scalars())

    @asynccontextmanager
    async def browser(self, name: str) -> AsyncIterator["Browser"]:
        transport = httpx.ASGITransport(self.app)
        headers = {"accept": "text/html", "accept-language": "es", "sec-fetch-site": "same-origin"}
        cookies = {"waia": self.tokens[name]}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://chat.test", headers=headers, cookies=cookies
        ) as http:
            yield Browser(http, csrf_token(self.tokens[name]))

    @contextmanager
    def counting(self, *, writing: bool = False) -> Iterator[list[str]]:
        """The statements that the readers run meanwhile; `writing`: the one that writes."""
        statements: list[str] = []
        database = self.parts.database
        engine = (database.engine if writing else database._reader).sync_engine

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", note)

    async def sign_in(self, name: str) -> str:
        sessions = Sessions(self.parts.database, self.parts.clock, timedelta(hours=12))
        async with self.parts.database.writing() as tx:
            return await sessions.open(tx, self.users[name], address="127.0.0.1", user_agent="test")


@dataclass
class Browser:
    """One person's. `part`: ask as htmx does for the element with this id."""

    http: httpx.AsyncClient
    csrf: str

    async def get(self, path: str, part: str = "") -> "Answer":
        headers = {"hx-request": "true", "hx-target": f"div#{part}"} if part else {}
        return Answer(await self.http.get(path, headers=headers))

    async def act(self, method: str, path: str, **fields: str) -> "Answer":
        """As htmx does it."""
        headers = {"hx-request": "true", "x-csrf-token": self.csrf}
        return Answer(await self.http.request(method, path, headers=headers, data=fields))

    async def submit(self, path: str, **fields: str) -> "Answer":
        """As a plain form does it, without a script."""
        return Answer(await self.http.post(path, data={**fields, "_csrf": self.csrf}))


class Answer:
    def __init__(self, response: httpx.Response) -> None:
        self.status, self.html, self.headers = response.status_code, response.text, response.headers
        self.page = Html(response.text)

    def ids(self, prefix: str) -> list[int]:
        """The numbers of the elements `<prefix>-<number>`, as they stand in the page."""
        ends = (element.get("id", "").rpartition("-") for element in self.page.elements)
        return [int(number) for start, _, number in ends if start == prefix and number.isdigit()]


class Html(HTMLParser):
    """Elements with their attributes, and the text below the element with an id."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[dict[str, str]] = []
        self._open: list[dict[str, str]] = []
        self._texts: list[tuple[list[dict[str, str]], str]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = {"": tag, **{name: value or "" for name, value in attrs}}
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and any(element[""] == tag for element in self._open):
            while self._open.pop()[""] != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._texts.append((list(self._open), data))

    def text(self, element_id: str = "") -> str:
        """What people read in it, in one line."""
        shown = [(path, text) for path, text in self._texts if not any("hidden" in element for element in path)]
        found = (text for path, text in shown if not element_id or any(e.get("id") == element_id for e in path))
        return " ".join(" ".join(found).split())

    def owners(self, words: str) -> list[list[dict[str, str]]]:
        """For each text that holds the words, the elements around it from the outside in."""
        return [path for path, text in self._texts if words in text]

    def where(self, **attributes: str) -> list[dict[str, str]]:
        wanted = {name.replace("_", "-").removeprefix("-"): value for name, value in attributes.items()}
        return [e for e in self.elements if all(e.get(name) == value for name, value in wanted.items())]


async def _add(tx: Transaction, model: Any, **values: Any) -> int:
    return int((await tx.execute(insert(model).values(**values))).inserted_primary_key[0])
