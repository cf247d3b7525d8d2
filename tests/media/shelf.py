"""Files put in place for tests of the panel: bytes in the storage, their rows, somebody who may open them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

from tests.chats.panel_world import NOW, Shop
from waia.kit.db import Transaction
from waia.media.intake import Expected, take_in
from waia.media.repository import add_file, add_ready
from waia.media.values import Scope, StoredFile


@dataclass(frozen=True)
class Shelved:
    public_id: str
    file_id: int
    key: str

    @property
    def address(self) -> str:
        return f"/media/{self.public_id}"


async def put_file(
    shop: Shop, content: bytes, *, chat_id: int | None = None, filename: str = "", scope: Scope = Scope.CHAT,
    mime: str = "", owner: str = "",
) -> Shelved:  # fmt: skip
    """As a customer or an agent would have sent it; a file of a chat hangs on a message."""

    async def pieces() -> AsyncIterator[bytes]:
        yield content

    expected = Expected(limit=200_000_000, filename=filename, mime=mime)
    taken = await take_in(shop.parts.storage, pieces(), expected)
    message_id = await shop.add_message(chat_id, "", kind="document") if chat_id and scope is Scope.CHAT else None
    stored = StoredFile(taken.key, taken.sha256, taken.size, taken.kind.mime, taken.kind.kind)
    public_id = uuid4().hex

    async def work(tx: Transaction) -> int:
        file_id = await add_file(tx, stored, NOW)
        row = {"public_id": public_id, "file_id": file_id, "kind": taken.kind.kind, "filename": filename[:255]}
        row |= {"chat_id": chat_id, "message_id": message_id, "scope": scope, "mime": mime}
        await add_ready(tx, row | {"user_id": shop.users.get(owner)}, NOW)
        return file_id

    return Shelved(public_id, await shop.parts.database.run(work), taken.key)
