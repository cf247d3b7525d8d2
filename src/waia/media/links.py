"""Looks at an address that an owner typed, with one bounded request, and copies what lies there when asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx

from waia.kit.places import Forbidden, Place, Unresolved, public_place
from waia.media.kinds import HEAD_BYTES, sniff
from waia.media.limits import LARGEST

LONGEST_S, LONGEST_COPY_S = 5.0, 60.0
PIECE = 64 * 1024
AGENT = "waia"


class LinkTrouble(StrEnum):
    """Why WhatsApp would not take the file from there."""

    NOT_PUBLIC = "not_public"
    UNREACHABLE = "unreachable"
    ELSEWHERE = "elsewhere"
    REFUSED = "refused"
    PAGE = "page"
    WRONG_KIND = "wrong_kind"
    TOO_BIG = "too_big"


class LinkRefused(Exception):
    def __init__(self, trouble: LinkTrouble) -> None:
        self.trouble = trouble
        super().__init__(trouble.value)


@dataclass(frozen=True, slots=True)
class Link:
    """`mime` and `kind` come from the first bytes, `size` is what the server told (None when it did not)."""

    mime: str
    kind: str
    size: int | None
    trouble: LinkTrouble | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """`place_of` judges an address and says where to connect."""

    place_of: Callable[[str], Awaitable[Place]] = public_place

    async def look(self, url: str, wanted: str) -> Link:
        """What lies there, and whether WhatsApp would take it as `wanted` (image, video, audio, document)."""
        try:
            async with asyncio.timeout(LONGEST_S), self._opened(url) as response:
                head = b""
                async for piece in response.aiter_raw(PIECE):
                    head += piece
                    if len(head) >= HEAD_BYTES:
                        break
                return _judged(response, head[:HEAD_BYTES], wanted)
        except LinkRefused as error:
            return Link("", "", None, error.trouble)
        except TimeoutError:
            return Link("", "", None, LinkTrouble.UNREACHABLE)

    @asynccontextmanager
    async def pieces(self, url: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """The bytes that lie there, to be kept. Raises LinkRefused, also while they come."""
        try:
            async with asyncio.timeout(LONGEST_COPY_S), self._opened(url) as response:
                yield response.aiter_raw(PIECE)
        except TimeoutError as error:
            raise LinkRefused(LinkTrouble.UNREACHABLE) from error

    @asynccontextmanager
    async def _opened(self, url: str) -> AsyncIterator[httpx.Response]:
        """To the address that was judged, in the name of the host; never on to another one."""
        try:
            place = await self.place_of(url)
            async with httpx.AsyncClient(trust_env=False, timeout=LONGEST_S) as http:
                response = await http.send(_request(place), stream=True, follow_redirects=False)
                try:
                    _refuse(response.status_code)
                    yield response
                finally:
                    await response.aclose()
        except Forbidden as error:
            raise LinkRefused(LinkTrouble.NOT_PUBLIC) from error
        except (httpx.HTTPError, httpx.InvalidURL, Unresolved, OSError) as error:
            raise LinkRefused(LinkTrouble.UNREACHABLE) from error


def _request(place: Place) -> httpx.Request:
    url = httpx.URL(place.url)
    headers = {"Host": urlsplit(place.url).netloc, "Accept-Encoding": "identity", "User-Agent": AGENT}
    extensions = {"sni_hostname": place.host, "timeout": httpx.Timeout(LONGEST_S).as_dict()}
    return httpx.Request("GET", url.copy_with(host=place.address), headers=headers, extensions=extensions)


def _refuse(status: int) -> None:
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise LinkRefused(LinkTrouble.ELSEWHERE)
    if status != HTTPStatus.OK:
        raise LinkRefused(LinkTrouble.REFUSED)


def _judged(response: httpx.Response, head: bytes, wanted: str) -> Link:
    declared = response.headers.get("content-type", "").partition(";")[0].strip()
    length = response.headers.get("content-length", "")
    size = int(length) if length.isascii() and length.isdigit() and len(length) < 15 else None
    found = sniff(head, filename=urlsplit(str(response.url)).path, declared=declared)
    trouble = None
    if found.mime == "text/html" or declared == "text/html":
        trouble = LinkTrouble.PAGE
    elif wanted in LARGEST and wanted != "document" and found.mime.partition("/")[0] != wanted:
        trouble = LinkTrouble.WRONG_KIND
    elif size is not None and size > LARGEST.get(wanted, size):
        trouble = LinkTrouble.TOO_BIG
    return Link(found.mime, found.mime.partition("/")[0], size, trouble)
