"""The only caller of the Graph API: one request, one outcome, no doubt hidden as a success or a failure.

httpx carries the requests: a client of our own would be faster, and ours to keep right for ever
(`docs/decisions/0004-httpx-carries-our-requests.md`).
"""

import asyncio
import itertools
import ssl
from collections.abc import Mapping
from urllib.parse import quote

import httpx
import msgspec

from waia.whatsapp.answers import Outcome, Retry, Unknown, outcome_of
from waia.whatsapp.errors import Scope

DEADLINE_S = 20.0
CONNECT_S = 5.0
MAX_ANSWER_BYTES = 1024 * 1024
POOLS, CONNECTIONS_A_POOL, IDLE_S = 25, 8, 5.0


def open_client(base_url: str, version: str, token: str) -> "GraphClient":
    """A client with connections of its own; idle ones end soon, because Meta may close them any moment."""
    http = httpx.AsyncClient(transport=_SpreadTransport(), trust_env=False)
    return GraphClient(http, base_url, version, token)


class _SpreadTransport(httpx.AsyncBaseTransport):
    """Many small connection pools in turn: one pool looks at each of its connections for every request."""

    def __init__(self) -> None:
        tls = ssl.create_default_context()
        limits = httpx.Limits(max_connections=CONNECTIONS_A_POOL, keepalive_expiry=IDLE_S)
        self._pools = [httpx.AsyncHTTPTransport(verify=tls, limits=limits) for _ in range(POOLS)]
        self._turns = itertools.cycle(self._pools)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await next(self._turns).handle_async_request(request)

    async def aclose(self) -> None:
        await asyncio.gather(*(pool.aclose() for pool in self._pools))


class Answer(msgspec.Struct, frozen=True):
    """What came back, as it came: `outcome_of` says what it means."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Oversize(Exception):
    pass


class _Progress:
    """Notes how far a request got: until its body is on the way, surely nothing was sent."""

    def __init__(self) -> None:
        self.may_have_arrived = False

    async def note(self, event: str, _: Mapping[str, object]) -> None:
        if event.endswith("send_request_body.started"):
            self.may_have_arrived = True


class GraphClient:
    """`http` should keep connections open; `token` is sent to `base_url` only, and redirects are refused."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        base_url: str,
        version: str,
        token: str,
        *,
        deadline_s: float = DEADLINE_S,
        connect_s: float = CONNECT_S,
    ) -> None:
        self._http, self._root = http, f"{base_url.rstrip('/')}/{version}"
        self._token, self._deadline_s, self._connect_s = token, deadline_s, connect_s

    async def send(self, phone_number_id: str, payload: Mapping[str, object]) -> Outcome:
        """Post one message; never raises for anything the network or Meta does."""
        answer = await self._post(phone_number_id, payload)
        return outcome_of(answer.status, answer.headers, answer.body) if isinstance(answer, Answer) else answer

    async def mark_read(self, phone_number_id: str, wamid: str, *, typing: bool = False) -> bool:
        """Mark the thread read up to this inbound message, and show "typing" for up to 25 s if asked."""
        told: dict[str, object] = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
        if typing:
            told["typing_indicator"] = {"type": "text"}
        answer = await self._post(phone_number_id, told)
        return isinstance(answer, Answer) and answer.status == httpx.codes.OK

    async def number_trouble(self, phone_number_id: str) -> str | None:
        """Ask Meta for the number itself: why the token may not use it, None when all is well."""
        address = f"{self._root}/{quote(phone_number_id, safe='')}"
        try:
            async with asyncio.timeout(self._deadline_s):
                answer = await self._http.get(address, headers={"Authorization": f"Bearer {self._token}"})
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as error:
            return _described(error)
        if answer.status_code == httpx.codes.OK:
            return None
        outcome = outcome_of(answer.status_code, answer.headers, answer.content)
        return getattr(outcome, "reason", "") or f"HTTP {answer.status_code}"

    async def close(self) -> None:
        await self._http.aclose()

    async def _post(self, phone_number_id: str, payload: Mapping[str, object]) -> Answer | Retry | Unknown:
        progress = _Progress()
        try:
            async with asyncio.timeout(self._deadline_s):
                return await self._exchange(phone_number_id, payload, progress)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError, _Oversize) as error:
            reason = _described(error)
        if progress.may_have_arrived:
            return Unknown(reason=reason)
        return Retry(code=None, reason=reason, after_s=None, scope=Scope.APP)

    async def _exchange(self, phone_number_id: str, payload: Mapping[str, object], progress: _Progress) -> Answer:
        async with self._http.stream(
            "POST",
            f"{self._root}/{quote(phone_number_id, safe='')}/messages",
            content=msgspec.json.encode(payload),
            headers={
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "Accept-Encoding": "identity",
            },
            timeout=httpx.Timeout(self._deadline_s, connect=self._connect_s),
            follow_redirects=False,
            extensions={"trace": progress.note},
        ) as response:
            return Answer(response.status_code, response.headers, await _limited(response))


async def _limited(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise _Oversize(f"answer above {MAX_ANSWER_BYTES} bytes")
    return bytes(body)


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")
