"""A conversation as JSON or CSV, written while it is read."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from waia.exports import repository
from waia.exports.lines import MESSAGE_COLUMNS, cells, moment
from waia.exports.reading import Reader, Told, told
from waia.exports.repository import Session
from waia.kit.cells import BOM, csv_line
from waia.kit.db import Transaction


@dataclass(frozen=True, slots=True)
class Conversation:
    """The chats of one customer, one for each of our numbers; `upto` is the last message of the export.

    `session`: only the last run through the flow of the chat that spoke last.
    """

    numero: str
    chats: tuple[Told, ...]
    upto: int
    session: Session | None = None
    session_chat: int = 0

    @property
    def first(self) -> Mapping[int, int]:
        """Where each chat begins; a session without a message begins after everything."""
        if self.session is None:
            return {each.chat.id: 0 for each in self.chats}
        return {self.session_chat: self.session.first_message or self.upto + 1}


async def conversation(
    tx: Transaction, reader: Reader, rows: Sequence[Any], *, numero: str, last_session: bool
) -> Conversation:
    chats = tuple(await told(tx, rows, reader.zone))
    upto = await repository.newest_message(tx, [each.chat.id for each in chats])
    if not last_session:
        return Conversation(numero, chats, upto)
    spoke_last = max(rows, key=lambda row: row.last_message_at).id
    session = await repository.last_session(tx, spoke_last)
    return Conversation(numero, chats, upto, session, spoke_last if session else 0)


async def as_json(reader: Reader, told: Conversation) -> AsyncIterator[bytes]:
    head: dict[str, Any] = {"numero": told.numero, "chats": [_chat(each) for each in told.chats]}
    if told.session is not None:
        head["sesion"] = {
            "inicio": moment(told.session.started_at, reader.zone),
            "fin": moment(told.session.ended_at, reader.zone),
            "motivo": told.session.end_reason,
        }
    yield msgspec.json.encode(head)[:-1] + b',"mensajes":['
    between = b"\n"
    for chat_id, first in told.first.items():
        async for page in reader.messages(chat_id, told.upto, first):
            yield between + b",\n".join(msgspec.json.encode(line) for line in page)
            between = b",\n"
    yield b"\n]}\n"


async def as_csv(reader: Reader, told: Conversation) -> AsyncIterator[bytes]:
    yield (BOM + csv_line(MESSAGE_COLUMNS)).encode()
    for chat_id, first in told.first.items():
        async for page in reader.messages(chat_id, told.upto, first):
            yield "".join(csv_line(cells(line)) for line in page).encode("utf-8", "replace")


def _chat(each: Told) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(each.chat)
    return plain | {"datos": each.answers}
