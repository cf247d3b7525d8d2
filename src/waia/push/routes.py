"""`/notificaciones`: this browser wants to be told, or no more; `/mirada`: somebody looks at a page of the panel."""

from typing import Any, TypeVar

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency as Given
from litestar.handlers import HTTPRouteHandler

from waia.accounts import audit
from waia.accounts.parts import Accounts
from waia.accounts.signed_in import SignedIn
from waia.kit.db import Transaction
from waia.kit.errors import Invalid, NotFound
from waia.kit.i18n import N_
from waia.kit.places import Forbidden, Unresolved
from waia.kit.render import Page
from waia.push import repository
from waia.push.parts import Push
from waia.push.repository import Subscription

AnyRequest = Request[Any, Any, Any]
T = TypeVar("T")
LARGEST = 4_096
LONGEST_ADDRESS = 2_000
PAGE_NAME = 36
BEAT_S, SELDOM_S = 30, 300
BAD_SERVICE = N_("waia no conoce el servicio de notificaciones de este navegador (WAIA_PUSH_HOSTS).")
BAD_KEYS = N_("El navegador no dio claves que sirvan. Vuelve a intentarlo.")


class Keys(msgspec.Struct, frozen=True):
    p256dh: str
    auth: str


class Wish(msgspec.Struct, frozen=True):
    """As `PushSubscription.toJSON()` writes it."""

    endpoint: str
    keys: Keys


class Unwish(msgspec.Struct, frozen=True):
    endpoint: str


class Look(msgspec.Struct, frozen=True):
    pagina: str
    visible: bool


@get("/notificaciones", opt={"page": False})
async def show_key(push: Given[Push]) -> dict[str, str]:
    """What a browser needs to subscribe; 404 where notifications are not offered."""
    if push.client is None:
        raise NotFound
    return {"clave": push.client.public_key}


@post("/notificaciones", status_code=204, request_max_body_size=LARGEST)
async def subscribe(
    request: AnyRequest, push: Given[Push], accounts: Given[Accounts], user: Given[SignedIn], page: Given[Page]
) -> None:
    subscription = await _checked(_read(await request.body(), Wish), push)
    now, visitor = accounts.clock.real(), accounts.visitor(request)

    async def work(tx: Transaction) -> None:
        if await repository.add_device(tx, user.id, user.login_id, subscription, page.language, now):
            await audit.record(tx, user, "push.on", subject=user.username, address=visitor.address, now=now)

    await accounts.database.run(work)


@delete("/notificaciones", status_code=204, request_max_body_size=LARGEST)
async def unsubscribe(request: AnyRequest, accounts: Given[Accounts], user: Given[SignedIn]) -> None:
    """The same answer whether there was one or not."""
    endpoint = _read(await request.body(), Unwish).endpoint
    now, visitor = accounts.clock.real(), accounts.visitor(request)

    async def work(tx: Transaction) -> None:
        if await repository.remove_device(tx, user.id, endpoint):
            await audit.record(tx, user, "push.off", subject=user.username, address=visitor.address, now=now)

    await accounts.database.run(work)


@put("/mirada", opt={"counts_as_use": False}, request_max_body_size=LARGEST)
async def note_look(request: AnyRequest, accounts: Given[Accounts], user: Given[SignedIn]) -> Response[dict[str, int]]:
    """Says in how many seconds the page should tell again. Of people without notifications nothing is noted."""
    sent = _read(await request.body(), Look)
    if not sent.pagina.isascii() or not 0 < len(sent.pagina) <= PAGE_NAME:
        raise Invalid
    async with accounts.database.reading() as tx:
        if not await repository.has_devices(tx, user.id):
            return Response({"otra_vez_s": SELDOM_S})
    now = accounts.clock.real()
    if sent.visible:
        await accounts.database.run(lambda tx: repository.look(tx, sent.pagina, user.id, now))
    else:
        await accounts.database.run(lambda tx: repository.look_away(tx, sent.pagina, user.id))
    return Response({"otra_vez_s": BEAT_S})


routes: list[HTTPRouteHandler] = [show_key, subscribe, unsubscribe, note_look]


def _read(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Invalid from None


async def _checked(wish: Wish, push: Push) -> Subscription:
    """Raises Invalid for what could never be sent to."""
    from waia.push.sealing import BadKeys, check_keys

    if push.client is None:
        raise NotFound
    if len(wish.endpoint) > LONGEST_ADDRESS:
        raise Invalid({"endpoint": BAD_SERVICE})
    try:
        check_keys(wish.keys.p256dh, wish.keys.auth)
        await push.client.check(wish.endpoint)
    except BadKeys:
        raise Invalid({"keys": BAD_KEYS}) from None
    except Forbidden:
        raise Invalid({"endpoint": BAD_SERVICE}) from None
    except Unresolved:
        pass  # it may be found when there is something to send; then it is judged again
    return Subscription(wish.endpoint, wish.keys.p256dh, wish.keys.auth)
