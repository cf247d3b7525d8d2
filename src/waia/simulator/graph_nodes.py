"""What the Graph API tells and changes about a phone number and the business account."""

from collections.abc import Callable

from waia.simulator.graph_errors import GraphError, not_found
from waia.simulator.http import Outcome, Request, ok
from waia.simulator.recipients import phone_digits
from waia.simulator.validate import check_product, fields
from waia.simulator.wire import Json
from waia.simulator.world import World

_PROFILE = frozenset({"messaging_product", "about", "address", "description", "email", "vertical", "websites"})


async def number(world: World, pnid: str, request: Request) -> Outcome:
    told = _number(world, pnid)
    asked = request.query.get("fields")
    if not asked:
        return ok(told)
    return ok({key: told[key] for key in (*asked.split(","), "id") if key in told})


async def numbers(world: World, waba_id: str, request: Request) -> Outcome:
    foreign = world.faults.account.foreign_numbers
    return ok(_page([_number(world, pnid) for pnid in world.numbers if pnid not in foreign]))


async def account(world: World, waba_id: str, request: Request) -> Outcome:
    return ok({"id": waba_id, "name": "WhatsApp Business", "currency": "USD", "timezone_id": "1"})


async def profile(world: World, pnid: str, request: Request) -> Outcome:
    return ok({"data": [{"messaging_product": "whatsapp"} | world.numbers[pnid].profile]})


async def change_profile(world: World, pnid: str, request: Request) -> Outcome:
    told = request.json()
    check_product(told)
    fields.only(told, _PROFILE | {"profile_picture_handle"}, "profile")
    for key, limit in (("about", 139), ("address", 256), ("description", 512), ("email", 128)):
        fields.optional_text(told, key, "profile", limit)
    world.numbers[pnid].profile |= {key: value for key, value in told.items() if key in _PROFILE}
    return ok({"success": True})


async def blocked(world: World, pnid: str, request: Request) -> Outcome:
    """Named by the phone if it is known, else by the user id."""
    people = [_person(world, key) for of_pnid, key in sorted(world.blocked) if of_pnid == pnid]
    return ok(_page([{"messaging_product": "whatsapp"} | person for person in people]))


async def block(world: World, pnid: str, request: Request) -> Outcome:
    return _change_blocks(world, pnid, request, world.blocked.add, "added_users")


async def unblock(world: World, pnid: str, request: Request) -> Outcome:
    return _change_blocks(world, pnid, request, world.blocked.discard, "removed_users")


async def forget_contact(world: World, pnid: str, request: Request) -> Outcome:
    """Erasure: the person leaves the contact book."""
    user_id = request.query.get("bsuid", "")
    if world.directory.find(user_id) is None:
        raise not_found(user_id)
    return ok({"success": True})


async def subscribe(world: World, waba_id: str, request: Request) -> Outcome:
    """Subscribing proves the callback first: Meta's GET handshake with the address and token given."""
    told = request.json()
    url = told.get("override_callback_uri") or world.postman.url
    token = told.get("verify_token") or world.verify_token
    if wrong := await world.postman.subscribe(url, token, world.ids.number(10)):
        raise GraphError(2200, f"Callback verification failed with the following errors: {wrong}")
    world.postman.url, world.verify_token, world.postman.subscribed = url, token, True
    return ok({"success": True})


async def unsubscribe(world: World, waba_id: str, request: Request) -> Outcome:
    world.postman.subscribed = False
    return ok({"success": True})


async def subscriptions(world: World, waba_id: str, request: Request) -> Outcome:
    app: Json = {"whatsapp_business_api_data": {"id": world.app_id, "name": "Waia", "link": "https://www.example.com"}}
    if world.faults.account.override_callback:
        app["override_callback_uri"] = world.faults.account.override_callback
    return ok({"data": [app] if world.postman.subscribed else []})


def _number(world: World, pnid: str) -> Json:
    number, account = world.numbers[pnid], world.faults.account
    rate = world.faults.throughput_per_s
    return {
        "verified_name": number.verified_name,
        "code_verification_status": "VERIFIED",
        "display_phone_number": f"+{number.display}",
        "quality_rating": account.quality,
        "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD" if rate else "HIGH"},
        "status": account.number_status,
        "name_status": account.name_status,
        "id": pnid,
    }


def _page(rows: list[Json]) -> Json:
    return {"data": rows, "paging": {"cursors": {"before": "MAZDZD", "after": "MAZDZD"}}}


def _person(world: World, key: str) -> Json:
    customer = world.customers.get(key)
    if customer is None:
        return {"wa_id": key}
    return customer.ids("wa_id", "user_id", "parent_user_id")


def _change_blocks(
    world: World, pnid: str, request: Request, change: Callable[[tuple[str, str]], None], told_as: str
) -> Outcome:
    told = request.json()
    check_product(told)
    changed = []
    for person in fields.items(told, "block_users", "message", 1, 1000):
        fields.only(person, frozenset({"user", "user_id"}), "block_users")
        written = person.get("user") or fields.text(person, "user_id", "block_users", 160)
        address = phone_digits(written) if "user" in person else written
        customer = world.directory.find(address)
        change((pnid, customer.key if customer else address))
        changed.append({"input": written, "wa_id" if "user" in person else "user_id": address})
    world.changed.beat()
    return ok({"messaging_product": "whatsapp", "block_users": {told_as: changed}})
