"""Knocks at our own webhook as Meta does, at the public address: the handshake, a signed body, a forged one.

The signed body is an envelope without changes: it is taken, and there is nothing in it to store.
"""

import asyncio
import secrets
import ssl
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

import httpx

from waia.whatsapp.signature import sign

DEADLINE_S = 6.0
LONGEST_ANSWER = 4096
PLAIN = {"accept-encoding": "identity"}
BENIGN = b'{"object":"whatsapp_business_account","entry":[{"id":"0","changes":[]}]}'
HANDSHAKE_OF_TLS = ("certificate", "tls", "ssl")


class Knock(StrEnum):
    """`REFUSED`: the status says no. `STRANGE`: somebody else answers there."""

    WELL = "well"
    REFUSED = "refused"
    STRANGE = "strange"
    REDIRECTED = "redirected"
    BAD_CERTIFICATE = "bad_certificate"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Heard:
    knock: Knock
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """`address` is that of the webhook, as Meta has it."""

    address: str
    verify_token: str
    app_secret: str

    async def handshake(self) -> Heard:
        """Meta's GET: the challenge has to come back."""
        challenge = str(secrets.randbelow(10**9) + 10**9)
        asked = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": self.verify_token}
        answer = await self._knock("GET", params=asked)
        if isinstance(answer, Heard):
            return answer
        status, body = answer
        if status == HTTPStatus.OK and body.strip() != challenge:
            return Heard(Knock.STRANGE, f"HTTP {status}")
        return Heard(Knock.WELL) if status == HTTPStatus.OK else Heard(Knock.REFUSED, f"HTTP {status}")

    async def signed(self) -> Heard:
        """A body that Meta could have signed has to be taken."""
        return self._taken(await self._post(sign(BENIGN, self.app_secret.encode())))

    async def forged(self) -> Heard:
        """One that somebody else signed has to be refused: WELL means that it was."""
        answer = await self._post(sign(BENIGN, secrets.token_bytes(32)))
        if isinstance(answer, Heard):
            return answer
        well = answer[0] in {HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED}
        return Heard(Knock.WELL if well else Knock.STRANGE, f"HTTP {answer[0]}")

    def _taken(self, answer: "tuple[int, str] | Heard") -> Heard:
        if isinstance(answer, Heard):
            return answer
        return Heard(Knock.WELL) if answer[0] == HTTPStatus.OK else Heard(Knock.REFUSED, f"HTTP {answer[0]}")

    async def _post(self, signature: str) -> "tuple[int, str] | Heard":
        headers = {"content-type": "application/json", "x-hub-signature-256": signature}
        return await self._knock("POST", content=BENIGN, headers=headers)

    async def _knock(self, method: str, **request: object) -> "tuple[int, str] | Heard":
        """Status and the beginning of the body, or what stood in the way. The address is the operator's own word."""
        try:
            async with (
                asyncio.timeout(DEADLINE_S),
                httpx.AsyncClient(trust_env=False, headers=PLAIN) as http,
                http.stream(method, self.address, **request) as answer,  # type: ignore[arg-type]
            ):
                if answer.is_redirect:
                    return Heard(Knock.REDIRECTED, f"HTTP {answer.status_code}")
                return answer.status_code, await _beginning(answer)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as error:
            return Heard(Knock.BAD_CERTIFICATE if _is_about_tls(error) else Knock.UNREACHABLE, type(error).__name__)


async def _beginning(answer: httpx.Response) -> str:
    async for chunk in answer.aiter_bytes(LONGEST_ANSWER):
        return chunk.decode("utf-8", errors="replace")
    return ""


def _is_about_tls(error: BaseException) -> bool:
    """httpx tells it as a failed connection, with ssl's words or ssl's error behind it."""
    behind = error.__cause__ or error.__context__
    if isinstance(error, ssl.SSLError) or (behind is not None and _is_about_tls(behind)):
        return True
    return isinstance(error, httpx.ConnectError) and any(word in str(error).lower() for word in HANDSHAKE_OF_TLS)
