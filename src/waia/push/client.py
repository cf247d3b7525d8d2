"""Hands a sealed message to a browser's push service: only to services on the list, at public addresses."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx

from waia.kit.places import AllowedPlaces, Forbidden, Place, Unresolved
from waia.push import base64url
from waia.push.repository import Subscription
from waia.push.vapid import Vapid

KEPT_S = 600  # a customer who waited longer than this is seen in the list
CONNECT_S, SILENCE_S, ALTOGETHER_S = 5.0, 10.0, 20.0
LONGEST_WAIT_S = 300.0
GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
TROUBLE = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


class Outcome(StrEnum):
    """`GONE`: the browser took its consent back. `REFUSED`: trying again would not help."""

    SENT = "sent"
    GONE = "gone"
    TROUBLE = "trouble"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """`wait_s`: when the service wants to be asked again. `reason` is for the log; it names no person."""

    outcome: Outcome
    reason: str = ""
    wait_s: float = 0.0


class PushClient:
    """`places` says which services are asked at all; names are looked up anew for every message."""

    def __init__(self, places: AllowedPlaces, vapid: Vapid) -> None:
        self._places, self._vapid = places, vapid

    @property
    def public_key(self) -> str:
        return self._vapid.public_key

    async def check(self, endpoint: str) -> None:
        """Raises Forbidden for an address that would never be asked, Unresolved when that cannot be known now."""
        await self._places.place_of(endpoint)

    async def send(self, subscription: Subscription, message: bytes, topic: str, now: datetime) -> Answer:
        """`topic`: a message that was not delivered yet is replaced by a later one of the same topic."""
        from waia.push.sealing import BadKeys, seal

        try:
            body = seal(message, subscription.public_key, subscription.secret)
            place = await self._places.place_of(subscription.endpoint)
            async with asyncio.timeout(ALTOGETHER_S):
                return await self._post(place, body, self._headers(place.url, topic, now))
        except (Forbidden, BadKeys) as error:
            return Answer(Outcome.REFUSED, str(error))
        except (httpx.HTTPError, httpx.InvalidURL, Unresolved, TimeoutError, OSError) as error:
            return Answer(Outcome.TROUBLE, type(error).__name__)

    async def close(self) -> None:
        if "_http" in vars(self):
            await self._http.aclose()

    @cached_property
    def _http(self) -> httpx.AsyncClient:
        """Made for the first notification: it reads all authorities that may sign certificates."""
        limits = httpx.Limits(max_keepalive_connections=0)
        return httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(limits=limits), trust_env=False)

    def _headers(self, endpoint: str, topic: str, now: datetime) -> dict[str, str]:
        """The topic goes through a hash: the service is not told which chat it is."""
        hidden = base64url.encode(hashlib.sha256(f"{endpoint} {topic}".encode()).digest())[:32]
        return {
            "Host": urlsplit(endpoint).netloc,
            "Authorization": self._vapid.authorization(endpoint, now),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_S),
            "Urgency": "high",
            "Topic": hidden,
        }

    async def _post(self, place: Place, body: bytes, headers: Mapping[str, str]) -> Answer:
        """To the address that was judged, in the name of the host. What the service says back is not read."""
        timeout = httpx.Timeout(SILENCE_S, connect=CONNECT_S).as_dict()
        url = httpx.URL(place.url).copy_with(host=place.address)
        extensions = {"timeout": timeout, "sni_hostname": place.host}
        request = httpx.Request("POST", url, headers=headers, content=body, extensions=extensions)
        response = await self._http.send(request, stream=True, follow_redirects=False)
        await response.aclose()
        return _read(response)


def _read(response: httpx.Response) -> Answer:
    status = response.status_code
    if response.is_success:
        return Answer(Outcome.SENT)
    if status in GONE:
        return Answer(Outcome.GONE, f"HTTP {status}")
    if status in TROUBLE or response.is_server_error:
        return Answer(Outcome.TROUBLE, f"HTTP {status}", _wait_s(response.headers.get("retry-after", "")))
    return Answer(Outcome.REFUSED, f"HTTP {status}")


def _wait_s(told: str) -> float:
    return min(float(told), LONGEST_WAIT_S) if told.isascii() and told.isdigit() else 0.0
