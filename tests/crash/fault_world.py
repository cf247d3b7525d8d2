"""What tests of faults share: Meta's patience, agents at their panel, and a look at what was answered meanwhile."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

import httpx

from tests.accounts.world import Browser
from tests.road_world import PATIENCE_S, Road, Served, Waia
from tests.roads.bodies import OTHER_PNID, text, value, webhook
from waia.accounts.cookies import new_token, token_hash

PAUSE_S, GIVE_UP_S = 0.1, 60.0


def quiet_body(wamid: str, words: str = "Hola", sender: str = "573000000001") -> bytes:
    """For a number that is not ours: it is stored, and nobody answers."""
    return webhook(value([text(wamid, words, sender=sender)], pnid=OTHER_PNID))


@dataclass
class Meta:
    """Sends bodies and repeats what was not answered 200; `answers` counts every status."""

    road: Road
    answers: Counter[int] = field(default_factory=Counter)
    slowest_s: float = 0.0

    async def once(self, body: bytes) -> int:
        started = time.monotonic()
        try:
            status = await self.road.post(body)
        except httpx.TransportError:
            status = 0
        self.slowest_s = max(self.slowest_s, time.monotonic() - started)
        self.answers[status] += 1
        return status

    async def insist(self, body: bytes) -> None:
        async with asyncio.timeout(GIVE_UP_S):
            for _ in count():
                if await self.once(body) == 200:
                    return
                await asyncio.sleep(PAUSE_S)

    async def insist_on_all(self, bodies: Sequence[bytes], at_once: int = 20) -> None:
        gate = asyncio.Semaphore(at_once)

        async def one(body: bytes) -> None:
            async with gate:
                await self.insist(body)

        await asyncio.gather(*(one(body) for body in bodies))


@dataclass
class Traffic:
    """Webhooks one after the other for as long as the block runs; each is repeated until it is taken."""

    meta: Meta
    make: Callable[[int], bytes]
    posted: int = 0
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    async def __aenter__(self) -> "Traffic":
        self._tasks = [asyncio.create_task(self._run()) for _ in range(4)]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        async with asyncio.timeout(GIVE_UP_S):
            await asyncio.gather(*self._tasks)

    async def _run(self) -> None:
        while not self._stop.is_set():
            self.posted += 1
            await self.meta.insist(self.make(self.posted))
            await asyncio.sleep(0.01)


async def admins_signed_in(road: Served, many: int, *, last_seen: str = "") -> list[str]:
    """So many admins, each with an open login; the tokens of their cookies. Times as the database writes them."""
    tokens = [new_token() for _ in range(many)]
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    seen = last_seen or now
    people = ", ".join(f"('jefe{number}', '!')" for number in range(many))
    await road.store.rows(f"INSERT INTO usuarios (username, password) VALUES {people}")
    await road.store.rows(
        "INSERT INTO user_roles (user_id, role_id) SELECT u.id, r.id FROM usuarios u, roles r"
        " WHERE u.username LIKE 'jefe%' AND r.keyword = 'admin'"
    )
    ids = await road.store.column("SELECT id FROM usuarios WHERE username LIKE 'jefe%' ORDER BY id")
    logins = ", ".join(
        f"('{token_hash(token)}', {user}, '{now}', '{seen}', '{now}', '', '')"
        for token, user in zip(tokens, ids, strict=True)
    )
    columns = "token_hash, user_id, created_at, last_seen_at, confirmed_at, address, user_agent"
    await road.store.rows(f"INSERT INTO logins ({columns}) VALUES {logins}")
    return tokens


def browser(waia: Waia, token: str = "") -> Browser:
    """Somebody's browser; with a token it is signed in."""
    cookies = {"waia": token} if token else None
    return Browser(base_url=waia.address, cookies=cookies, timeout=PATIENCE_S, trust_env=False)


async def stored_wamids(road: Road) -> set[str]:
    """What is in the timeline or still waits to get there."""
    shown = await road.store.column("SELECT wa_id FROM mensajes WHERE direction = 'in'")
    return {*shown, *await road.store.column("SELECT dedupe_key FROM inbox")}
