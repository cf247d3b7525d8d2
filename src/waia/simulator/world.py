"""The other end of the wire: customers, the business's numbers, and all Meta knows of them, in memory."""

import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from waia.kit.clock import Clock
from waia.simulator.courier import Courier
from waia.simulator.envelope import Change
from waia.simulator.faults import Faults
from waia.simulator.ground import Ground
from waia.simulator.handset import Handset
from waia.simulator.ledger import Ledger, Line
from waia.simulator.limits import Meter, Windows
from waia.simulator.media import MediaStore
from waia.simulator.pace import Pace
from waia.simulator.people import Customer, IdentityMode, PhoneNumber
from waia.simulator.postman import Posting, Postman
from waia.simulator.recipients import Directory
from waia.simulator.records import Delivery, ReadMark, RecordedRequest, SentMessage
from waia.simulator.templates import Template, TemplateBook
from waia.simulator.wire import Json


class World:
    """Nothing runs until something happens in it; `aclose` ends what still runs.

    `webhook_version` is the one chosen in the app dashboard (24: no `conversation` in statuses).
    `graph_url` is where the Graph API is mounted; learned from the first request if not given.
    `keep` bounds what is remembered, for long runs.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        webhook_url: str,
        app_secret: str,
        verify_token: str,
        phone_number_ids: Sequence[str],
        token: str,
        waba_id: str = "102290129340398",
        app_id: str = "410520250000117",
        time_scale: float = 1.0,
        faults: Faults | None = None,
        rng: random.Random | None = None,
        pace: Pace | None = None,
        webhook_version: int = 25,
        graph_url: str | None = None,
        keep: int | None = None,
    ) -> None:
        self.clock = clock
        self.verify_token = verify_token
        self.token = token
        self.waba_id, self.app_id = waba_id, app_id
        self.graph_url = graph_url
        self._faults = faults or Faults()
        paced = replace(pace or Pace(), time_scale=time_scale)
        ground = Ground(clock, self._faults, rng or random.SystemRandom(), paced, keep)
        self._stand_on(ground)
        self.numbers = _numbers(phone_number_ids)
        self.postman = Postman(ground, url=webhook_url, app_secret=app_secret)
        self.courier = Courier(ground, self.postman, waba_id=waba_id, webhook_version=webhook_version)

    @property
    def faults(self) -> Faults:
        """Its knobs and groups of knobs may be replaced, itself not: every part holds on to it."""
        return self._faults

    @property
    def sent(self) -> deque[SentMessage]:
        """What Graph accepted, in that order."""
        return self.ledger.sent

    @property
    def requests(self) -> deque[RecordedRequest]:
        return self.ledger.requests

    @property
    def marks(self) -> deque[ReadMark]:
        """The business's read marks and typing indicators."""
        return self.ledger.marks

    @property
    def deliveries(self) -> deque[Delivery]:
        """Every webhook POST with the answers it got."""
        return self.postman.deliveries

    def add_customer(
        self,
        key: str,
        name: str,
        wa_id: str | None = None,
        *,
        mode: IdentityMode = IdentityMode.PHONE_AND_BSUID,
        username: str | None = None,
        country: str = "CO",
        reads_at_once: bool = True,
    ) -> Customer:
        """A person with a phone (digits) and a user id of this portfolio."""
        customer = Customer(key, name, wa_id, self.ids.bsuid(country), username=username, mode=mode)
        customer.reads_at_once = reads_at_once
        self.customers[key] = customer
        return customer

    def add_template(self, template: Template) -> Template:
        template.id = template.id or self.ids.number(15)
        self.templates.add(template)
        return template

    def handset(self, customer_key: str, pnid: str) -> Handset:
        """The phone of a customer, with a chat with this number open: all that a person can do."""
        return Handset(self, self.customers[customer_key], self.numbers[pnid].pnid)

    async def customer_says(self, customer_key: str, pnid: str, text: str, *, quoted: str | None = None) -> str:
        return await self.handset(customer_key, pnid).says(text, quoted=quoted)

    def thread(self, customer_key: str, pnid: str) -> list[Line]:
        return self.ledger.thread(customer_key, pnid)

    def count_inbound(self, pnid: str) -> None:
        """The throughput of a number is for both directions together."""
        if rate := self.faults.throughput_per_s:
            self.throughput.count(pnid, self.clock.real(), timedelta(seconds=1) / rate, rate)

    def value(self, pnid: str) -> Json:
        """The start of every value that belongs to one number."""
        return {"messaging_product": "whatsapp", "metadata": self.numbers[pnid].metadata()}

    def post(self, field: str, value: Json, *, owner: str | None = None, lane: str | None = None) -> Posting:
        """Tells the webhook one change of any field, now."""
        return self.postman.post(Change(owner or self.waba_id, field, value), lane)

    def replay(self, body: bytes) -> Posting:
        """POSTs exactly these bytes, rightly signed: a captured payload, or what no encoder would write."""
        return self.postman.post_bytes(body)

    async def subscribe(self) -> str | None:
        """Meta's GET handshake with the webhook; None if it went well, else what was wrong."""
        return await self.postman.subscribe(self.postman.url, self.verify_token, self.ids.number(10))

    async def until(self, claim: Callable[[], bool], timeout_s: float = 5.0) -> None:
        await self.changed.until(claim, timeout_s)

    async def settled(self, timeout_s: float = 10.0) -> None:
        """Waits until every status is told and every webhook is accepted or given up."""
        await self.changed.until(lambda: self.background.idle, timeout_s)

    def _stand_on(self, ground: Ground) -> None:
        self.rng, self.ids, self.pace = ground.rng, ground.ids, ground.pace
        self.changed, self.background, self.timestamp = ground.changed, ground.background, ground.timestamp
        self.customers: dict[str, Customer] = {}
        self.directory = Directory(self.customers)
        self.blocked: set[tuple[str, str]] = set()
        self.templates = TemplateBook()
        self.media = MediaStore(ground.clock, ground.ids, ground.keep)
        self.windows = Windows()
        self.pairs = Meter()
        self.throughput = Meter()
        self.ledger = Ledger(ground.keep)

    async def aclose(self) -> None:
        await self.background.aclose()
        await self.postman.aclose()


def _numbers(phone_number_ids: Sequence[str]) -> dict[str, PhoneNumber]:
    displays = (f"1555010{index:04}" for index in range(len(phone_number_ids)))
    return {pnid: PhoneNumber(pnid, display) for pnid, display in zip(phone_number_ids, displays, strict=True)}
