"""The fake Graph API as one mounted handler: every path below it is answered in Meta's shape."""

import re
from collections.abc import Awaitable, Callable, Mapping

from litestar import Litestar, Router, asgi
from litestar.types import Receive, Scope, Send

from waia.simulator import graph_apps, graph_media, graph_messages, graph_nodes, graph_templates
from waia.simulator.graph_errors import GraphError, answer_body, not_found
from waia.simulator.http import Outcome, Request, ok, read_request, write
from waia.simulator.records import RecordedRequest
from waia.simulator.world import World

Handler = Callable[[World, str, Request], Awaitable[Outcome]]

_VERSION = re.compile(r"v(\d+)\.0")
_OLDEST, _NEWEST = 17, 26
_BEARER = "Bearer "


def create_graph_app(world: World) -> Litestar:
    """A server of its own; closes the world when it stops."""
    return Litestar([graph_routes(world)], on_shutdown=[world.aclose], openapi_config=None, logging_config=None)


def graph_routes(world: World, path: str = "/") -> Router:
    """To be mounted under any prefix. Free of CSRF checks and sign-in: it has Meta's own bearer check."""

    @asgi("/", is_mount=True, exclude_from_csrf=True, exclude_from_auth=True, copy_scope=True)
    async def graph(scope: Scope, receive: Receive, send: Send) -> None:
        await _serve(world, scope, receive, send)

    return Router(path, route_handlers=[graph])


async def _serve(world: World, scope: Scope, receive: Receive, send: Send) -> None:
    try:
        request = await read_request(scope, receive)
    except GraphError as error:
        await write(_refusal(world, error), scope, receive, send)
        return
    outcome = await _answer(world, request)
    _record(world, request, outcome.status)
    await write(outcome, scope, receive, send)


async def _answer(world: World, request: Request) -> Outcome:
    try:
        return await _outcome(world, request)
    except GraphError as error:
        return _refusal(world, error)


async def _outcome(world: World, request: Request) -> Outcome:
    world.graph_url = world.graph_url or request.base_url
    if request.segments[:1] == ("lookaside",):
        return await graph_media.download(world, request, authorized=_is_by(request, world.token))
    node, edge = _node_and_edge(request)
    kind = _kind(world, node)
    if not _is_by(request, _app_token(world) if kind == "app" else world.token):
        raise _bad_token(world, request)
    handler = _HANDLERS.get((request.method, kind, edge))
    if handler is None:
        raise not_found(node)
    if handler in _QUESTIONS and world.faults.account.unavailable.fires(world.rng):
        raise GraphError(2)
    return await handler(world, node, request)


def _is_by(request: Request, token: str) -> bool:
    return request.headers.get("authorization") == _BEARER + token


def _app_token(world: World) -> str:
    return f"{world.app_id}|{world.postman.app_secret}"


def _bad_token(world: World, request: Request) -> GraphError:
    told = request.headers.get("authorization", "").removeprefix(_BEARER)
    return GraphError(190, f"Malformed access token {told}" if world.faults.account.repeats_token else "")


def _node_and_edge(request: Request) -> tuple[str, str]:
    match = _VERSION.fullmatch(request.segments[0]) if request.segments else None
    if match is None or not _OLDEST <= int(match[1]) <= _NEWEST or not 2 <= len(request.segments) <= 3:
        raise GraphError(2500, f"Unknown path components: {request.path or '/'}")
    return request.segments[1], request.segments[2] if len(request.segments) == 3 else ""


def _kind(world: World, node: str) -> str:
    if node in world.numbers:
        return "number"
    if node == world.waba_id:
        return "account"
    if node in {world.app_id, "debug_token"}:
        return "app" if node == world.app_id else node
    return "media" if world.media.find(node) else "unknown"


def _refusal(world: World, error: GraphError) -> Outcome:
    headers = graph_messages.retry_headers(world, error)
    if error.code == 190:
        headers["www-authenticate"] = 'OAuth "Facebook Platform" "invalid_token"'
    return ok(answer_body(error, world.ids.trace()), error.http, headers)


def _record(world: World, request: Request, answered: int | None) -> None:
    world.requests.append(
        RecordedRequest(
            method=request.method,
            path=request.path,
            query=request.query,
            headers=request.headers,
            body=request.body,
            at=world.clock.real(),
            answered=answered,
        )
    )
    world.changed.beat()


_HANDLERS: Mapping[tuple[str, str, str], Handler] = {
    ("POST", "number", "messages"): graph_messages.post_message,
    ("POST", "number", "media"): graph_media.upload,
    ("GET", "media", ""): graph_media.describe,
    ("DELETE", "media", ""): graph_media.delete,
    ("GET", "number", ""): graph_nodes.number,
    ("GET", "number", "whatsapp_business_profile"): graph_nodes.profile,
    ("POST", "number", "whatsapp_business_profile"): graph_nodes.change_profile,
    ("GET", "number", "block_users"): graph_nodes.blocked,
    ("POST", "number", "block_users"): graph_nodes.block,
    ("DELETE", "number", "block_users"): graph_nodes.unblock,
    ("DELETE", "number", "contact_book"): graph_nodes.forget_contact,
    ("GET", "account", ""): graph_nodes.account,
    ("GET", "account", "phone_numbers"): graph_nodes.numbers,
    ("GET", "account", "subscribed_apps"): graph_nodes.subscriptions,
    ("POST", "account", "subscribed_apps"): graph_nodes.subscribe,
    ("DELETE", "account", "subscribed_apps"): graph_nodes.unsubscribe,
    ("GET", "debug_token", ""): graph_apps.debug_token,
    ("GET", "app", "subscriptions"): graph_apps.subscriptions,
    ("GET", "account", "message_templates"): graph_templates.templates,
    ("POST", "account", "message_templates"): graph_templates.create,
    ("DELETE", "account", "message_templates"): graph_templates.delete,
}
_QUESTIONS = frozenset(
    {
        graph_apps.debug_token,
        graph_apps.subscriptions,
        graph_nodes.number,
        graph_nodes.numbers,
        graph_nodes.subscriptions,
    }
)
