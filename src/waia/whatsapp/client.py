"""The only caller of the Graph API: one request, one outcome, no doubt hidden as a success or a failure.

httpx carries the requests: a client of our own would be faster, and ours to keep right for ever
(`docs/decisions/0004-httpx-carries-our-requests.md`).
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import lru_cache
from urllib.parse import quote

import httpx
import msgspec

from waia.kit.failpoints import reach
from waia.whatsapp.answers import Outcome, Retry, Unknown, outcome_of
from waia.whatsapp.connections import WarmestFirst
from waia.whatsapp.errors import Scope
from waia.whatsapp.media_address import MediaAddress, NoAddress, read_address
from waia.whatsapp.uploads import FileToUpload, UploadForm, UploadOutcome, upload_again, upload_outcome

DEADLINE_S = 20.0
CONNECT_S = 5.0
MAX_ANSWER_BYTES = 1024 * 1024
MOST_PAGES = 200


def open_client(base_url: str, version: str, token: str, *, deadline_s: float = DEADLINE_S) -> "GraphClient":
    """A client with connections of its own."""
    return GraphClient(WarmestFirst(), base_url, version, token, deadline_s=deadline_s)


class Answer(msgspec.Struct, frozen=True):
    """What came back, as it came: `outcome_of` says what it means."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class GraphTrouble(Exception):
    """A question that Meta did not answer as wished; the text says why, without our secrets.

    `code` is Graph's own; `answered` False: nobody was reached.
    """

    def __init__(self, words: str, code: int | None = None, *, answered: bool = True) -> None:
        super().__init__(words)
        self.code, self.answered = code, answered


class _Cursors(msgspec.Struct, frozen=True):
    after: str = ""


class _Paging(msgspec.Struct, frozen=True):
    """There is another page when `next` is there: the last one has cursors too."""

    cursors: _Cursors = _Cursors()
    next: str = ""


class _Page(msgspec.Struct, frozen=True):
    data: list[object]
    paging: _Paging = _Paging()


class _Oversize(Exception):
    pass


class _Body(httpx.AsyncByteStream):
    """A request's body; it is asked for when the head is out, and until then surely nothing was sent."""

    def __init__(self, raw: bytes) -> None:
        self.raw, self.may_have_arrived = raw, False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.may_have_arrived = True
        yield self.raw
        reach("send.body_written")


class _Pieces(httpx.AsyncByteStream):
    """A body that is read while it is sent."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._pieces


class GraphClient:
    """`transport` should keep connections open; `token` is sent to `base_url` only, and redirects are refused.

    Messages go straight to it: a client's cookies, redirects and hooks are not for them, and cost much.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        base_url: str,
        version: str,
        token: str,
        *,
        deadline_s: float = DEADLINE_S,
        connect_s: float = CONNECT_S,
    ) -> None:
        self._transport, self._http = transport, httpx.AsyncClient(transport=transport, trust_env=False)
        self._root = f"{base_url.rstrip('/')}/{version}"
        self._token, self._deadline_s, self._connect_s = token, deadline_s, connect_s

    async def send(self, phone_number_id: str, payload: Mapping[str, object]) -> Outcome:
        """Post one message; never raises for anything the network or Meta does."""
        answer = await self._post(phone_number_id, payload)
        return outcome_of(answer.status, answer.headers, answer.body) if isinstance(answer, Answer) else answer

    async def upload(self, phone_number_id: str, file: FileToUpload) -> UploadOutcome:
        """Give Meta a file, read piece by piece; never raises for anything the network or Meta does."""
        form = UploadForm(file)
        try:
            async with asyncio.timeout(file.deadline_s):
                answer = await self._exchange(self._upload_request(phone_number_id, form, file.deadline_s))
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError, _Oversize) as error:
            return upload_again(_described(error))
        return upload_outcome(answer.status, answer.headers, answer.body)

    async def mark_read(self, phone_number_id: str, wamid: str, *, typing: bool = False) -> bool:
        """Mark the thread read up to this inbound message, and show "typing" for up to 25 s if asked."""
        told: dict[str, object] = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
        if typing:
            told["typing_indicator"] = {"type": "text"}
        answer = await self._post(phone_number_id, told)
        return isinstance(answer, Answer) and answer.status == httpx.codes.OK

    async def ask(self, *path: str, token: str = "", **query: str) -> Answer:
        """One question, in our name or in that of another token. Raises GraphTrouble for all but a 200."""
        asked = token or self._token
        try:
            async with asyncio.timeout(self._deadline_s):
                answer = await self._exchange(self._question(path, asked, query))
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError, UnicodeError, _Oversize) as error:
            raise GraphTrouble(_described(error), answered=False) from None
        if answer.status == httpx.codes.OK:
            return answer
        outcome = outcome_of(answer.status, answer.headers, answer.body)
        words = getattr(outcome, "reason", "") or f"HTTP {answer.status}"
        for secret in filter(None, (asked, query.get("input_token"))):  # Meta repeats a token that it cannot read
            words = words.replace(secret, "•••")
        raise GraphTrouble(words, getattr(outcome, "code", None))

    async def media_address(self, graph_id: str, phone_number_id: str) -> MediaAddress | NoAddress:
        """A fresh address of a file's bytes; never raises for anything the network or Meta does."""
        address = f"{self._root}/{quote(graph_id, safe='')}"
        asked = {"phone_number_id": phone_number_id} if phone_number_id else {}
        try:
            async with asyncio.timeout(self._deadline_s):
                headers = {"Authorization": f"Bearer {self._token}"}
                answer = await self._http.get(address, params=asked, headers=headers, follow_redirects=False)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as error:
            return NoAddress(_described(error))
        return read_address(answer.status_code, answer.content[:MAX_ANSWER_BYTES])

    async def listed(self, node: str, edge: str, **query: str) -> list[object]:
        """All rows of a list, page by page. Raises GraphTrouble with Meta's words or the network's."""
        rows: list[object] = []
        for _ in range(MOST_PAGES):
            page = _page(await self.ask(node, edge, **query))
            rows += page.data
            after = page.paging.cursors.after if page.paging.next else ""
            if not after:
                break
            query = {**query, "after": after}
        return rows

    async def close(self) -> None:
        await self._http.aclose()

    async def _post(self, phone_number_id: str, payload: Mapping[str, object]) -> Answer | Retry | Unknown:
        body = _Body(msgspec.json.encode(payload))
        try:
            async with asyncio.timeout(self._deadline_s):
                return await self._exchange(self._request(phone_number_id, body))
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError, _Oversize) as error:
            reason = _described(error)
        if body.may_have_arrived:
            return Unknown(reason=reason)
        return Retry(code=None, reason=reason, after_s=None, scope=Scope.APP)

    async def _exchange(self, request: httpx.Request) -> Answer:
        response = await self._transport.handle_async_request(request)
        try:
            return Answer(response.status_code, response.headers, await _limited(response))
        finally:
            await response.aclose()

    def _request(self, phone_number_id: str, body: _Body) -> httpx.Request:
        """Made here and not by the client, which would merge its own headers and address into every one."""
        url = _url(f"{self._root}/{quote(phone_number_id, safe='')}/messages")
        headers = self._headers(url, "application/json", len(body.raw))
        timeout = httpx.Timeout(self._deadline_s, connect=self._connect_s).as_dict()
        return httpx.Request("POST", url, headers=headers, stream=body, extensions={"timeout": timeout})

    def _upload_request(self, phone_number_id: str, form: UploadForm, deadline_s: float) -> httpx.Request:
        url = _url(f"{self._root}/{quote(phone_number_id, safe='')}/media")
        headers = self._headers(url, form.content_type, form.length)
        timeout = httpx.Timeout(deadline_s, connect=self._connect_s).as_dict()
        body = _Pieces(form.pieces())
        return httpx.Request("POST", url, headers=headers, stream=body, extensions={"timeout": timeout})

    def _question(self, path: Sequence[str], token: str, query: Mapping[str, str]) -> httpx.Request:
        url = httpx.URL("/".join((self._root, *(quote(part, safe="") for part in path))), params=query)
        headers = {
            "Host": url.netloc.decode("ascii"),
            "Authorization": f"Bearer {token}",
            "Accept-Encoding": "identity",
        }
        timeout = httpx.Timeout(self._deadline_s, connect=self._connect_s).as_dict()
        return httpx.Request("GET", url, headers=headers, extensions={"timeout": timeout})

    def _headers(self, url: httpx.URL, content_type: str, length: int) -> dict[str, str]:
        return {
            "Host": url.netloc.decode("ascii"),
            "Authorization": f"Bearer {self._token}",
            "Accept-Encoding": "identity",
            "Content-Type": content_type,
            "Content-Length": str(length),
        }


def _page(answer: Answer) -> _Page:
    try:
        return msgspec.json.decode(answer.body, type=_Page)
    except msgspec.MsgspecError as error:
        raise GraphTrouble(_described(error)) from None


@lru_cache(maxsize=64)
def _url(address: str) -> httpx.URL:
    return httpx.URL(address)


async def _limited(response: httpx.Response) -> bytes:
    body = bytearray()
    assert isinstance(response.stream, httpx.AsyncByteStream)
    async for chunk in response.stream:
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise _Oversize(f"answer above {MAX_ANSWER_BYTES} bytes")
    return bytes(body)


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")
