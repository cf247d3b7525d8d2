"""A file on its way to Meta: the multipart body that carries it, piece by piece, and what Meta's answer means."""

from collections.abc import AsyncIterator, Callable, Mapping
from http import HTTPStatus
from secrets import token_hex

import msgspec

from waia.whatsapp.answers import Refused, Retry, Stopped, Unknown, outcome_of
from waia.whatsapp.errors import Scope
from waia.whatsapp.fields import identifier, node
from waia.whatsapp.lenient_json import Unreadable, decode

BASE_S, SLOWEST_BYTES_S = 60.0, 256 * 1024


class Uploaded(msgspec.Struct, frozen=True, tag="uploaded"):
    """Meta keeps the file under this id, for 30 days and for one number."""

    graph_id: str


UploadOutcome = Uploaded | Retry | Refused | Stopped


class FileToUpload(msgspec.Struct, frozen=True):
    """`read` opens the bytes anew for each try; there are exactly `size` of them."""

    mime: str
    size: int
    read: Callable[[], AsyncIterator[bytes]]

    @property
    def deadline_s(self) -> float:
        return BASE_S + self.size / SLOWEST_BYTES_S


class UploadForm:
    """The body of `POST /{phone number id}/media`; its length is known before the first byte is read."""

    def __init__(self, file: FileToUpload) -> None:
        self._file = file
        boundary = token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._head = _head(boundary, file.mime)
        self._tail = f"\r\n--{boundary}--\r\n".encode()

    @property
    def length(self) -> int:
        return len(self._head) + self._file.size + len(self._tail)

    async def pieces(self) -> AsyncIterator[bytes]:
        """Raises OSError when the file is not as long as it was said to be."""
        yield self._head
        left = self._file.size
        async for piece in self._file.read():
            left -= len(piece)
            if left < 0:
                break
            yield piece
        if left:
            raise OSError("the file has another length")
        yield self._tail


def upload_outcome(status: int, headers: Mapping[str, str], body: bytes) -> UploadOutcome:
    """An upload whose fate is unknown is simply done again: a file that nobody refers to reaches nobody."""
    graph_id = _id_in(body) if status == HTTPStatus.OK else None
    if graph_id is not None:
        return Uploaded(graph_id)
    outcome = outcome_of(status, headers, body)
    if isinstance(outcome, Retry | Refused | Stopped):
        return outcome
    return upload_again(getattr(outcome, "reason", "") or "uploaded without an id", code=_code(outcome))


def upload_again(reason: str, code: int | None = None) -> Retry:
    return Retry(code=code, reason=reason, after_s=None, scope=Scope.APP)


def _code(outcome: object) -> int | None:
    return outcome.code if isinstance(outcome, Unknown) else None


def _id_in(body: bytes) -> str | None:
    try:
        return identifier(node(decode(body)).get("id"))
    except Unreadable:
        return None


def _head(boundary: str, mime: str) -> bytes:
    """Field names are Meta's; the file's own name is not told, because a message names it."""
    fields = {"messaging_product": "whatsapp", "type": mime}
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    file = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\nContent-Type: {mime}\r\n\r\n'
    )
    return ("".join(parts) + file).encode()
