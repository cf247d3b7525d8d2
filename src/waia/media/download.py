"""Fetches bytes from an allowed place: no redirects, no more than was announced, one piece in memory at a time."""

import asyncio
from collections.abc import AsyncIterator
from functools import cached_property
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx

from waia.kit.places import AllowedPlaces, Forbidden, Place, Unresolved
from waia.media.intake import Expected, Taken, TooBig, WrongHash, WrongLength, take_in
from waia.media.storage import Storage, StorageFull
from waia.media.values import Reason

CONNECT_S, SILENCE_S = 5.0, 20.0
BASE_S, SLOWEST_BYTES_S = 60.0, 64 * 1024
PIECE = 64 * 1024
AGENT = "waia"


class Failed(Exception):
    """Not fetched. `lasting`: trying again would not help."""

    def __init__(self, reason: Reason, words: str = "", *, lasting: bool = False) -> None:
        self.reason, self.lasting = reason, lasting
        super().__init__(words or str(reason))


class Downloads:
    """`token` goes to allowed places only; they are looked up anew for every request."""

    def __init__(self, storage: Storage, places: AllowedPlaces, token: str) -> None:
        self._storage, self._places, self._token = storage, places, token

    async def fetch(self, url: str, expected: Expected) -> Taken:
        """Raises Failed; then nothing is left behind."""
        try:
            place = await self._places.place_of(url)
            async with asyncio.timeout(BASE_S + expected.limit / SLOWEST_BYTES_S):
                return await self._fetch(place, expected)
        except Forbidden as error:
            raise Failed(Reason.REFUSED, str(error)) from error
        except StorageFull as error:
            raise Failed(Reason.DISK_FULL) from error
        except TooBig as error:
            told_less = expected.length is not None and expected.length <= expected.limit
            reason = Reason.WRONG_LENGTH if told_less else Reason.TOO_BIG
            raise Failed(reason, lasting=not told_less) from error
        except WrongHash as error:
            raise Failed(Reason.WRONG_HASH) from error
        except WrongLength as error:
            raise Failed(Reason.WRONG_LENGTH) from error
        except (httpx.HTTPError, httpx.InvalidURL, Unresolved, TimeoutError, OSError) as error:
            raise Failed(Reason.NETWORK, type(error).__name__) from error

    async def close(self) -> None:
        if "_http" in vars(self):
            await self._http.aclose()

    @cached_property
    def _http(self) -> httpx.AsyncClient:
        """Made for the first file: it reads all authorities that may sign certificates."""
        limits = httpx.Limits(max_keepalive_connections=0)
        return httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(limits=limits), trust_env=False)

    async def _fetch(self, place: Place, expected: Expected) -> Taken:
        response = await self._http.send(self._request(place), stream=True, follow_redirects=False)
        try:
            _refuse(response.status_code)
            return await take_in(self._storage, _pieces(response, expected), expected)
        finally:
            await response.aclose()

    def _request(self, place: Place) -> httpx.Request:
        """To the address that was judged, in the name of the host: a second look-up could tell another one."""
        url = httpx.URL(place.url)
        headers = {
            "Host": urlsplit(place.url).netloc,
            "Authorization": f"Bearer {self._token}",
            "Accept-Encoding": "identity",
            "User-Agent": AGENT,
        }
        timeout = httpx.Timeout(SILENCE_S, connect=CONNECT_S).as_dict()
        extensions = {"timeout": timeout, "sni_hostname": place.host}
        return httpx.Request("GET", url.copy_with(host=place.address), headers=headers, extensions=extensions)


async def _pieces(response: httpx.Response, expected: Expected) -> AsyncIterator[bytes]:
    """Stops as soon as more came than was announced."""
    left = expected.length if expected.length is not None else expected.limit
    async for piece in response.aiter_raw(PIECE):
        left -= len(piece)
        if left < 0:
            raise TooBig
        yield piece


def _refuse(status: int) -> None:
    if status == HTTPStatus.OK:
        return
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN} or HTTPStatus.MULTIPLE_CHOICES <= status < 400:
        raise Failed(Reason.REFUSED, f"HTTP {status}")
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        raise Failed(Reason.EXPIRED, f"HTTP {status}")
    raise Failed(Reason.NETWORK, f"HTTP {status}")
