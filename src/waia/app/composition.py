"""The composition root: routes, gate, error pages and background loops become one application."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from operator import attrgetter
from traceback import format_exc
from typing import TYPE_CHECKING, Any

from litestar import Litestar, Request
from litestar.config.response_cache import ResponseCacheConfig
from litestar.di import NamedDependency as Given
from litestar.di import Provide
from litestar.types import LifeSpanScope, Receive, Scope, Send

from waia.accounts import routes as account_routes
from waia.accounts.guards import current_user, provide_user
from waia.accounts.refusals import EXCEPTION_HANDLERS as REFUSALS
from waia.app.described import described
from waia.app.error_pages import EXCEPTION_HANDLERS as ERROR_PAGES
from waia.app.health import routes as health_routes
from waia.app.installation import Doors, add_headers, asked, enter, installation_of
from waia.app.metrics import routes as metrics_routes
from waia.app.offline import routes as offline_routes
from waia.app.parts import Parts, make_parts
from waia.app.requests import begin
from waia.app.setup import prepare_database
from waia.app.static_files import show_static
from waia.chats.panel import routes as panel_routes
from waia.chats.panel import stream
from waia.dashboard import routes as board_routes
from waia.exports import routes as export_routes
from waia.health import page as health_page
from waia.kit.csp_report import take_csp_report
from waia.kit.render import Page, Pages, choose_language
from waia.owner import routes as owner_routes
from waia.push import routes as push_routes
from waia.quick_replies import routes as reply_routes
from waia.rules.editor import routes as rule_routes
from waia.settings import Settings
from waia.whatsapp.ingress import Ingress
from waia.whatsapp.webhook import webhook_route

if TYPE_CHECKING:
    from waia.app.demo import OtherEnd

MAX_BODY = 1024 * 1024


class Application:
    """The ASGI application of one installation. `routes` is Litestar's, and others of this process may share it."""

    def __init__(
        self, parts: Parts, routes: Litestar, lifespan: Callable[[], AbstractAsyncContextManager[None]]
    ) -> None:
        self._installation, self._lifespan = installation_of(parts), lifespan
        self.routes = routes

    async def __call__(self, scope: Scope | LifeSpanScope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            enter(scope, self._installation)
            begin(scope)
            await self.routes(scope, receive, send)

    async def _live(self, receive: Receive, send: Any) -> None:
        """Until the server says that it stops."""
        stage = "startup"
        await receive()
        try:
            async with self._lifespan():
                await send({"type": "lifespan.startup.complete"})
                stage = "shutdown"
                await receive()
        except BaseException:
            await send({"type": f"lifespan.{stage}.failed", "message": format_exc()})
            raise
        await send({"type": "lifespan.shutdown.complete"})


def create_app(settings: Settings, *, loops: bool = True, parts: Parts | None = None) -> Application:
    """The web application. `loops` False leaves the work to other processes (`waia work`)."""
    made = parts or make_parts(settings)
    stranger = _other_end(made) if settings.demo else None

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        await prepare_database(made)
        if stranger is not None:
            await stranger.start(made)
        made.start_relay()
        made.start_web()
        if loops:
            made.start_loops()
        try:
            yield
        finally:
            if stranger is not None:
                await stranger.close()
            await made.stop()

    return Application(made, _open(stranger.routes) if stranger else _plain_routes(), lifespan)


@cache
def _plain_routes() -> Litestar:
    """Three hundred handlers take a quarter of a second; they know no installation, so one process makes them once."""
    return _open(())


def _open(more: Sequence[Any]) -> Litestar:
    return Litestar(
        route_handlers=[webhook_route(_ingress_asked), *_routes(), *more],
        dependencies=_dependencies(),
        middleware=[Doors()],
        exception_handlers={**ERROR_PAGES, **REFUSALS},
        before_send=[add_headers],
        request_max_body_size=MAX_BODY,
        response_cache_config=ResponseCacheConfig(default_expiration=None),
        openapi_config=described(),
        include_in_schema=False,
        logging_config=None,
    )


def _ingress_asked(scope: Scope) -> tuple[Ingress, str]:
    parts = asked(scope).parts
    return parts.ingress, parts.settings.verify_token


def _routes() -> list[Any]:
    return [
        *health_routes,
        *metrics_routes,
        take_csp_report,
        *account_routes.routes,
        *panel_routes.routes,
        *stream.routes,
        *push_routes.routes,
        *offline_routes,
        show_static,
        *reply_routes.routes,
        *owner_routes.routes,
        *health_page.routes,
        *board_routes.routes,
        *rule_routes.routes,
        *export_routes.routes,
    ]


def _other_end(parts: Parts) -> "OtherEnd":
    """The simulator; imported only where the demo runs."""
    from waia.app.demo import other_end

    return other_end(parts)


def _dependencies() -> dict[str, Provide]:
    """What a handler may ask for by its name."""
    names = (
        "settings", "clock", "wakeups", "database", "pages", "rules", "accounts", "live", "links", "storage",
        "attacher", "push", "examiner", "newest_state",
    )  # fmt: skip
    provided = {name: Provide(_part(attrgetter(name)), sync_to_thread=False) for name in names}
    provided["shelf"] = Provide(_part(attrgetter("attacher")), sync_to_thread=False)
    provided["files"] = Provide(_part(attrgetter("exports")), sync_to_thread=False)
    provided["parts"] = Provide(_part(lambda parts: parts), sync_to_thread=False)
    provided["user"] = Provide(provide_user, sync_to_thread=False)
    provided["page"] = Provide(provide_page, sync_to_thread=False)
    return provided


def _part(find: Callable[[Parts], Any]) -> Any:
    def provide(scope: Scope) -> Any:
        return find(asked(scope).parts)

    return provide


def provide_page(request: Request[Any, Any, Any], pages: Given[Pages], settings: Given[Settings]) -> Page:
    """Renders for this request: in the language of its user or browser, with its user and CSRF token."""
    return page_for(request, pages, settings)


def page_for(request: Request[Any, Any, Any], pages: Pages, settings: Settings) -> Page:
    user = current_user(request)
    language = choose_language(request.headers.get("accept-language"), user.language if user else None, settings.lang)
    token = user.csrf_token if user else ""
    return Page(pages, language=language, user=user, csrf_token=token, path=request.scope["path"])
