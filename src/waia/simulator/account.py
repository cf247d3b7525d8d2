"""Webhooks that no customer causes: echoes from the phone app, history, standby, hand-overs, templates."""

from collections.abc import Sequence
from datetime import timedelta

from waia.simulator.postman import Posting
from waia.simulator.records import InboundMessage
from waia.simulator.templates import Template, TemplateStatus
from waia.simulator.wire import Json
from waia.simulator.world import World


async def echoes(world: World, customer_key: str, pnid: str, told: Json) -> str:
    """A person of the business writes in the phone app. `told` as in `spoken`, edits and revokes included."""
    customer, now = world.customers[customer_key], world.clock.business()
    ids = {"from": world.numbers[pnid].display} | customer.ids("to", "to_user_id", "to_parent_user_id")
    message = ids | {"id": world.ids.wamid(), "timestamp": world.timestamp()} | told
    line = InboundMessage(message["id"], pnid, customer_key, told["type"], message, now, echo=True)
    world.ledger.note_inbound(line)
    world.changed.beat()
    value = world.value(pnid) | {"contacts": [customer.contact()], "message_echoes": [message]}
    world.post("smb_message_echoes", value, lane=f"{pnid}:{customer_key}")
    return line.wamid


def history(
    world: World,
    customer_key: str,
    pnid: str,
    talk: Sequence[tuple[bool, Json]],
    *,
    phase: int = 0,
    chunk: int = 1,
    progress: int = 100,
) -> list[str]:
    """Old messages after onboarding: (by the business?, told), oldest first, a minute apart."""
    customer, display = world.customers[customer_key], world.numbers[pnid].display
    start = world.clock.business() - timedelta(days=1, minutes=len(talk))
    messages: list[Json] = []
    for minute, (by_business, told) in enumerate(talk):
        at = int((start + timedelta(minutes=minute)).timestamp())
        sender = {"from": display, "to": customer.wa_id} if by_business else {"from": customer.wa_id}
        message = sender | {"id": world.ids.wamid(), "timestamp": str(at)} | told
        messages.append(message | {"history_context": {"status": "READ"}})
    context = customer.ids("wa_id", "user_id", "parent_user_id")
    thread = {"id": customer.wa_id, "context": context, "messages": messages}
    metadata = {"phase": phase, "chunk_order": chunk, "progress": progress}
    world.post("history", world.value(pnid) | {"history": [{"metadata": metadata, "threads": [thread]}]})
    return [message["id"] for message in messages]


def history_refused(world: World, pnid: str) -> Posting:
    error = {"code": 2593109, "title": "History sync is turned off by the business", "message": "Declined"}
    return world.post("history", world.value(pnid) | {"history": [{"errors": [error]}]})


def standby(world: World, customer_key: str, pnid: str, told: Json) -> str:
    """Meta's own agent holds the thread: what happens is told one level deeper, to be watched only."""
    customer = world.customers[customer_key]
    ids = customer.ids("from", "from_user_id", "from_parent_user_id")
    message = ids | {"id": world.ids.wamid(), "timestamp": world.timestamp()} | told
    inner = {"contacts": [customer.contact()], "messages": [message]}
    world.post("standby", world.value(pnid) | {"standby": inner})
    return str(message["id"])


def template_status(world: World, template: Template, status: TemplateStatus, reason: str | None = "NONE") -> Posting:
    template.status = status
    world.changed.beat()
    value = {
        "event": status.value,
        "message_template_id": int(template.id),
        "message_template_name": template.name,
        "message_template_language": template.language,
        "message_template_category": template.category,
        "reason": reason,
    }
    return world.post("message_template_status_update", value)


def preference(world: World, customer_key: str, pnid: str, choice: str) -> Posting:
    """Marketing messages: stop, resume or signup."""
    customer = world.customers[customer_key]
    told: Json = customer.ids("wa_id", "user_id", "parent_user_id") | {
        "detail": f"User requested to {choice} marketing messages",
        "category": "marketing_messages",
        "value": choice,
        "timestamp": int(world.timestamp()),
    }
    value = world.value(pnid) | {"contacts": [customer.contact()], "user_preferences": [told]}
    return world.post("user_preferences", value)


async def calls(world: World, customer_key: str, pnid: str, event: str = "connect") -> str:
    """A call by the customer opens the window, as a message does."""
    customer, now = world.customers[customer_key], world.clock.business()
    world.windows.open(pnid, customer_key, now)
    call: Json = {"id": world.ids.wacid(), "to": world.numbers[pnid].display}
    call |= customer.ids("from", "from_user_id", "from_parent_user_id")
    call |= {"event": event, "timestamp": world.timestamp(), "direction": "USER_INITIATED"}
    if event == "connect":
        call["session"] = {"sdp_type": "offer", "sdp": "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n"}
    if event == "terminate":
        call |= {"status": "COMPLETED", "duration": 12}
    world.post("calls", world.value(pnid) | {"contacts": [customer.contact()], "calls": [call]})
    return str(call["id"])


def account_error(world: World, pnid: str, error: Json) -> Posting:
    """`value.errors`: something of the whole account, such as a rate limit."""
    return world.post("messages", world.value(pnid) | {"errors": [error]})
