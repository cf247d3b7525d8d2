"""Gives Meta the file of a message before the message itself is on its way.

The message stays `queued` all the while: whatever happens to an upload, the customer got nothing, so it is done again.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

import structlog

from waia.chats.outbox_repository import OUTBOX, Pending
from waia.kit import queue, tasks
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.failpoints import reach
from waia.kit.i18n import N_
from waia.kit.logs import about, cause
from waia.media import uploads_repository as uploads
from waia.media.repository import file_of
from waia.media.values import StoredFile
from waia.whatsapp.answers import ReasonKind, Refused, Retry, Stopped
from waia.whatsapp.client import GraphClient
from waia.whatsapp.content import content_from_json
from waia.whatsapp.errors import Scope
from waia.whatsapp.files_in_content import file_id_of, may_name_files
from waia.whatsapp.uploads import FileToUpload, Uploaded, UploadOutcome, upload_again
from waia.workers.recording import Recorder, Result
from waia.workers.throttle import NumberThrottle

AT_ONCE = 8
LEASE = timedelta(minutes=10)
LONGEST_BACKOFF_S, PAUSE_S = 300.0, 0.1
FILE_IS_GONE = N_("El archivo ya no está en el servidor: adjúntalo de nuevo.")
log = structlog.get_logger()


class Storage(Protocol):
    """Where the bytes are."""

    def open(self, key: str, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]: ...


def file_named_by(item: Pending) -> uploads.Upload | None:
    """The file that this message cannot go without."""
    if not may_name_files(item.payload):
        return None
    file_id = file_id_of(content_from_json(item.payload))
    return None if file_id is None else (file_id, item.phone_number_id)


@dataclass(slots=True)
class Uploader:
    database: Database
    clock: Clock
    client: GraphClient
    storage: Storage
    recorder: Recorder
    throttle: NumberThrottle
    _running: dict[uploads.Upload, asyncio.Task[None]] = field(default_factory=dict)
    _failures: dict[int, int] = field(default_factory=dict)

    def is_free(self, upload: uploads.Upload, more: int) -> bool:
        """Whether it may start after `more` others; the same file is uploaded once, however many wait for it."""
        return upload not in self._running and len(self._running) + more < AT_ONCE

    async def known(self, tx: Transaction, wanted: set[uploads.Upload]) -> Mapping[uploads.Upload, str]:
        return await uploads.uploads_of(tx, wanted, self.clock.business())

    def start(self, item: Pending, upload: uploads.Upload, owner: str) -> None:
        """Upload in the background; `owner` leases the chat's lane until it is recorded."""
        task = asyncio.create_task(self._upload(item, upload, owner))
        self._running[upload] = task
        task.add_done_callback(lambda _: self._running.pop(upload, None))

    async def reconsider(self, item: Pending, refused: Refused) -> Refused | Retry:
        """Meta may have lost a file that it took weeks ago: once, it gets it anew before the refusal counts."""
        upload = file_named_by(item)
        if upload is None or item.attempts or refused.reason_kind not in {ReasonKind.MEDIA, ReasonKind.REQUEST}:
            return refused
        await self.database.run(lambda tx: uploads.forget_uploads(tx, [upload]))
        return Retry(code=refused.code, reason=refused.reason, after_s=PAUSE_S, scope=Scope.CHAT)

    async def stop(self) -> None:
        """Uploads may be cut at any moment: they are done again."""
        await tasks.end(self._running.values())

    async def _upload(self, item: Pending, upload: uploads.Upload, owner: str) -> None:
        about(chat=item.chat_id, item=item.id)
        try:
            outcome = await self._ask(upload)
        except Exception as error:  # noqa: BLE001  # the boundary of one item or one loop
            log.error("upload_crashed", **cause(error))
            outcome = upload_again(f"{type(error).__name__} while uploading")
        reach("upload.before_record")
        if isinstance(outcome, Uploaded):
            await self._record(item, upload, outcome, owner)
        else:
            await self.throttle.learn(item.phone_number_id, outcome, self.clock.real())
            await self.recorder.put(Result(item, self._paced(item, outcome), owner))
        reach("upload.after_record")

    async def _ask(self, upload: uploads.Upload) -> UploadOutcome:
        file_id, phone_number_id = upload
        async with self.database.reading() as tx:
            stored = await file_of(tx, file_id)
        if stored is None:
            return Refused(code=None, reason=FILE_IS_GONE, reason_kind=ReasonKind.MEDIA)
        reach("upload.before_request")
        return await self.client.upload(phone_number_id, self._file(stored))

    def _file(self, stored: StoredFile) -> FileToUpload:
        return FileToUpload(stored.mime, stored.size, lambda: self.storage.open(stored.storage_key, 0, stored.size))

    async def _record(self, item: Pending, upload: uploads.Upload, done: Uploaded, owner: str) -> None:
        self._failures.pop(item.id, None)

        async def work(tx: Transaction) -> None:
            await uploads.remember(tx, upload, done.graph_id, self.clock.business())
            lane = queue.Release(str(item.chat_id), self.clock.real())
            await queue.release(tx, OUTBOX, owner, [lane])

        try:
            await self.database.run(work)
        except queue.Fenced:
            log.warning("upload_fenced")

    def _paced(self, item: Pending, outcome: Retry | Refused | Stopped) -> Retry | Refused | Stopped:
        """A try that failed is not counted in the row, so its pause is counted here."""
        if not isinstance(outcome, Retry):
            self._failures.pop(item.id, None)
            return outcome
        failures = self._failures[item.id] = self._failures.get(item.id, 0) + 1
        pause = outcome.after_s or min(2.0 ** (failures - 1), LONGEST_BACKOFF_S)
        return Retry(code=outcome.code, reason=outcome.reason, after_s=pause, scope=outcome.scope)
