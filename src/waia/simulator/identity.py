"""Changes of who a customer is: number, user id, username, device. Meta tells them as system messages."""

from waia.simulator.people import Customer, IdentityMode
from waia.simulator.wire import Json
from waia.simulator.world import World


async def changes_number(world: World, customer_key: str, pnid: str, wa_id: str, *, old_shape: bool = False) -> str:
    """The user id changes with the number. `old_shape` has the keys of the first API versions."""
    customer = world.customers[customer_key]
    old_wa_id, before = customer.wa_id, _user_ids(customer, "previous_")
    customer.wa_id = wa_id
    _draw_user_ids(world, customer)
    body = f"User {customer.name} changed from {old_wa_id} to {wa_id}"
    if old_shape:
        system = {"body": body, "new_wa_id": wa_id, "type": "user_changed_number"}
    else:
        ids = _user_ids(customer) | before
        system = {"body": body, "wa_id": wa_id, "type": "user_changed_number"} | ids
    return _tell(world, pnid, {"from": old_wa_id, "system": system})


async def changes_user_id(world: World, customer_key: str, pnid: str) -> str:
    customer = world.customers[customer_key]
    before = _user_ids(customer, "previous_")
    _draw_user_ids(world, customer)
    system = {"body": f"User {customer.name} changed user id", "type": "user_changed_user_id"}
    system |= _user_ids(customer) | before
    if customer.shown_wa_id:
        system["wa_id"] = customer.shown_wa_id
    sender = {"from": customer.shown_wa_id} if customer.shown_wa_id else {}
    return _tell(world, pnid, sender | {"system": system})


async def changes_device(world: World, customer_key: str, pnid: str) -> str:
    """The identity key changes (only told if the identity check is on)."""
    customer = world.customers[customer_key]
    customer.identity_hash = world.ids.trace()
    identity = {"acknowledged": True, "created_timestamp": world.timestamp(), "hash": customer.identity_hash}
    system = {"body": "User identity changed", "type": "customer_identity_changed"}
    ids = customer.ids("from", "from_user_id", "from_parent_user_id")
    return _tell(world, pnid, ids | {"identity": identity, "system": system})


async def changes_username(world: World, customer_key: str, username: str | None) -> None:
    """No webhook tells of it; a person with a username may hide the phone from then on."""
    customer = world.customers[customer_key]
    customer.username = username
    world.changed.beat()


async def hides_number(world: World, customer_key: str, *, hidden: bool = True) -> None:
    customer = world.customers[customer_key]
    customer.mode = IdentityMode.BSUID_ONLY if hidden else IdentityMode.PHONE_AND_BSUID
    world.changed.beat()


def _draw_user_ids(world: World, customer: Customer) -> None:
    country = (customer.user_id or "CO.").partition(".")[0]
    customer.user_id = world.ids.bsuid(country)
    if customer.parent_user_id:
        customer.parent_user_id = world.ids.parent_bsuid(country)


def _user_ids(customer: Customer, prefix: str = "") -> Json:
    told = {
        f"{prefix}user_id": customer.shown_user_id,
        f"{prefix}parent_user_id": customer.shown_parent_user_id,
    }
    return {key: value for key, value in told.items() if value}


def _tell(world: World, pnid: str, told: Json) -> str:
    message = {"id": world.ids.wamid(), "timestamp": world.timestamp(), "type": "system"} | told
    world.changed.beat()
    world.post("messages", world.value(pnid) | {"messages": [message]})
    return str(message["id"])
