"""A small application of the routes, gate and headers of accounts, and browsers that visit it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

import httpx
from litestar import Litestar, Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.di import Provide

from waia.accounts import audit, people, repository
from waia.accounts.audit import Actor
from waia.accounts.guards import Gate, current_user, provide_user, require_admin
from waia.accounts.parts import Accounts, open_accounts
from waia.accounts.passwords import new_hasher
from waia.accounts.refusals import EXCEPTION_HANDLERS
from waia.accounts.routes import demo_routes, routes
from waia.accounts.signed_in import SignedIn
from waia.kit.clock import Clock
from waia.kit.csp_report import take_csp_report
from waia.kit.db import Database, Transaction
from waia.kit.errors import WaiaError
from waia.kit.render import Page, Pages
from waia.kit.security import AllowedHosts, security_headers
from waia.settings import Settings, load_settings

TESTS = Actor(None, "tests")
PASSWORD = "mango reloj tejado 7"
NEW_PASSWORD = "lluvia cobre violin 4"
TOKEN_FIELD = re.compile(r'name="_csrf" value="([^"]+)"')


class MovableClock(Clock):
    """Real time stands still until a test moves it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)

    def real(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@get("/sample/page")
async def sample_page(user: Given[SignedIn]) -> str:
    return f"hello {user.username}"


@get("/sample/admin", guards=[require_admin])
async def sample_admin_page() -> str:
    return "the admin page"


@get("/sample/stream", opt={"page": False, "counts_as_use": False})
async def sample_stream() -> str:
    return "data: x"


@post("/sample/change", status_code=200)
async def sample_change(request: Request[Any, Any, Any]) -> str:
    return f"changed {(await request.form()).get('text', '')}"


@post("/sample/signed", status_code=200, opt={"public": True, "csrf": False})
async def sample_webhook() -> str:
    return "taken"


@get("/sample/broken", opt={"public": True})
async def sample_broken() -> None:
    raise RuntimeError("the secret inside")


class World:
    """Database, clock and application of one test."""

    def __init__(self, folder: Path, database: Database, **settings: Any) -> None:
        plain = load_settings({"WAIA_DATA": str(folder)}, env_file=None)
        self.settings: Settings = replace(plain, **settings)
        self.clock = MovableClock()
        self.database = database
        self.accounts: Accounts = open_accounts(database, self.settings, self.clock)
        self.app = self._build()

    def browser(
        self,
        *,
        address: str = "203.0.113.7",
        host: str = "http://chat.test",
        headers: Mapping[str, str] | None = None,
    ) -> "Browser":
        transport = httpx.ASGITransport(cast(Any, self.app), client=(address, 40_000), raise_app_exceptions=False)
        return Browser(transport=transport, base_url=host, headers=headers)

    def local_browser(self) -> "Browser":
        return self.browser(address="127.0.0.1", host="http://localhost:5000")

    async def add_user(self, username: str, *roles: str, password: str = PASSWORD, **more: Any) -> int:
        hashed = more.pop("password_hash", None) or _hash_of(password)

        async def add(tx: Transaction) -> int:
            if roles:
                await repository.add_roles_once(tx, [(role.title(), role) for role in roles])
            return await people.create_user(
                tx,
                TESTS,
                username=username,
                password_hash=hashed,
                role_keywords=roles,
                must_change=more.pop("must_change", False),
                now=self.clock.now,
                **more,
            )

        return await self.database.run(add)

    async def stored_hash(self, username: str) -> str:
        async with self.database.reading() as tx:
            user = await repository.users(tx).named(username)
        assert user is not None
        return user.password_hash

    async def trail(self) -> list[str]:
        """The actions in the audit trail, in order."""
        async with self.database.reading() as tx:
            return [row.action for row in await audit.repository.entries_after(tx, 0, 10_000)]

    async def trail_is_intact(self) -> bool:
        async with self.database.reading() as tx:
            return (await audit.verify(tx)).intact

    def _build(self) -> Litestar:
        settings = self.settings
        pages = Pages(settings.timezone, self.clock, demo=settings.demo)

        def provide_page(request: Request[Any, Any, Any]) -> Page:
            user = current_user(request)
            token = user.csrf_token if user else ""
            return Page(pages, language="es", user=user, csrf_token=token, path=request.url.path)

        samples = [
            sample_page,
            sample_admin_page,
            sample_stream,
            sample_change,
            sample_webhook,
            sample_broken,
        ]
        return Litestar(
            [*routes, *(demo_routes if settings.demo else []), take_csp_report, *samples],
            middleware=[
                AllowedHosts(settings.allowed_hosts),
                Gate(self.accounts.sessions, settings, self.clock),
            ],
            before_send=[security_headers(settings.trusted_proxies, settings.base_url)],
            dependencies={
                "accounts": Provide(lambda: self.accounts, sync_to_thread=False),
                "page": Provide(provide_page, sync_to_thread=False),
                "user": Provide(provide_user, sync_to_thread=False),
            },
            exception_handlers={WaiaError: _answer_error, **EXCEPTION_HANDLERS},
            openapi_config=None,
            logging_config=None,
        )


class Browser(httpx.AsyncClient):
    """Keeps cookies, follows nothing by itself, fills in the forms it is given."""

    async def sign_in(self, username: str, password: str = PASSWORD, next_path: str = "/") -> httpx.Response:
        token = _token((await self.get("/login")).text)
        fields = {"username": username, "password": password, "next": next_path, "_csrf": token}
        return await self.post("/login", data=fields)

    async def form_token(self, path: str = "/clave") -> str:
        """The token that the pages of this login carry."""
        return _token((await self.get(path)).text)

    async def submit(self, path: str, **fields: str) -> httpx.Response:
        return await self.post(path, data={**fields, "_csrf": await self.form_token()})

    async def is_signed_in(self) -> bool:
        return (await self.get("/sample/page")).status_code == 200


@cache
def _hash_of(password: str) -> str:
    """As waia makes it; the work is done once for all people with that password."""
    return new_hasher().hash(password)


def _token(page: str) -> str:
    found = TOKEN_FIELD.search(page)
    assert found, page
    return found[1]


def _answer_error(_request: Request[Any, Any, Any], error: WaiaError) -> Response[dict[str, str]]:
    return Response({"error": error.code, "message": error.message}, status_code=error.status)
