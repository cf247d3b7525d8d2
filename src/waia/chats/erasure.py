"""Erases a person: every row and every file, and a report of what was there."""

from dataclasses import dataclass, field
from datetime import datetime

from waia.accounts import audit
from waia.accounts.audit import Actor
from waia.chats import erasure_repository as repository
from waia.kit.db import Database, Transaction
from waia.kit.errors import NotFound
from waia.media.upkeep import Swept, Upkeep
from waia.media.upkeep_repository import files_of_chats

COMMAND_LINE = Actor(None, "waia")


@dataclass(slots=True)
class Erased:
    """Rows by table, and files with their bytes. Files that a rule or another chat uses too stay."""

    contact_id: int
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    size: int = 0

    def lines(self) -> list[str]:
        counted = [f"{table}: {count}" for table, count in sorted(self.rows.items()) if count]
        return [f"contact {self.contact_id}", *counted, f"files: {self.files} ({self.size} bytes)"]


async def find_contact(database: Database, told: str) -> int:
    """By phone number, user id, or our id as `#12`. Raises NotFound."""
    async with database.reading() as tx:
        contact_id = await repository.contact_named(tx, told)
    if contact_id is None:
        raise NotFound
    return contact_id


async def what_there_is(database: Database, contact_id: int) -> Erased:
    """What `erase` would take."""
    async with database.reading() as tx:
        chats = await repository.chats_of_contact(tx, contact_id)
        files = await files_of_chats(tx, chats)
        rows = await repository.count_rows(tx, contact_id, chats)
    return Erased(contact_id, rows, len(files))


async def erase(database: Database, upkeep: Upkeep, contact_id: int, now: datetime) -> Erased:
    """The rows in one transaction, with an entry of the trail that names nobody; then the bytes that they used."""

    async def work(tx: Transaction) -> tuple[dict[str, int], list[int]]:
        chats = await repository.chats_of_contact(tx, contact_id)
        files = await files_of_chats(tx, chats)
        rows = await repository.count_rows(tx, contact_id, chats)
        await repository.remove_contact(tx, contact_id, chats)
        for chat_id in chats:
            tx.announce("chat_removed", chat_id)
        told = {f"{table}": count for table, count in rows.items() if count}
        await audit.record(tx, COMMAND_LINE, "contact.erased", subject=f"contact {contact_id}", details=told, now=now)
        return rows, files

    rows, files = await database.run(work)
    swept = Swept()
    await upkeep.remove_files(files, swept)
    return Erased(contact_id, rows, swept.without_use, swept.size)
