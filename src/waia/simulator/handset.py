"""One customer's phone, in a chat with one number of the business: everything a person can do there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from waia.simulator import spoken
from waia.simulator.graph_errors import webhook_error
from waia.simulator.limits import WINDOW
from waia.simulator.media import WEBHOOK_LIVES
from waia.simulator.media_kinds import INBOUND_MAX, is_animated, kind_of
from waia.simulator.people import Customer
from waia.simulator.records import InboundMessage, SentMessage
from waia.simulator.wire import Json

if TYPE_CHECKING:
    from waia.simulator.world import World

NO_WINDOW = frozenset({"reaction", "edit", "revoke", "unsupported", "unknown", "system", "request_welcome"})


@dataclass(frozen=True, slots=True)
class Handset:
    """Each act returns the id of the message at once; the webhook is delivered in the background."""

    world: "World"
    customer: Customer
    pnid: str

    async def says(
        self, text: str, *, quoted: str | None = None, referral: Json | None = None, forwarded: int = 0
    ) -> str:
        """`quoted` is a message id; `forwarded` how often the text went from hand to hand."""
        return await self.sends(spoken.text(text), quoted=quoted, referral=referral, forwarded=forwarded)

    async def taps(self, option_id: str, *, of: str | None = None, title: str | None = None) -> str:
        """A button or row of the message `of`, or of the last one that the business sent."""
        message = self._offered(of)
        return await self.sends(spoken.tap(message.payload, option_id, title), quoted=message.wamid)

    async def reacts(self, wamid: str, emoji: str | None) -> str:
        """None takes the reaction back."""
        return await self.sends(spoken.reaction(wamid, emoji))

    async def sends_media(
        self,
        kind: str,
        content: bytes,
        mime: str,
        *,
        filename: str | None = None,
        caption: str | None = None,
        voice: bool | None = None,
        quoted: str | None = None,
    ) -> str:
        """What is above 100 MB does not arrive; an error tells of it."""
        if len(content) > INBOUND_MAX:
            return await self.sends({"type": kind, "errors": [webhook_error(131052)]}, quoted=quoted)
        media = self._store(content, mime)
        told = media | {"filename": filename, "caption": caption, "voice": voice}
        if kind == "sticker":
            told["animated"] = is_animated(content)
        present = {key: value for key, value in told.items() if value is not None}
        return await self.sends({"type": kind, kind: present}, quoted=quoted)

    async def sends_location(
        self, latitude: float, longitude: float, name: str | None = None, address: str | None = None
    ) -> str:
        return await self.sends(spoken.location(latitude, longitude, name, address))

    async def sends_contacts(self, cards: Sequence[Json], *, quoted: str | None = None) -> str:
        return await self.sends(spoken.contacts(cards), quoted=quoted)

    async def shares_own_number(self, *, quoted: str | None = None) -> str:
        """The answer to a request for contact information."""
        phones = [{"phone": f"+{self.customer.wa_id}", "wa_id": self.customer.wa_id, "type": "CELL"}]
        name = {"formatted_name": self.customer.name, "first_name": self.customer.name}
        card = {"name": name, "phones": phones, "origin": "contact_request"}
        return await self.sends_contacts([card], quoted=quoted)

    async def orders(self, catalog_id: str, items: Sequence[Json], note: str = "") -> str:
        return await self.sends(spoken.order(catalog_id, items, note))

    async def edits(self, wamid: str, new_text: str, *, as_unsupported: bool = False) -> str:
        """Meta tells edits as type `edit` or, for the time being, as unsupported."""
        told = spoken.unsupported("edit") if as_unsupported else spoken.edit(wamid, new_text)
        return await self.sends(told)

    async def revokes(self, wamid: str) -> str:
        return await self.sends(spoken.revoke(wamid))

    async def sends_unsupported(self, what: str = "poll", code: int = 131051) -> str:
        return await self.sends(spoken.unsupported(what, code))

    async def sends_unknown(self, kind: str = "hologram") -> str:
        return await self.sends(spoken.unknown(kind))

    async def sends(
        self,
        told: Json,
        *,
        quoted: str | None = None,
        referral: Json | None = None,
        forwarded: int = 0,
        ago: timedelta = timedelta(),
    ) -> str:
        """Any message: `told` has the type and its object (`spoken`). `ago` dates it back."""
        message = self._message(told, self.world.clock.business() - ago)
        if context := self._context(quoted, forwarded):
            message["context"] = context
        if referral is not None:
            message["referral"] = referral
        return self._deliver(message, ago)

    async def reads(self) -> None:
        """Opens the chat: everything delivered is read, unless this person keeps that private."""
        for line in self.world.thread(self.customer.key, self.pnid):
            if isinstance(line, SentMessage) and line.status == "delivered" and self.customer.read_receipts:
                self._tell(line.wamid, "read")

    async def plays(self, wamid: str) -> None:
        """Listens to a voice message."""
        self._tell(wamid, "played")

    def _tell(self, wamid: str, status: str) -> None:
        shipment = self.world.ledger.shipment(wamid)
        if shipment is not None:
            self.world.courier.tell(shipment, status)

    def _offered(self, wamid: str | None) -> SentMessage:
        for line in reversed(self.world.thread(self.customer.key, self.pnid)):
            offers = isinstance(line, SentMessage) and line.kind in ("interactive", "template")
            if isinstance(line, SentMessage) and (line.wamid == wamid if wamid else offers):
                return line
        raise ValueError(f"{self.customer.key} has no message with options" + (f" {wamid}" if wamid else ""))

    def _store(self, content: bytes, mime: str) -> Json:
        world = self.world
        media = world.media.add(self.pnid, content, mime, kind=kind_of(mime), lives=WEBHOOK_LIVES)
        if world.faults.media.wrong_sha256.fires(world.rng):
            media.told_digest = world.rng.randbytes(32)
        told: Json = {"id": media.id, "mime_type": mime, "sha256": media.sha256_base64}
        if world.graph_url is not None:
            late = world.faults.media.expired.fires(world.rng)
            told["url"] = world.graph_url + world.media.address(media, late=late)
        return told

    def _message(self, told: Json, at: datetime) -> Json:
        ids = self.customer.ids("from", "from_user_id", "from_parent_user_id")
        return ids | {"id": self.world.ids.wamid(), "timestamp": str(int(at.timestamp()))} | told

    def _context(self, quoted: str | None, forwarded: int) -> Json:
        if forwarded:
            return {"frequently_forwarded": True} if forwarded > 5 else {"forwarded": True}
        if quoted is None:
            return {}
        line = self.world.ledger.line(quoted)
        by_business = isinstance(line, SentMessage) or (line is not None and line.echo)
        author = self.world.numbers[self.pnid].display if by_business else self.customer.shown_wa_id
        return {"id": quoted} | ({"from": author} if author else {})

    def _deliver(self, message: Json, ago: timedelta) -> str:
        world, key, at = self.world, self.customer.key, self.world.clock.business() - ago
        kind = message["type"]
        world.ledger.note_inbound(InboundMessage(message["id"], self.pnid, key, kind, message, at))
        world.changed.beat()
        if (self.pnid, key) in world.blocked:
            return str(message["id"])
        if kind not in NO_WINDOW and ago < WINDOW and not _is_call_answer(message):
            world.windows.open(self.pnid, key, at)
        world.count_inbound(self.pnid)
        value = world.value(self.pnid) | {"contacts": [self.customer.contact()], "messages": [message]}
        world.post("messages", value, lane=f"{self.pnid}:{key}")
        return str(message["id"])


def _is_call_answer(message: Json) -> bool:
    return bool(message.get("interactive", {}).get("type") == "call_permission_reply")
