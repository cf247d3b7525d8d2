"""Delivers webhooks over HTTP: signed bytes, retried until 200, with a network's faults on demand."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

import httpx

from waia.simulator.envelope import Change, envelope
from waia.simulator.faults import WebhookFaults
from waia.simulator.ground import Ground
from waia.simulator.pulse import Pulse
from waia.simulator.records import Delivery
from waia.simulator.wire import encode, old_signature, signature


@dataclass(slots=True)
class Posting:
    """A delivery on its way: `tried` after its first attempt, `done` when it was accepted or given up."""

    delivery: Delivery
    tried: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)


class Postman:
    """`url` and `app_secret` may change while it runs: a rotated secret, a moved endpoint."""

    def __init__(self, ground: Ground, *, url: str, app_secret: str) -> None:
        self.url = url
        self.app_secret = app_secret
        self.subscribed = True
        self.deliveries: deque[Delivery] = deque(maxlen=ground.keep)
        self._ground = ground
        self._rng = ground.rng
        self._pace = ground.pace
        self._background = ground.background
        self._changed = ground.changed
        self._went_out = Pulse()
        self._lanes: dict[str, Posting] = {}
        self._gathered: list[Change] = []
        self._gathering: Posting | None = None
        self._client: httpx.AsyncClient | None = None

    def post(self, change: Change, lane: str | None = None) -> Posting:
        """At once, or together with what else comes in the next moment if `per_post` says so."""
        if self._faults.per_post <= 1:
            return self.post_bytes(encode(envelope([change])), lane)
        posting = self._gathering = self._gathering or self._start_gathering()
        self._gathered.append(change)
        if len(self._gathered) >= self._faults.per_post:
            self._close_gathering()
        return posting

    def post_bytes(self, body: bytes, lane: str | None = None) -> Posting:
        """POSTs exactly these bytes; postings of one lane are first tried in order."""
        posting = Posting(Delivery(body))
        self._send_off(posting, lane)
        return posting

    async def subscribe(self, url: str, verify_token: str, challenge: str) -> str | None:
        """The GET handshake; None if it was right, else what was wrong."""
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
        try:
            response = await self._http().get(url, params=query)
        except httpx.HTTPError as error:
            return f"No answer: {type(error).__name__}"
        if response.status_code != 200:
            return f"HTTP Status Code = {response.status_code}"
        return None if response.content == challenge.encode() else "The challenge was not echoed"

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    @property
    def _faults(self) -> WebhookFaults:
        return self._ground.faults.webhook

    def _start_gathering(self) -> Posting:
        posting = Posting(Delivery(b""))
        self._background.spawn(self._close_gathering_later(posting))
        return posting

    async def _close_gathering_later(self, posting: Posting) -> None:
        await self._pace.pause(self._pace.gather_s)
        if self._gathering is posting:
            self._close_gathering()

    def _close_gathering(self) -> None:
        posting, self._gathering = self._gathering, None
        changes, self._gathered = self._gathered, []
        if posting is not None:
            posting.delivery.body = encode(envelope(changes))
            self._send_off(posting, lane=None)

    def _send_off(self, posting: Posting, lane: str | None) -> None:
        self.deliveries.append(posting.delivery)
        if not self.subscribed or self._faults.never.fires(self._rng):
            self._give_up(posting)
            return
        held = self._faults.reorder.fires(self._rng)
        before = self._join_lane(posting, None if self._faults.unordered or held else lane)
        self._background.spawn(self._deliver(posting, before, held))

    def _join_lane(self, posting: Posting, lane: str | None) -> Posting | None:
        if lane is None:
            return None
        before, self._lanes[lane] = self._lanes.get(lane), posting
        if len(self._lanes) > 1000:
            self._lanes = {name: last for name, last in self._lanes.items() if not last.tried.is_set()}
        return before

    async def _deliver(self, posting: Posting, before: Posting | None, held: bool) -> None:
        try:
            if held:
                await self._wait_to_be_overtaken()
            if before is not None:
                await before.tried.wait()
            accepted = await self._first_attempts(posting.delivery)
        finally:
            posting.tried.set()
            self._went_out.beat()
        if not (accepted or await self._retry(posting.delivery)):
            self._give_up(posting)
            return
        posting.done.set()
        await self._repeat(posting.delivery)

    async def _wait_to_be_overtaken(self) -> None:
        try:
            async with asyncio.timeout(self._pace.scaled(self._pace.held_s)):
                await self._went_out.after(self._went_out.version)
        except TimeoutError:
            return

    async def _first_attempts(self, delivery: Delivery) -> bool:
        if self._faults.wrong_signature.fires(self._rng):
            return await self._attempt(delivery, secret=self.app_secret + "-forged")
        if self._faults.parallel_two.fires(self._rng):
            return any(await asyncio.gather(self._attempt(delivery), self._attempt(delivery)))
        return await self._attempt(delivery)

    async def _retry(self, delivery: Delivery) -> bool:
        """At once, then less and less often."""
        pause_s = 0.0
        for _ in range(self._pace.attempts - 1):
            await self._pace.pause(pause_s)
            if await self._attempt(delivery):
                return True
            pause_s = min(pause_s * 2 or self._pace.retry_s, self._pace.retry_cap_s)
        return False

    async def _repeat(self, delivery: Delivery) -> None:
        if self._faults.duplicate.fires(self._rng):
            await self._attempt(delivery)
        if self._faults.replay.is_on:
            await self._replay_older_than(delivery)

    async def _replay_older_than(self, delivery: Delivery) -> None:
        older = [each for each in self.deliveries if each.accepted and each is not delivery]
        if older and self._faults.replay.fires(self._rng):
            await self._attempt(self._rng.choice(older))

    async def _attempt(self, delivery: Delivery, secret: str | None = None) -> bool:
        try:
            response = await self._http().post(
                self.url,
                content=delivery.body,
                headers=self._headers(delivery.body, secret or self.app_secret),
            )
        except httpx.HTTPError:
            answer = None
        else:
            answer = response.status_code
        delivery.answers.append(answer)
        self._changed.beat()
        return answer == 200

    def _headers(self, body: bytes, secret: str) -> dict[str, str]:
        return {
            "content-type": "application/json",
            "user-agent": "facebookexternalua",
            "x-hub-signature": old_signature(body, secret),
            "x-hub-signature-256": signature(body, secret),
        }

    def _give_up(self, posting: Posting) -> None:
        posting.delivery.gave_up = True
        posting.tried.set()
        posting.done.set()
        self._changed.beat()

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                timeout=self._pace.answer_s,
                follow_redirects=False,
                trust_env=False,
                limits=httpx.Limits(max_connections=200, keepalive_expiry=2.0),
            )
        return self._client
