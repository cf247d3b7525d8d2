"""The long-lived parts of accounts, made once by the application, handed to handlers as `accounts`."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from litestar import Request

from waia.accounts.cookies import form_cookie_name, login_cookie_name
from waia.accounts.form_seal import FormSeals
from waia.accounts.passwords import Passwords
from waia.accounts.sessions import Sessions
from waia.accounts.throttle import Throttle
from waia.kit.clock import Clock
from waia.kit.db import Database
from waia.kit.secret_key import secret_key
from waia.kit.security import client_address, is_https, is_local
from waia.settings import Settings


@dataclass(frozen=True, slots=True)
class Visitor:
    """The browser that wants to sign in. `local`: it runs on this machine, with no proxy between."""

    address: str
    user_agent: str
    https: bool
    local: bool
    login_token: str | None
    form_cookie: str | None


@dataclass(frozen=True, slots=True)
class Accounts:
    database: Database
    settings: Settings
    clock: Clock
    sessions: Sessions
    passwords: Passwords
    throttle: Throttle
    seals: FormSeals

    def visitor(self, request: Request[Any, Any, Any]) -> Visitor:
        scope, settings = request.scope, self.settings
        https = is_https(scope, settings.trusted_proxies, settings.base_url)
        return Visitor(
            address=client_address(scope, settings.trusted_proxies),
            user_agent=request.headers.get("user-agent", ""),
            https=https,
            local=is_local(scope),
            login_token=request.cookies.get(login_cookie_name(https)),
            form_cookie=request.cookies.get(form_cookie_name(https)),
        )


def open_accounts(database: Database, settings: Settings, clock: Clock) -> Accounts:
    return Accounts(
        database=database,
        settings=settings,
        clock=clock,
        sessions=Sessions(database, clock, timedelta(hours=settings.login_idle_hours)),
        passwords=Passwords(),
        throttle=Throttle(database, clock),
        seals=FormSeals(secret_key(settings.secret_key, settings.data_dir)),
    )
