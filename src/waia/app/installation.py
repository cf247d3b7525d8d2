"""What the routes do not know by themselves: the parts of the installation that is asked, and what guards its doors.

The routes are made once for a process and keep nothing; each request brings its installation in its scope.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import cast

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from waia.accounts.guards import Gate
from waia.app.parts import Parts
from waia.app.requests import note_answer
from waia.kit.logs import about
from waia.kit.security import AllowedHosts, security_headers

PLACE = "installation"


@dataclass(frozen=True, slots=True)
class Installation:
    """`headers` is a hook that runs before an answer is sent."""

    parts: Parts
    hosts: AllowedHosts
    gate: Gate
    headers: Callable[[Message, Scope], Awaitable[None]]


def installation_of(parts: Parts) -> Installation:
    settings = parts.settings
    return Installation(
        parts=parts,
        hosts=AllowedHosts(settings.allowed_hosts),
        gate=Gate(parts.accounts.sessions, settings, parts.clock),
        headers=security_headers(settings.trusted_proxies, settings.base_url),
    )


def asked(scope: Scope) -> Installation:
    return cast("Installation", scope["state"][PLACE])


def enter(scope: Scope, installation: Installation) -> None:
    """From here on the request is that installation's."""
    scope.setdefault("state", {})[PLACE] = installation


class Doors(ASGIMiddleware):
    """The host names and the gate of the installation that is asked."""

    scopes = (ScopeType.HTTP, ScopeType.WEBSOCKET, ScopeType.ASGI)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        here = asked(scope)
        if isinstance(chat_id := scope["path_params"].get("chat_id"), int):
            about(chat=chat_id)

        async def gate(scope: Scope, receive: Receive, send: Send) -> None:
            await here.gate.handle(scope, receive, send, next_app)

        await here.hosts.handle(scope, receive, send, gate)


async def add_headers(message: Message, scope: Scope) -> None:
    here = asked(scope)
    await here.headers(message, scope)
    note_answer(message, scope, tells=here.parts.settings.log_access)
