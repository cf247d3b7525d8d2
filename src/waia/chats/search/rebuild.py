"""`waia reindex`: writes the index of search anew, some thousand rows a transaction, beside a running waia."""

from waia.chats.search.index_repository import PAGE, index_contacts, last_ids, reindex_messages
from waia.kit.db import Database


async def rebuild(database: Database) -> tuple[int, int]:
    """How many ids were gone through: of messages, of contacts."""
    async with database.reading() as tx:
        messages, contacts = await last_ids(tx)
    for start in range(0, messages, PAGE):
        ids = range(start + 1, min(start + PAGE, messages) + 1)
        await database.run(lambda tx, ids=ids: reindex_messages(tx, ids))  # type: ignore[misc]
    for start in range(0, contacts, PAGE):
        ids = range(start + 1, min(start + PAGE, contacts) + 1)
        await database.run(lambda tx, ids=ids: index_contacts(tx, ids))  # type: ignore[misc]
    return messages, contacts
