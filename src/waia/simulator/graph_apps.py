"""What the Graph API tells about a token, and about the webhooks that an app wants."""

from datetime import timedelta
from email.utils import format_datetime

from waia.simulator.graph_errors import TITLES
from waia.simulator.http import Outcome, Request, ok
from waia.simulator.wire import Json
from waia.simulator.world import World

WEBHOOK_OBJECT = "whatsapp_business_account"
BAD_TOKEN = 190


async def debug_token(world: World, node: str, request: Request) -> Outcome:
    """Tells of any token; `expires_at` 0 is never. Its head has the time, as all of Meta's answers do."""
    now = world.clock.real() + timedelta(seconds=world.faults.account.clock_ahead_s)
    told = _valid(world) if request.query.get("input_token") == world.token else _invalid(world)
    return ok({"data": told}, headers={"date": format_datetime(now.replace(microsecond=0), usegmt=True)})


async def subscriptions(world: World, app_id: str, request: Request) -> Outcome:
    """For whoever knows the app's secret."""
    account = world.faults.account
    callback = world.postman.url if account.callback is None else account.callback
    if not callback:
        return ok({"data": []})
    fields = [{"name": name, "version": "v25.0"} for name in account.fields]
    wanted = {"object": WEBHOOK_OBJECT, "callback_url": callback, "active": True, "fields": fields}
    return ok({"data": [{"object": "user", "callback_url": callback, "active": True, "fields": []}, wanted]})


def _valid(world: World) -> Json:
    account = world.faults.account
    lasts = account.expires_in_s
    expires_at = 0 if lasts is None else int((world.clock.real() + timedelta(seconds=lasts)).timestamp())
    told = {"app_id": world.app_id, "type": "SYSTEM_USER", "application": "Waia", "user_id": "10000000000017"}
    return told | {
        "data_access_expires_at": 0,
        "expires_at": expires_at,
        "is_valid": lasts is None or lasts > 0,
        "scopes": account.scopes,
        "granular_scopes": [{"scope": scope, "target_ids": [world.waba_id]} for scope in account.scopes],
    }


def _invalid(world: World) -> Json:
    error = {"code": BAD_TOKEN, "message": TITLES[BAD_TOKEN]}
    return {"error": error, "is_valid": False, "scopes": []}
