"""The memory of a world, all of it bounded by `keep` (None: no bound), for assertions and the phone page."""

from collections import OrderedDict, defaultdict, deque

from waia.simulator.courier import Shipment
from waia.simulator.records import InboundMessage, ReadMark, RecordedRequest, SentMessage

Line = SentMessage | InboundMessage


class Ledger:
    def __init__(self, keep: int | None) -> None:
        self._keep = keep
        self.sent: deque[SentMessage] = deque(maxlen=keep)
        self.requests: deque[RecordedRequest] = deque(maxlen=keep)
        self.marks: deque[ReadMark] = deque(maxlen=keep)
        self._shipments: OrderedDict[str, Shipment] = OrderedDict()
        self._inbound: OrderedDict[str, InboundMessage] = OrderedDict()
        self._lines: defaultdict[tuple[str, str], deque[Line]] = defaultdict(lambda: deque(maxlen=keep))

    def note_sent(self, shipment: Shipment) -> None:
        sent = shipment.sent
        self.sent.append(sent)
        self._shipments[sent.wamid] = shipment
        self._forget_oldest(self._shipments)
        if sent.customer_key is not None:
            self._lines[(sent.customer_key, sent.pnid)].append(sent)

    def note_inbound(self, message: InboundMessage) -> None:
        self._inbound[message.wamid] = message
        self._forget_oldest(self._inbound)
        self._lines[(message.customer_key, message.pnid)].append(message)

    def thread(self, customer_key: str, pnid: str) -> list[Line]:
        """Both directions in the order in which they happened."""
        return list(self._lines.get((customer_key, pnid), ()))

    def shipment(self, wamid: str) -> Shipment | None:
        return self._shipments.get(wamid)

    def inbound(self, wamid: str) -> InboundMessage | None:
        return self._inbound.get(wamid)

    def line(self, wamid: str) -> Line | None:
        shipment = self._shipments.get(wamid)
        return shipment.sent if shipment else self._inbound.get(wamid)

    def _forget_oldest(self, memory: "OrderedDict[str, Shipment] | OrderedDict[str, InboundMessage]") -> None:
        if self._keep is not None and len(memory) > self._keep:
            memory.popitem(last=False)
