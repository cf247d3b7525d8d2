"""Accepts or refuses a message for a customer, in the order in which Meta's checks are thought to run."""

from datetime import datetime, timedelta

from waia.simulator.courier import Shipment
from waia.simulator.faults import WindowMode
from waia.simulator.graph_errors import GraphError
from waia.simulator.limits import PAIR_BURST, PAIR_INTERVAL
from waia.simulator.people import PhoneNumber
from waia.simulator.recipients import Recipient, recipient_of
from waia.simulator.records import SentMessage
from waia.simulator.templates import Template
from waia.simulator.validate import MEDIA_KINDS, check_message
from waia.simulator.wire import Json
from waia.simulator.world import World

REACTION_REACHES_BACK = timedelta(days=30)


def accept(
    world: World, number: PhoneNumber, payload: Json, failing: GraphError | None = None
) -> tuple[Shipment, Recipient]:
    """The message is Meta's from here on. `failing`: it is, but it will fail later."""
    _check_load(world, number)
    kind = check_message(payload)
    recipient = recipient_of(payload, world.directory, rewrites=world.faults.rewrites_numbers)
    template = world.templates.usable(payload["template"]) if kind == "template" else None
    _check_recipient(world, number, recipient, payload, template)
    late = failing or _known_only_later(world, number, recipient, payload, kind)
    if kind == "reaction":
        _check_reaction(world, payload["reaction"]["message_id"])
    _check_pair(world, number, recipient)
    sent = _sent(world, number, recipient, payload, kind)
    category = template.category.lower() if template else "service"
    shipment = Shipment(sent, number, recipient.customer, recipient.by_user_id, category, late)
    world.ledger.note_sent(shipment)
    world.changed.beat()
    return shipment, recipient


def _check_load(world: World, number: PhoneNumber) -> None:
    if world.faults.maintenance:
        raise GraphError(131057, "The number is being upgraded to a higher throughput.")
    rate = world.faults.throughput_per_s
    if rate and not world.throughput.allows(number.pnid, world.clock.real(), timedelta(seconds=1) / rate, rate):
        raise GraphError(130429, "Cloud API message throughput has been reached.")


def _check_recipient(
    world: World, number: PhoneNumber, recipient: Recipient, payload: Json, template: Template | None
) -> None:
    allowed = world.faults.allow_list
    if recipient.address == number.display:
        raise GraphError(131021, "Sender and recipient phone number is the same.")
    if allowed is not None and recipient.address not in allowed:
        raise GraphError(131030, "Add the recipient phone number to the recipient list and try again.")
    if (number.pnid, recipient.key) in world.blocked:
        raise GraphError(130403, "The business has blocked this user.")
    if recipient.by_user_id and template is not None and template.category == "AUTHENTICATION":
        raise GraphError(131062, "Authentication templates need a phone number.")
    expected = payload.get("recipient_identity_key_hash")
    if expected and recipient.customer and recipient.customer.identity_hash not in (None, expected):
        raise GraphError(137000, "The recipient's identity key hash is another one.")


def _known_only_later(
    world: World, number: PhoneNumber, recipient: Recipient, payload: Json, kind: str
) -> GraphError | None:
    """What Meta tells by a status. Raises instead where it would tell at once."""
    flaw = _media_flaw(world, number, payload, kind)
    if recipient.customer is None and world.faults.strangers_undeliverable:
        return GraphError(131026, "Message undeliverable.")
    if kind != "template" and (closed := _outside_window(world, number, recipient)):
        if world.faults.window_mode is WindowMode.SYNC:
            raise closed
        return closed
    return flaw


def _outside_window(world: World, number: PhoneNumber, recipient: Recipient) -> GraphError | None:
    if world.faults.window_mode is WindowMode.OFF:
        return None
    if world.windows.is_open(number.pnid, recipient.key, world.clock.business()):
        return None
    details = "Message failed to send because more than 24 hours have passed since the customer last replied"
    return GraphError(131047, f"{details} to this number.")


def _media_flaw(world: World, number: PhoneNumber, payload: Json, kind: str) -> GraphError | None:
    """An unknown id is refused at once; a file of the wrong kind is found out later. Anything goes as a document."""
    media_id = payload[kind].get("id") if kind in MEDIA_KINDS else None
    if media_id is None:
        return None
    media = world.media.find(media_id)
    if media is None or media.pnid != number.pnid:
        raise GraphError(131009, f"Media {media_id} does not exist or is of another phone number.")
    if media.flaw is None and media.kind != kind and kind != "document":
        return GraphError(131053, f"The media type {media.mime} is not allowed for {kind}.")
    if media.flaw is None and payload[kind].get("voice") and not media.mime.startswith("audio/ogg"):
        return GraphError(131053, "A voice message must be audio/ogg with the opus codec.")
    return media.flaw


def _check_reaction(world: World, wamid: str) -> None:
    line = world.ledger.line(wamid)
    if line is None or world.clock.business() - line.at > REACTION_REACHES_BACK:
        raise GraphError(131009, "The message to react to does not exist or is older than 30 days.")


def _check_pair(world: World, number: PhoneNumber, recipient: Recipient) -> None:
    pair = f"{number.pnid}:{recipient.key}"
    now: datetime = world.clock.business()
    if world.faults.pair_limit and not world.pairs.allows(pair, now, PAIR_INTERVAL, PAIR_BURST):
        raise GraphError(131056, "Too many messages were sent to this recipient in a short time.")


def _sent(world: World, number: PhoneNumber, recipient: Recipient, payload: Json, kind: str) -> SentMessage:
    return SentMessage(
        wamid=world.ids.wamid(),
        pnid=number.pnid,
        recipient=recipient.address,
        customer_key=recipient.customer.key if recipient.customer else None,
        kind=kind,
        payload=payload,
        opaque=payload.get("biz_opaque_callback_data"),
        at=world.clock.business(),
    )
