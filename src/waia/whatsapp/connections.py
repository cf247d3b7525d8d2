"""The connections that httpx sends our requests over: one for each request in flight, the last used one first.

httpx's own pool looks at each of its connections for every request and guards that by locks; taking turns would let the
connections grow cold. A connection itself, HTTP/1.1 and TLS are httpcore's.
"""

import ssl
from collections import defaultdict
from collections.abc import AsyncIterator
from functools import cache

import httpcore
import httpx

from waia.whatsapp.sockets import LoopSockets

IDLE_S = 5.0
PORTS = {"http": 80, "https": 443}


class WarmestFirst(httpx.AsyncBaseTransport):
    """Idle connections end soon, because Meta may close them any moment."""

    def __init__(self) -> None:
        self._free: dict[bytes, list[_Connection]] = defaultdict(list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        free = self._free[request.url.raw_scheme + b"://" + request.url.netloc]
        connection = await _warmest(free) or _Connection(_origin(request.url))
        try:
            response = await connection.handle_async_request(request)
        except BaseException:
            await connection.aclose()
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _Returning(response.stream, connection, free)
        return response

    async def aclose(self) -> None:
        for free in self._free.values():
            while free:
                await free.pop().aclose()


class _Connection(httpx.AsyncHTTPTransport):
    """httpx's transport with a connection in the place of its pool."""

    def __init__(self, origin: httpcore.Origin) -> None:
        tls = _tls() if origin.scheme == b"https" else None
        self._pool = self._line = httpcore.AsyncHTTPConnection(  # type: ignore[assignment]
            origin, ssl_context=tls, keepalive_expiry=IDLE_S, network_backend=LoopSockets()
        )

    @property
    def is_usable(self) -> bool:
        return self._line.is_available() and not self._line.has_expired()


class _Returning(httpx.AsyncByteStream):
    """An answer's body; when it is closed its connection waits for the next request, if it still can."""

    def __init__(self, stream: httpx.AsyncByteStream, connection: _Connection, free: list[_Connection]) -> None:
        self._stream, self._connection, self._free = stream, connection, free

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._stream)

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        finally:
            if self._connection.is_usable:
                self._free.append(self._connection)
            else:
                await self._connection.aclose()


@cache
def _tls() -> ssl.SSLContext:
    """Reads all authorities of the system, so it is made by the first who speaks TLS, not by each start."""
    return ssl.create_default_context()


async def _warmest(free: list[_Connection]) -> _Connection | None:
    """None when a new one is needed; those that grew cold are closed."""
    while free and not free[0].is_usable:
        await free.pop(0).aclose()
    while free:
        if (warmest := free.pop()).is_usable:
            return warmest
        await warmest.aclose()
    return None


def _origin(url: httpx.URL) -> httpcore.Origin:
    if url.scheme not in PORTS or not url.host:
        raise httpx.UnsupportedProtocol(f"an address that starts with {url.scheme}://")
    return httpcore.Origin(url.raw_scheme, url.raw_host, url.port or PORTS[url.scheme])
