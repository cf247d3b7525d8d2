"""A small JSON API under /_control for a simulator that runs as a process of its own: act, break, look."""

import base64
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, get_type_hints

import msgspec
from litestar import Request, Response, Router, get, patch, post
from litestar.di import NamedDependency, Provide
from litestar.exceptions import ClientException
from litestar.params import FromQuery, JSONBody
from litestar.types import ControllerRouterHandler

from waia.kit.clock import Clock
from waia.simulator import account, identity
from waia.simulator.faults import Faults
from waia.simulator.ledger import Line
from waia.simulator.people import Customer, IdentityMode
from waia.simulator.records import Delivery, ReadMark, RecordedRequest, SentMessage
from waia.simulator.templates import Template
from waia.simulator.wire import Json
from waia.simulator.world import World

ACTS = frozenset(
    {
        "says",
        "taps",
        "reacts",
        "sends_media",
        "sends_location",
        "sends_contacts",
        "shares_own_number",
        "orders",
        "edits",
        "revokes",
        "sends_unsupported",
        "sends_unknown",
        "sends",
        "reads",
        "plays",
    }
)
_IDENTITY_ACTS: Mapping[str, Callable[..., Awaitable[str]]] = {
    "changes_number": identity.changes_number,
    "changes_user_id": identity.changes_user_id,
    "changes_device": identity.changes_device,
}


def control_routes(world: World, clock: Clock) -> Router:
    dependencies = {
        "world": Provide(lambda: world, sync_to_thread=False),
        "clock": Provide(lambda: clock, sync_to_thread=False),
    }
    handlers: list[ControllerRouterHandler] = [
        *(add_customer, act, echo, replay, tell, add_template, show_faults, turn_faults, move_clock),
        *(sent, requests, marks, deliveries, thread, settle),
    ]
    return Router("/_control", route_handlers=handlers, dependencies=dependencies)


@post("/customers", status_code=200)
async def add_customer(world: NamedDependency[World], data: JSONBody[Json]) -> Customer:
    """key, name, wa_id?, mode?, username?, country?, reads_at_once?"""
    mode = IdentityMode(data.pop("mode", IdentityMode.PHONE_AND_BSUID))
    return world.add_customer(**data, mode=mode)


@post("/act", status_code=200)
async def act(world: NamedDependency[World], data: JSONBody[Json]) -> Json:
    """customer, pnid, act, and the arguments of that act; bytes as `content_base64`."""
    name = data.pop("act", "")
    customer, pnid = data.pop("customer", ""), data.pop("pnid", "")
    if customer not in world.customers or pnid not in world.numbers:
        raise ClientException("Unknown customer or pnid")
    if "content_base64" in data:
        data["content"] = base64.b64decode(data.pop("content_base64"))
    if name in ACTS:
        perform = getattr(world.handset(customer, pnid), name)
    elif name in _IDENTITY_ACTS:
        perform = partial(_IDENTITY_ACTS[name], world, customer, pnid)
    else:
        raise ClientException(f"Unknown act; known are {', '.join(sorted(ACTS | _IDENTITY_ACTS.keys()))}")
    try:
        return {"id": await perform(**data)}
    except (TypeError, ValueError) as error:
        raise ClientException(str(error)) from error


@post("/echo", status_code=200)
async def echo(world: NamedDependency[World], data: JSONBody[Json]) -> Json:
    """customer, pnid, told: written in the phone app of the business."""
    told = account.echoes(world, data["customer"], data["pnid"], data["told"])
    return {"id": await told}


@post("/replay", status_code=200)
async def replay(request: Request[Any, Any, Any], world: NamedDependency[World]) -> Json:
    """The body is posted to the webhook as it is, rightly signed."""
    world.replay(await request.body())
    return {"ok": True}


@post("/tell", status_code=200)
async def tell(world: NamedDependency[World], data: JSONBody[Json]) -> Json:
    """field, value, owner?: any webhook change."""
    world.post(data["field"], data["value"], owner=data.get("owner"))
    return {"ok": True}


@post("/templates", status_code=200)
async def add_template(world: NamedDependency[World], data: JSONBody[Json]) -> Template:
    return world.add_template(msgspec.convert(data, Template))


@get("/faults")
async def show_faults(world: NamedDependency[World]) -> Faults:
    return world.faults


@patch("/faults")
async def turn_faults(world: NamedDependency[World], data: JSONBody[Json]) -> Faults:
    """Only what is named changes: {"status": {"skip_delivered": {"times": 1}}}."""
    try:
        turn(world.faults, data)
    except (msgspec.ValidationError, KeyError) as error:
        raise ClientException(f"No such knob or value: {error}") from error
    return world.faults


@post("/clock", status_code=200)
async def move_clock(clock: NamedDependency[Clock], data: JSONBody[Json]) -> Json:
    """advance_s: moves business time, also backwards."""
    clock.advance(timedelta(seconds=data["advance_s"]))
    return {"business": clock.business().isoformat()}


@get("/sent")
async def sent(world: NamedDependency[World], since: FromQuery[int] = 0) -> list[SentMessage]:
    return list(world.sent)[since:]


@get("/requests")
async def requests(world: NamedDependency[World], since: FromQuery[int] = 0) -> list[RecordedRequest]:
    return list(world.requests)[since:]


@get("/marks")
async def marks(world: NamedDependency[World], since: FromQuery[int] = 0) -> list[ReadMark]:
    return list(world.marks)[since:]


@get("/deliveries")
async def deliveries(world: NamedDependency[World], since: FromQuery[int] = 0) -> list[Delivery]:
    return list(world.deliveries)[since:]


@get("/thread")
async def thread(world: NamedDependency[World], customer: FromQuery[str], pnid: FromQuery[str]) -> list[Line]:
    return world.thread(customer, pnid)


@post("/settle", status_code=200)
async def settle(world: NamedDependency[World], data: JSONBody[Json]) -> Response[Json]:
    """Waits up to timeout_s (10) until all is told; 408 if it takes longer."""
    try:
        await world.settled(data.get("timeout_s", 10.0))
    except TimeoutError:
        return Response({"settled": False}, status_code=408)
    return Response({"settled": True})


def turn(target: Any, changes: Json) -> None:
    """Sets the named fields, and fields of fields, checked against their types."""
    hints = get_type_hints(type(target))
    for name, value in changes.items():
        current = getattr(target, name) if name in hints else None
        if isinstance(value, dict) and hasattr(current, "__dataclass_fields__"):
            turn(current, value)
        else:
            setattr(target, name, msgspec.convert(value, hints[name]))
