"""Takes a file of the owner in, ready for WhatsApp: what rules and quick replies ask of whoever prepares files."""

from collections.abc import AsyncIterator
from typing import Protocol, runtime_checkable

from waia.media.values import StoredFile


@runtime_checkable  # so that a route can ask for it
class Shelf(Protocol):
    async def shelve(
        self, pieces: AsyncIterator[bytes], *, filename: str, mime: str, length: int | None, as_document: bool
    ) -> StoredFile:
        """Stored, with no row that points at it yet. Raises NotSendable, NoDecoder, StorageFull."""
        ...
