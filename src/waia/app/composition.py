"""The composition root: routes, gate, error pages and background loops become one application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from litestar import Litestar, Request
from litestar.config.response_cache import ResponseCacheConfig
from litestar.di import NamedDependency as Given
from litestar.di import Provide

from waia.accounts import routes as account_routes
from waia.accounts.guards import Gate, current_user, provide_user
from waia.accounts.refusals import EXCEPTION_HANDLERS as REFUSALS
from waia.app.error_pages import EXCEPTION_HANDLERS as ERROR_PAGES
from waia.app.health import routes as health_routes
from waia.app.offline import routes as offline_routes
from waia.app.parts import Parts, make_parts
from waia.app.setup import prepare_database
from waia.app.static_files import show_static
from waia.chats.panel import routes as panel_routes
from waia.chats.panel import stream
from waia.kit.csp_report import take_csp_report
from waia.kit.render import Page, Pages, choose_language
from waia.kit.security import AllowedHosts, security_headers
from waia.owner import routes as owner_routes
from waia.push import routes as push_routes
from waia.quick_replies import routes as reply_routes
from waia.rules.editor import routes as rule_routes
from waia.settings import Settings
from waia.whatsapp.webhook import webhook_route

if TYPE_CHECKING:
    from waia.app.demo import OtherEnd

MAX_BODY = 1024 * 1024


def create_app(settings: Settings, *, loops: bool = True, parts: Parts | None = None) -> Litestar:
    """The web application. `loops` False leaves the work to other processes (`waia work`)."""
    made = parts or make_parts(settings)
    stranger = _other_end(made) if settings.demo else None

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        await prepare_database(made)
        if stranger is not None:
            await stranger.start(made)
        made.start_web()
        if loops:
            made.start_loops()
        try:
            yield
        finally:
            if stranger is not None:
                await stranger.close()
            await made.stop()

    return Litestar(
        route_handlers=[
            webhook_route(made.ingress, settings.verify_token),
            *_routes(),
            *(stranger.routes if stranger else ()),
        ],
        dependencies=_dependencies(made),
        middleware=[AllowedHosts(settings.allowed_hosts), Gate(made.accounts.sessions, settings, made.clock)],
        exception_handlers={**ERROR_PAGES, **REFUSALS},
        before_send=[security_headers(settings.trusted_proxies, settings.base_url)],
        lifespan=[lifespan],
        request_max_body_size=MAX_BODY,
        response_cache_config=ResponseCacheConfig(default_expiration=None),
        openapi_config=None,
        logging_config=None,
        state=_state(made),
    )


def _routes() -> list[Any]:
    return [
        *health_routes,
        take_csp_report,
        *account_routes.routes,
        *panel_routes.routes,
        *stream.routes,
        *push_routes.routes,
        *offline_routes,
        show_static,
        *reply_routes.routes,
        *owner_routes.routes,
        *rule_routes.routes,
    ]


def _other_end(parts: Parts) -> "OtherEnd":
    """The simulator; imported only where the demo runs."""
    from waia.app.demo import other_end

    return other_end(parts)


def _dependencies(parts: Parts) -> dict[str, Provide]:
    values = {
        "settings": parts.settings,
        "clock": parts.clock,
        "wakeups": parts.wakeups,
        "database": parts.database,
        "pages": parts.pages,
        "rules": parts.rules,
        "accounts": parts.accounts,
        "live": parts.live,
        "storage": parts.storage,
        "attacher": parts.attacher,
        "push": parts.push,
        "shelf": parts.attacher,
        "parts": parts,
    }
    provided = {name: Provide(_always(value), sync_to_thread=False) for name, value in values.items()}
    provided["user"] = Provide(provide_user, sync_to_thread=False)
    provided["page"] = Provide(provide_page, sync_to_thread=False)
    return provided


def _always(value: Any) -> Any:
    def provide() -> Any:
        return value

    return provide


def provide_page(request: Request[Any, Any, Any], pages: Given[Pages], settings: Given[Settings]) -> Page:
    """Renders for this request: in the language of its user or browser, with its user and CSRF token."""
    return page_for(request, pages, settings)


def page_for(request: Request[Any, Any, Any], pages: Pages, settings: Settings) -> Page:
    user = current_user(request)
    language = choose_language(request.headers.get("accept-language"), user.language if user else None, settings.lang)
    token = user.csrf_token if user else ""
    return Page(pages, language=language, user=user, csrf_token=token, path=request.scope["path"])


def _state(parts: Parts) -> Any:
    from litestar.datastructures import State

    return State({"parts": parts})
