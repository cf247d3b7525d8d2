"""The whole application, five visitors before its doors, and for each of them something to ask for."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from litestar.routes import ASGIRoute, HTTPRoute
from sqlalchemy import insert, select

from waia.accounts.cookies import csrf_token, new_token, token_hash
from waia.accounts.models import Login, Role, User, UserRole
from waia.app.composition import Application, create_app
from waia.app.parts import Parts, make_parts
from waia.chats.delivery_state import DeliveryState
from waia.chats.models import Chat, ChatRole, Contact, Message, OutboxItem
from waia.kit.db import Transaction
from waia.settings import Settings
from waia.transcription.models import TranscriptRow

PEOPLE = ("anonymous", "must_change", "agent_own", "agent_foreign", "admin")
ROLES = {"ventas": 1, "otra": 2}
USERS = {"must_change": 11, "agent_own": 12, "agent_foreign": 13, "admin": 14}
PARTY = 1_000
SAMPLES = {"file_path:path": "icon.svg"}
QUERIES = {"GET /chats/{chat_id:int}/mensajes": "antes=1", "GET /webhook": "hub.mode=subscribe"}
ABOUT_NOTES = {"/notas/{message_id:int}", "/notas/{message_id:int}/edicion"}
ABOUT_SENT = {f"/mensajes/{{message_id:int}}/{act}" for act in ("reintento", "reenvio", "envio")}
LONGEST_WAIT_S = 20


@dataclass(frozen=True, slots=True)
class Door:
    """One method of one route, or a mounted application."""

    method: str
    path: str
    opt: Mapping[str, Any]

    @property
    def name(self) -> str:
        """As the matrix calls it: `GET /chats/{chat_id:int}`."""
        return f"{self.method} {self.path}"

    @property
    def changes_things(self) -> bool:
        return self.method not in {"GET", "HEAD"}

    @property
    def asked_by(self) -> str:
        """The method of the request; a mount takes any."""
        return "POST" if self.method == "MOUNT" else self.method


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks (`token` is empty for a stranger), and the ids asked for, whether they are theirs or not."""

    token: str
    chat_id: int
    message_id: int
    sent_id: int
    note_id: int
    login_id: int
    role_id: int

    @property
    def numero(self) -> str:
        return f"57300{self.chat_id:07d}"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]


def doors(app: Application) -> list[Door]:
    """All but the answers to OPTIONS, which Litestar makes by itself."""
    found = {
        Door(method, route.path, handler.opt).name: Door(method, route.path, handler.opt)
        for route in app.routes.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
        if method != "OPTIONS"
    }
    mounts = [
        Door(method, route.path, route.route_handler.opt)
        for route in app.routes.routes
        if isinstance(route, ASGIRoute)
        for method in route.route_handler.opt.get("methods", ("MOUNT",))
    ]
    found |= {mount.name: mount for mount in mounts}
    return [found[name] for name in sorted(found)]


class Building:
    """One application for all doors; each party of visitors has ids of its own, so that none meets what others did."""

    def __init__(self, settings: Settings) -> None:
        self.parts: Parts = make_parts(settings)
        self.app = create_app(settings, loops=False, parts=self.parts)
        self._parties = 0
        self._visitors: dict[str, Visitor] = {}

    async def invite(self) -> None:
        """Five newcomers. Both agents are of ventas: one asks for a chat of ventas, the other for one of another."""
        self._parties += 1
        self._visitors = await self.parts.database.run(lambda tx: _add_party(tx, self._parties * PARTY))

    def visitor(self, person: str) -> Visitor:
        return self._visitors[person]

    async def ask(self, door: Door, person: str, **headers: str) -> Answer:
        """Unsafe requests carry the token of the login and an empty form; `x_name` becomes the header x-name."""
        visitor = self._visitors[person]
        sent = {"host": "chat.test", "accept": "text/html", "content-type": "application/x-www-form-urlencoded"}
        if visitor.token:
            sent |= {"cookie": f"waia={visitor.token}", "x-csrf-token": csrf_token(visitor.token)}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await _request(self.app, _scope(door, _address(door.path, visitor), sent))


async def _add_party(tx: Transaction, base: int) -> dict[str, Visitor]:
    """Who comes, by the name in the matrix; all ids begin at `base`."""
    admin_role = (await tx.execute(select(Role.id).where(Role.keyword == "admin"))).scalar_one()
    roles = [{"id": base + n, "name": f"{name}{base}", "keyword": f"{name}{base}"} for name, n in ROLES.items()]
    await tx.execute(insert(Role), roles)
    for person, number in USERS.items():
        values = {"id": base + number, "username": f"the_{person}{base}", "password_hash": "!"}
        await tx.execute(insert(User).values(**values, must_change_password=person == "must_change"))
        role_id = admin_role if person == "admin" else base + ROLES["ventas"]
        await tx.execute(insert(UserRole).values(user_id=base + number, role_id=role_id))
    return {person: await _add_visitor(tx, base, number, person) for number, person in enumerate(PEOPLE)}


async def _add_visitor(tx: Transaction, base: int, number: int, person: str) -> Visitor:
    now, key = datetime.now(UTC), base + 50 + number
    token = await _add_login(tx, key, base + USERS[person], now) if person in USERS else ""
    owner = base + USERS[person if person in {"must_change", "agent_own"} else "admin"]
    await _add_login(tx, key + 100, owner, now)
    await tx.execute(insert(Contact).values(id=key, name=person, created_at=now))
    chat = {"id": key, "contact_id": key, "phone_number_id": "1", "bot_memory": {}, "last_message_at": now}
    chat["numero"] = f"57300{key:07d}"
    await tx.execute(insert(Chat).values(**chat, window_ends_at=now + timedelta(hours=20)))
    role_id = base + ROLES["otra" if person == "agent_foreign" else "ventas"]
    await tx.execute(insert(ChatRole).values(chat_id=key, role_id=role_id))
    await _add_messages(tx, key, key + 100, now)
    await _add_note(tx, key, key + 200, owner, now)
    ids = {"message_id": key, "sent_id": key + 100, "note_id": key + 200, "login_id": key + 100}
    return Visitor(token, chat_id=key, role_id=base + ROLES["ventas"], **ids)


async def _add_messages(tx: Transaction, received_id: int, sent_id: int, now: datetime) -> None:
    """One from the customer, with a transcript, and one of ours that nobody knows whether it arrived."""
    common = {"chat_id": received_id, "text": "hola", "timestamp": now, "received_at": now, "kind": "text"}
    received = {"id": received_id, "direction": "in", "author": "customer", "status": 0}
    sent = {"id": sent_id, "direction": "out", "author": "bot", "status": DeliveryState.UNCERTAIN}
    for message in (received, sent):
        key = f"{message['id']}"
        await tx.execute(insert(Message).values(**common, **message, public_id=key, details={}))
    heard = {"message_id": received_id, "chat_id": received_id, "state": "heard", "heard_text": "hola", "words": []}
    await tx.execute(insert(TranscriptRow).values(**heard, wanted_at=now))
    item = {"public_id": f"{sent_id}", "idem_key": f"{sent_id}", "phone_number_id": "1", "origin": "bot"}
    times = {"available_at": now, "created_at": now, "uncertain_since": now}
    await tx.execute(insert(OutboxItem).values(**item, **times, chat_id=received_id, payload="{}", state="uncertain"))


async def _add_note(tx: Transaction, chat_id: int, note_id: int, author_id: int, now: datetime) -> None:
    """An internal note of the one whose chat it is."""
    note = {
        "id": note_id,
        "public_id": f"{note_id}",
        "text": "ojo",
        "kind": "note",
        "author": "note",
        "direction": "own",
    }
    whose = {"chat_id": chat_id, "user_id": author_id, "timestamp": now, "received_at": now}
    await tx.execute(insert(Message).values(**note, **whose, details={}))


async def _add_login(tx: Transaction, login_id: int, user_id: int, now: datetime) -> str:
    token = new_token()
    times = {"created_at": now, "last_seen_at": now, "confirmed_at": now}
    await tx.execute(insert(Login).values(id=login_id, token_hash=token_hash(token), user_id=user_id, **times))
    return token


def _address(path: str, visitor: Visitor) -> str:
    ids = {f"{name}:int": str(getattr(visitor, name)) for name in ("chat_id", "message_id", "login_id", "role_id")}
    if path.startswith("/export/"):
        ids["name:str"] = f"{visitor.numero if 'conversation' in path else visitor.chat_id}.csv"
    if path in ABOUT_NOTES:
        ids["message_id:int"] = str(visitor.note_id)
    if path in ABOUT_SENT:
        ids["message_id:int"] = str(visitor.sent_id)
    return re.sub(r"{([^}]+)}", lambda found: (ids | SAMPLES).get(found[1], "0"), path)


async def _request(app: Application, scope: Any) -> Answer:
    """Up to the first line of the answer: an open stream never ends by itself."""
    begun: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
    gone = asyncio.Event()
    body: list[dict[str, Any]] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if body:
            return body.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start" and not begun.done():
            sent = {name.decode().lower(): value.decode() for name, value in message["headers"]}
            begun.set_result(Answer(message["status"], sent))

    handling = asyncio.ensure_future(app(scope, receive, send))  # type: ignore[arg-type]
    waited: set[asyncio.Future[Any]] = {begun, handling}
    done, _ = await asyncio.wait(waited, timeout=LONGEST_WAIT_S, return_when=asyncio.FIRST_COMPLETED)
    assert done, f"{scope['path']} does not answer"
    gone.set()
    if begun.done():
        await asyncio.wait({handling}, timeout=LONGEST_WAIT_S)
    handling.cancel()
    return begun.result()


def _scope(door: Door, path: str, headers: Mapping[str, str]) -> Any:
    return {
        "type": "http",
        "http_version": "1.1",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "method": door.asked_by,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": QUERIES.get(door.name, "").encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 5_000),
        "extensions": {},
    }
