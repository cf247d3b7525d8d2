"""Reads what is exported page by page, each in a transaction of its own: a slow reader holds nothing up, and no
history is ever in memory as a whole."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement

from waia.accounts.signed_in import SignedIn
from waia.exports import repository
from waia.exports.lines import ChatLine, MessageLine, chat_line, message_line
from waia.kit.db import Database, Transaction
from waia.kit.errors import NotFound

MESSAGES_A_PAGE = 200
CHATS_A_PAGE = 200


@dataclass(frozen=True, slots=True)
class Told:
    """A chat with what its customer answered, by name."""

    chat: ChatLine
    answers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reader:
    """Sees what `user` sees: the gate is asked again with each page."""

    database: Database
    user: SignedIn
    without_role: str
    zone: ZoneInfo

    async def messages(self, chat_id: int, upto: int, first: int = 0) -> AsyncIterator[list[MessageLine]]:
        """Pages of a chat's messages from `first` to `upto`, both included. Raises NotFound when it is out of sight."""
        after = first - 1
        while True:
            async with self.database.reading() as tx:
                page = await self._page(tx, chat_id, after, upto)
            if page:
                yield page
                after = page[-1].id
            if len(page) < MESSAGES_A_PAGE:
                break
        await self._check(chat_id)

    async def chats(self, wanted: Sequence[ColumnElement[bool]]) -> AsyncIterator[list[Told]]:
        """Pages of chats, by id."""
        after = 0
        while True:
            async with self.database.reading() as tx:
                rows = await repository.chats_after(tx, self.user, self.without_role, wanted, after, CHATS_A_PAGE)
                page = await told(tx, rows, self.zone)
            if page:
                yield page
                after = page[-1].chat.id
            if len(page) < CHATS_A_PAGE:
                return

    async def _page(self, tx: Transaction, chat_id: int, after: int, upto: int) -> list[MessageLine]:
        rows = await repository.messages_between(
            tx, self.user, self.without_role, chat_id, after, upto, MESSAGES_A_PAGE
        )
        ids = [row.id for row in rows]
        files = await repository.files_of(tx, ids) if ids else {}
        reactions = await repository.reactions_to(tx, [row.wamid for row in rows if row.wamid])
        return [message_line(row, files.get(row.id, ()), reactions.get(row.wamid or "", ()), self.zone) for row in rows]

    async def _check(self, chat_id: int) -> None:
        """A page that is empty because the chat went out of sight must not look like the end."""
        async with self.database.reading() as tx:
            if not await repository.chat_with_id(tx, self.user, chat_id, self.without_role):
                raise NotFound


async def told(tx: Transaction, rows: Sequence[Any], zone: ZoneInfo) -> list[Told]:
    ids = [row.id for row in rows]
    if not ids:
        return []
    roles, answers = await repository.role_names(tx, ids), await repository.answers_of(tx, ids)
    return [Told(chat_line(row, roles.get(row.id, ()), zone), answers.get(row.id, {})) for row in rows]
