"""What must never be seen in logs and metrics, and how it is put into everything that waia can be told."""

import json
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.authorisation_world import Door, Visitor
from tests.roads.store import Store
from waia.accounts.cookies import new_token, token_hash


@dataclass(frozen=True, slots=True)
class Marks:
    """Things of people, each unlike anything else."""

    name: str = "Zoraida Quxbaz"
    phone: str = "573999123987"
    text: str = "quiero-mi-secreto-quxwort"
    token: str = "tok-quxpass-0123456789"


MARKS = Marks()
ALL = astuple(MARKS)
NAMES = {"name", "first_name", "last_name", "formatted_name", "full_name", "username"}
WORDS = {"body", "caption", "filename", "text", "title", "description", "payload", "address", "url", "email", "emoji"}
PHONES = {"from", "wa_id", "phone", "recipient_id", "user_id", "from_user_id"}
FIELDS = (
    "alias", "nombre", "name", "username", "password", "text", "texto", "q", "busca", "nota", "body", "caption",
    "numero", "phone", "telefono", "rol", "keyword", "respuesta", "step", "input_text", "value", "motivo", "cliente",
    "client_id", "url", "endpoint", "p256dh", "auth", "latitud", "longitud", "titulo", "clave", "archivo",
)  # fmt: skip


async def sign_in(store: Store) -> str:
    """The first person there is, an admin; the token of the login."""
    token, now = new_token(), datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    await store.rows("UPDATE usuarios SET must_change_password = 0")
    await store.rows(
        "INSERT INTO logins (token_hash, user_id, created_at, last_seen_at, confirmed_at, address, user_agent)"
        " SELECT :hash, min(id), :now, :now, :now, '', '' FROM usuarios",
        hash=token_hash(token), now=now,
    )  # fmt: skip
    return token


def marked_bodies(folder: Path) -> Iterator[bytes]:
    """Every published webhook, with our names, numbers and words in it, and ids of its own."""
    for number, path in enumerate(sorted(folder.glob("*.json"))):
        yield json.dumps(_marked(json.loads(path.read_text("utf-8")), f"wamid.marked{number}")).encode()


def _marked(told: Any, wamid: str, key: str = "") -> Any:
    if isinstance(told, dict):
        return {name: _marked(part, wamid, name) for name, part in told.items()}
    if isinstance(told, list):
        return [_marked(part, wamid, key) for part in told]
    if not isinstance(told, str):
        return told
    marks = {
        **dict.fromkeys(NAMES, MARKS.name),
        **dict.fromkeys(WORDS, MARKS.text),
        **dict.fromkeys(PHONES, MARKS.phone),
    }
    return wamid if key == "id" and told.startswith("wamid") else marks.get(key, told)


def address_of(door: Door, visitor: Visitor) -> str:
    """With ids of the visitor's own things, and a mark wherever words are taken."""
    path = door.path
    for name in ("chat_id", "message_id", "login_id", "role_id"):
        path = path.replace(f"{{{name}:int}}", str(getattr(visitor, name)))
    parts = [_filled(part) if part.startswith("{") else part for part in path.split("/")]
    return "/".join(parts)


def _filled(part: str) -> str:
    name, _, kind = part.strip("{}").partition(":")
    if kind == "int":
        return "7"
    return MARKS.token if name in {"token", "public_id"} else MARKS.phone
