"""`/ausencia`: somebody says that they are away; hand-overs then go to others."""

from typing import Any

from litestar import Request, Response, delete, put
from litestar.di import NamedDependency as Given

from waia.accounts import audit
from waia.accounts.parts import Accounts
from waia.accounts.repository import store_away
from waia.accounts.signed_in import SignedIn
from waia.kit.db import Transaction
from waia.kit.render import Page

AnyRequest = Request[Any, Any, Any]


@put("/ausencia")
async def go_away(page: Given[Page], accounts: Given[Accounts], user: Given[SignedIn]) -> Response[str]:
    return await _set(page, accounts, user, away=True)


@delete("/ausencia", status_code=200)
async def come_back(page: Given[Page], accounts: Given[Accounts], user: Given[SignedIn]) -> Response[str]:
    return await _set(page, accounts, user, away=False)


async def _set(page: Page, accounts: Accounts, user: SignedIn, *, away: bool) -> Response[str]:
    now = accounts.clock.real()

    async def work(tx: Transaction) -> None:
        await store_away(tx, user.id, now if away else None)
        await audit.record(tx, user, "user.away" if away else "user.back", subject=user.username, now=now)

    await accounts.database.run(work)
    accounts.sessions.forget_user(user.id)
    return page.html("accounts/_away.html", away=away)
