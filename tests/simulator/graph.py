"""Shorthand for talking to the fake Graph API in these tests."""

from dataclasses import dataclass
from typing import Any

import httpx

from waia.simulator.world import World

PNID = "106540352242922"
OTHER_PNID = "106540352242923"
TOKEN = "test-token"
WABA = "102290129340398"
ANA = "573001112233"


@dataclass
class Graph:
    world: World
    http: httpx.AsyncClient

    async def send(self, to: str = f"+{ANA}", **content: Any) -> httpx.Response:
        """A message; text if nothing else is told."""
        kind, told = next(iter(content.items())) if content else ("text", {"body": "Hola"})
        return await self.post({"to": to, "type": kind, kind: told})

    async def post(self, told: dict[str, Any], **more: Any) -> httpx.Response:
        body = {"messaging_product": "whatsapp", "recipient_type": "individual", **told}
        return await self.http.post(f"/v25.0/{PNID}/messages", json=body, **more)

    async def wamid(self, to: str = f"+{ANA}", **content: Any) -> str:
        answer = await self.send(to, **content)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["messages"][0]["id"])


def code_of(answer: httpx.Response) -> int:
    return int(answer.json()["error"]["code"])


def details_of(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["error_data"]["details"])
