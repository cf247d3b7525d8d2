"""Makes the file of a job: reads pages as the one who asked sees them, and writes each before it reads the next."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from waia.exports import repository
from waia.exports.books import open_book
from waia.exports.jobs_repository import Job
from waia.exports.lines import CHAT_COLUMNS, MESSAGE_COLUMNS, answer_cells, cells
from waia.exports.reading import Reader, Told
from waia.exports.selection import Kind
from waia.kit.errors import NotFound

ABOUT_CHAT = ("numero", "nombre", "alias")
Tell = Callable[[int, int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows that are ready, and how many chats are behind them."""

    rows: Sequence[Sequence[str]]
    chats: int


async def make(job: Job, reader: Reader, path: Path, tell: Tell) -> None:
    """`tell(total, done, rows)` hears after each page how far it is; what it raises ends the work."""
    wanted = job.selection.wanted(reader.user.id, reader.zone)
    async with reader.database.reading() as tx:
        total = await repository.count_chats(tx, reader.user, reader.without_role, wanted)
        names = [] if job.kind is Kind.MESSAGES else await repository.answer_names(tx)
    done = rows = 0
    book = await asyncio.to_thread(open_book, job.form, path, _columns(job.kind, names))
    try:
        async for page in _pages(job, reader, names):
            await asyncio.to_thread(book.add, page.rows)
            done, rows = done + page.chats, rows + len(page.rows)
            await tell(total, done, rows)
    finally:
        await asyncio.to_thread(book.close)


def _columns(kind: Kind, names: Sequence[str]) -> tuple[str, ...]:
    return (
        (*MESSAGE_COLUMNS, *ABOUT_CHAT)
        if kind is Kind.MESSAGES
        else (*CHAT_COLUMNS, *(f"dato: {name}" for name in names))
    )


async def _pages(job: Job, reader: Reader, names: Sequence[str]) -> AsyncIterator[Page]:
    async for page in reader.chats(job.selection.wanted(reader.user.id, reader.zone)):
        if job.kind is not Kind.MESSAGES:
            yield Page([[*cells(each.chat), *answer_cells(each.answers, names)] for each in page], len(page))
            continue
        for each in page:
            async for rows in _messages_of(reader, each):
                yield Page(rows, 0)
            yield Page((), 1)


async def _messages_of(reader: Reader, each: Told) -> AsyncIterator[list[list[str]]]:
    """A chat that went out of sight meanwhile ends where it did."""
    about = [each.chat.numero, each.chat.name, each.chat.alias]
    async with reader.database.reading() as tx:
        upto = await repository.newest_message(tx, [each.chat.id])
    try:
        async for page in reader.messages(each.chat.id, upto):
            yield [[*cells(line), *about] for line in page]
    except NotFound:
        return
