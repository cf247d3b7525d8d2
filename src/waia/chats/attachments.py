"""What an agent attaches: taken in, made ready for WhatsApp, kept as a draft of that person until it is sent."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from uuid import uuid4

from waia.kit.db import Database, Transaction
from waia.kit.errors import Invalid
from waia.kit.failpoints import reach
from waia.kit.i18n import N_
from waia.media import ffmpeg
from waia.media.convert import TOO_LARGE_FOR_ALL, NotSendable, Prepared, prepare
from waia.media.disposition import without_unseen
from waia.media.drafts_repository import count_drafts, drafts_in
from waia.media.intake import Expected, Taken, TooBig, WrongLength, take_in
from waia.media.kinds import kind_of
from waia.media.repository import add_file, add_ready, find
from waia.media.storage import Storage, new_key
from waia.media.values import Attachment, Scope, StoredFile

MOST_DRAFTS = 60
LONGEST_NAME = 120
SEEN = ("image", "video", "sticker")
ACTIVE = ("text/html", "image/svg+xml")
TOO_MANY = N_("Tienes muchos archivos sin enviar. Envía o quita algunos antes de adjuntar más.")
ACTIVE_CONTENT = N_("Por seguridad no se envían páginas web ni dibujos SVG. Conviértelo a PDF o a una foto.")
CUT_SHORT = N_("La subida se cortó. Vuelve a intentarlo.")
GONE = N_("Uno de los archivos ya no está. Quítalo y adjúntalo de nuevo.")


@dataclass(frozen=True, slots=True)
class Offer:
    """What the browser says of a file. `voice` was recorded here; `as_document`: send the bytes as they are."""

    filename: str = ""
    mime: str = ""
    length: int | None = None
    voice: bool = False
    as_document: bool = False


@dataclass(frozen=True, slots=True)
class Attacher:
    """`limit` is the largest file that this installation takes, in bytes."""

    database: Database
    storage: Storage
    limit: int

    async def attach(
        self, pieces: AsyncIterator[bytes], offer: Offer, chat_id: int | None, user_id: int, now: datetime
    ) -> Attachment:
        """Raises NotSendable, NoDecoder, StorageFull; then nothing is left of it, but for the sweep at the latest."""
        stored, voice = await self.store(pieces, offer)
        reach("attach.before_row")
        try:
            return await self.database.run(lambda tx: _keep(tx, stored, offer, voice, chat_id, user_id, now))
        except BaseException:
            await self.storage.remove(stored.storage_key)
            raise

    async def store(self, pieces: AsyncIterator[bytes], offer: Offer) -> tuple[StoredFile, bool]:
        """A file as WhatsApp takes it, and whether it is a voice note; no row points at it yet. Raises as `attach`."""
        taken = await self._take(pieces, offer)
        reach("attach.after_upload")
        try:
            return await self._make_ready(taken, offer)
        except BaseException:
            await self.storage.remove(taken.key)
            raise

    async def shelve(
        self, pieces: AsyncIterator[bytes], *, filename: str, mime: str, length: int | None, as_document: bool
    ) -> StoredFile:
        """For rules and quick replies (`media.shelf.Shelf`). Raises as `attach`."""
        offer = Offer(filename=filename, mime=mime, length=length, as_document=as_document)
        stored, _ = await self.store(pieces, offer)
        return stored

    async def _take(self, pieces: AsyncIterator[bytes], offer: Offer) -> Taken:
        expected = Expected(limit=self.limit, length=offer.length, filename=offer.filename, mime=offer.mime)
        try:
            taken = await take_in(self.storage, pieces, expected)
        except TooBig:
            raise NotSendable(TOO_LARGE_FOR_ALL, as_document=False, limit=self.limit // 1024**2) from None
        except WrongLength:
            raise NotSendable(CUT_SHORT, as_document=False) from None
        if taken.kind.mime in ACTIVE:
            await self.storage.remove(taken.key)
            raise NotSendable(ACTIVE_CONTENT, as_document=False)
        return taken

    async def _make_ready(self, taken: Taken, offer: Offer) -> tuple[StoredFile, bool]:
        async with self.storage.local_path(taken.key) as path, self.storage.workspace() as folder:
            how = {"voice": offer.voice, "as_document": offer.as_document}
            ready = await prepare(path, taken.kind.mime, folder / "rendition", **how)
            reach("attach.after_convert")
            stored = _stored(taken, ready)
            if ready.path != path:
                stored = await self._replaced(taken, stored, ready.path)
            thumb, playable = await self._renditions(ready, folder)
            return replace(stored, thumb_key=thumb, playable_key=playable), ready.voice

    async def _replaced(self, taken: Taken, stored: StoredFile, rendition: Path) -> StoredFile:
        """The rendition takes the place of what was uploaded."""
        sha256, size = await asyncio.to_thread(_digest, rendition)
        key = new_key(sha256)
        kept = rendition.with_name("kept")
        await asyncio.to_thread(_link, rendition, kept)
        await self.storage.put(kept, key)
        await self.storage.remove(taken.key)
        return replace(stored, storage_key=key, sha256=sha256, size=size)

    async def _renditions(self, ready: Prepared, folder: Path) -> tuple[str | None, str | None]:
        """A small picture to show, and sound for players without Opus. A file goes out without them as well."""
        thumb = playable = None
        try:
            if ready.kind in SEEN:
                await ffmpeg.thumbnail(ready.path, ready.mime, folder / "thumb")
                thumb = await self._put(folder / "thumb")
            if ready.mime == "audio/ogg":
                await ffmpeg.to_m4a(ready.path, ready.mime, folder / "playable")
                playable = await self._put(folder / "playable")
        except (ffmpeg.Undecodable, ffmpeg.NoDecoder):
            return thumb, playable
        return thumb, playable

    async def _put(self, path: Path) -> str:
        key = new_key((await asyncio.to_thread(_digest, path))[0])
        await self.storage.put(path, key)
        return key


async def drafts_to_send(tx: Transaction, user_id: int, chat_id: int, public_ids: Sequence[str]) -> list[Attachment]:
    """This person's drafts in this chat, in the order asked for. Raises Invalid when one is not there."""
    here = {draft.public_id: draft for draft in await drafts_in(tx, user_id, chat_id)}
    if len(set(public_ids)) != len(public_ids) or not all(public_id in here for public_id in public_ids):
        raise Invalid({"archivos": GONE})
    return [here[public_id] for public_id in public_ids]


async def refuse_hoarding(tx: Transaction, user_id: int) -> None:
    if await count_drafts(tx, user_id) >= MOST_DRAFTS:
        raise Invalid({"archivos": TOO_MANY})


async def _keep(
    tx: Transaction, stored: StoredFile, offer: Offer, voice: bool, chat_id: int | None, user_id: int, now: datetime
) -> Attachment:
    file_id = await add_file(tx, stored, now, looked_at=ffmpeg.available())
    public_id = uuid4().hex
    row = {"public_id": public_id, "file_id": file_id, "chat_id": chat_id, "scope": Scope.DRAFT, "user_id": user_id}
    row |= {"kind": stored.kind, "filename": shown_name(offer.filename, stored.mime), "mime": offer.mime[:127]}
    await add_ready(tx, row | {"voice": voice}, now)
    draft = await find(tx, public_id)
    assert draft is not None
    return draft


def shown_name(filename: str, mime: str) -> str:
    """The last part of a path, without signs that nobody sees, with the ending of what the file is now."""
    last = PurePosixPath(filename.replace("\\", "/")).name
    name = PurePosixPath(without_unseen(last).strip() or "archivo")
    ending = kind_of(mime).extension
    stem = name.stem if name.suffix else str(name)
    if name.suffix.lower().lstrip(".") in {ending, "jpeg"} or ending in {"bin", "txt", "zip"}:
        return f"{stem[:LONGEST_NAME]}{name.suffix[:12]}"
    return f"{stem[:LONGEST_NAME]}.{ending}"


def _stored(taken: Taken, ready: Prepared) -> StoredFile:
    probe = ready.probe
    return StoredFile(
        storage_key=taken.key,
        sha256=taken.sha256,
        size=taken.size,
        mime=ready.mime,
        kind=ready.kind,
        width=probe.width,
        height=probe.height,
        duration_ms=probe.duration_ms,
    )


def _digest(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size


def _link(path: Path, other: Path) -> None:
    """The workspace keeps its own name for the file, for the renditions that are made of it."""
    other.hardlink_to(path)
