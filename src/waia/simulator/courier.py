"""What becomes of an accepted message: its statuses, told later by webhook, in order or not."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from waia.simulator.envelope import Change
from waia.simulator.faults import StatusFaults
from waia.simulator.graph_errors import GraphError, webhook_error
from waia.simulator.ground import Ground
from waia.simulator.pace import Pace
from waia.simulator.people import Customer, PhoneNumber
from waia.simulator.postman import Posting, Postman
from waia.simulator.records import SentMessage, SentStatus
from waia.simulator.wire import Json

SERVICE_IS_BILLED_FROM = datetime(2026, 10, 1, tzinfo=UTC)
FIRST_VERSION_WITHOUT_CONVERSATION = 24


@dataclass(slots=True)
class Shipment:
    """A message under way. `failure` is known already to the simulator, to the business only later."""

    sent: SentMessage
    number: PhoneNumber
    customer: Customer | None
    by_user_id: bool
    category: str = "service"
    failure: GraphError | None = None


@dataclass(frozen=True, slots=True)
class Step:
    after_s: float
    status: str


class Courier:
    """Shipments go through `take`; `tell` is for what a person at the phone page does."""

    def __init__(self, ground: Ground, postman: Postman, *, waba_id: str, webhook_version: int) -> None:
        self._ground = ground
        self._postman = postman
        self._waba_id = waba_id
        self._webhook_version = webhook_version
        self._rng = ground.rng
        self._pace = ground.pace

    def take(self, shipment: Shipment) -> asyncio.Event | None:
        """Starts the statuses. The event, if any, must be awaited before the send is answered."""
        if self._faults.never.fires(self._rng):
            return None
        if shipment.failure is None and self._faults.failed_later.fires(self._rng):
            shipment.failure = GraphError(self._faults.failed_later_code)
        steps = self._steps(shipment)
        if self._faults.reorder.fires(self._rng):
            steps.reverse()
        told = asyncio.Event() if self._faults.before_answer.fires(self._rng) else None
        self._ground.background.spawn(self._walk(shipment, steps, told))
        return told

    def tell(self, shipment: Shipment, status: str) -> Posting | None:
        """Records one status and posts it, unless that very webhook is to be lost."""
        code = shipment.failure.code if shipment.failure and status == "failed" else None
        shipment.sent.statuses.append(SentStatus(status, self._ground.clock.business(), code))
        self._ground.changed.beat()
        if self._faults.drop.fires(self._rng):
            return None
        change = self._change(shipment, self._status(shipment, status))
        if self._faults.duplicate.fires(self._rng):
            self._post(change, shipment)
        return self._post(change, shipment)

    def set_pace(self, pace: Pace) -> None:
        """How soon statuses follow from now on."""
        self._pace = pace

    @property
    def _faults(self) -> StatusFaults:
        return self._ground.faults.status

    async def _walk(self, shipment: Shipment, steps: list[Step], told: asyncio.Event | None) -> None:
        try:
            if told is not None:
                await self._tell_and_wait(shipment, steps.pop(0))
        finally:
            if told is not None:
                told.set()
        for step in steps:
            await self._pace.pause(step.after_s)
            self.tell(shipment, step.status)
        if self._faults.unknown_wamid.fires(self._rng):
            self._tell_of_a_stranger(shipment)

    async def _tell_and_wait(self, shipment: Shipment, step: Step) -> None:
        posting = self.tell(shipment, step.status)
        if posting is not None:
            await posting.done.wait()

    def _steps(self, shipment: Shipment) -> list[Step]:
        pace, customer = self._pace, shipment.customer
        if shipment.failure is not None:
            return [Step(pace.failed_s, "failed")]
        steps = [Step(pace.sent_s, "sent")]
        if shipment.sent.kind == "reaction":
            return steps
        reads = customer is not None and customer.reads_at_once and customer.read_receipts
        if not (reads and self._faults.skip_delivered.fires(self._rng)):
            steps.append(Step(pace.delivered_s, "delivered"))
        if reads:
            steps.append(Step(pace.read_s, "read"))
        if reads and shipment.sent.payload.get("audio", {}).get("voice"):
            steps.append(Step(pace.played_s, "played"))
        return steps

    def _change(self, shipment: Shipment, status: Json) -> Change:
        value: Json = {"messaging_product": "whatsapp", "metadata": shipment.number.metadata()}
        customer = shipment.customer
        if customer is not None and customer.shown_user_id and status["status"] != "failed":
            value["contacts"] = [customer.contact()]
        value["statuses"] = [status]
        return Change(self._waba_id, "messages", value)

    def _status(self, shipment: Shipment, status: str) -> Json:
        sent = shipment.sent
        told: Json = {"id": sent.wamid, "status": status, "timestamp": self._ground.timestamp()}
        told |= self._recipient_ids(shipment, failed=status == "failed")
        if sent.opaque is not None:
            told["biz_opaque_callback_data"] = sent.opaque
        if status == "failed":
            failure = shipment.failure or GraphError(131000)
            told["errors"] = [webhook_error(failure.code, failure.details)]
            return told
        told |= self._money(shipment, status)
        if self._faults.errors_beside.fires(self._rng):
            told["errors"] = [webhook_error(131053)]
        return told

    def _recipient_ids(self, shipment: Shipment, *, failed: bool) -> Json:
        customer, address = shipment.customer, shipment.sent.recipient
        if customer is None or (failed and not shipment.by_user_id):
            return {"recipient_user_id" if shipment.by_user_id else "recipient_id": address}
        return customer.ids("recipient_id", "recipient_user_id", "recipient_parent_user_id")

    def _money(self, shipment: Shipment, status: str) -> Json:
        """With `sent` and one of delivered and read; `conversation` only in old webhook versions."""
        earlier = {each.status for each in shipment.sent.statuses[:-1]}
        if status == "played" or (status == "read" and "delivered" in earlier):
            return {}
        billed = shipment.category != "service" or self._ground.clock.business() >= SERVICE_IS_BILLED_FROM
        pricing = {
            "billable": billed,
            "pricing_model": "PMP",
            "type": "regular" if billed else "free_customer_service",
            "category": shipment.category,
        }
        if self._webhook_version >= FIRST_VERSION_WITHOUT_CONVERSATION:
            return {"pricing": pricing}
        return {"conversation": self._conversation(shipment), "pricing": pricing}

    def _conversation(self, shipment: Shipment) -> Mapping[str, object]:
        expires = int(self._ground.clock.business().timestamp()) + 24 * 3600
        return {
            "id": hashlib.sha256(f"{shipment.sent.pnid}/{shipment.sent.recipient}".encode()).hexdigest()[:32],
            "expiration_timestamp": str(expires),
            "origin": {"type": shipment.category},
        }

    def _tell_of_a_stranger(self, shipment: Shipment) -> None:
        status = {"id": self._ground.ids.wamid(), "status": "sent", "timestamp": self._ground.timestamp()}
        status["recipient_id"] = shipment.sent.recipient
        self._post(self._change(shipment, status), shipment)

    def _post(self, change: Change, shipment: Shipment) -> Posting:
        return self._postman.post(change, lane=f"statuses of {shipment.sent.wamid}")
