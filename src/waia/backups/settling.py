"""After the rows are back: what was under way when the copy was taken may have ended since, so it is not taken up."""

from dataclasses import dataclass
from datetime import UTC, datetime

from waia.accounts import audit
from waia.accounts.commands import COMMAND_LINE
from waia.backups import settling_repository as repository
from waia.backups.manifest import Manifest
from waia.backups.target import size_of
from waia.chats.delivery_state import RESTORED
from waia.chats.handover import record_silence
from waia.chats.repository import load_chats, save_chats
from waia.kit.db import Database, Transaction
from waia.media.storage import Storage


@dataclass(slots=True)
class Settled:
    """`missing`: files that rows name and that are not there."""

    sends: int = 0
    turns: int = 0
    missing: int = 0


async def settle(database: Database, storage: Storage, manifest: Manifest, *, goes_on: bool) -> Settled:
    """`goes_on`: nothing happened after the copy was taken, so what waited is done now."""
    settled, now = Settled(), datetime.now(UTC)
    if not goes_on:
        settled.sends = await database.run(lambda tx: repository.hold_back_sends(tx, now))
        settled.turns = await _hold_back_turns(database)
    settled.missing = await _count_missing(database, storage)
    await database.run(lambda tx: _begin_anew(tx, manifest, now))
    return settled


async def _hold_back_turns(database: Database) -> int:
    """The chats stay unanswered, for people to look at."""

    async def work(tx: Transaction) -> int:
        chats = list((await load_chats(tx, await repository.chats_with_turns(tx))).values())
        await record_silence(tx, chats, RESTORED)
        for chat in chats:
            chat.silence_bot()
        await save_chats(tx, chats)
        return len(chats)

    held = 0
    while count := await database.run(work):
        held += count
    return held


async def _count_missing(database: Database, storage: Storage) -> int:
    missing = last_id = 0
    while True:
        async with database.reading() as tx:
            page = await repository.keys_after(tx, last_id)
        if not page:
            return missing
        for file_id, keys in page:
            last_id = file_id
            for key in keys:
                missing += await size_of(storage, key) < 0


async def _begin_anew(tx: Transaction, manifest: Manifest, now: datetime) -> None:
    await repository.end_leases(tx, now)
    await repository.begin_epoch(tx)
    told: dict[str, audit.Detail] = {
        "taken_at": manifest.taken_at.isoformat(),
        "version": manifest.version,
        "rows": manifest.rows,
    }
    await audit.record(tx, COMMAND_LINE, "backup.restored", details=told, now=now)
