"""What Meta says of the account, shown to admins on top of the list until somebody has seen it."""

from litestar import Response, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from waia.accounts import audit
from waia.accounts.signed_in import SignedIn
from waia.chats.calls.words import alert_words
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.errors import NotFound
from waia.kit.render import Page
from waia.whatsapp.alerts_repository import mark_alert_seen, open_alerts

SHOWN = 3


@get("/avisos")
async def show_alerts(page: Given[Page], database: Given[Database], user: Given[SignedIn]) -> Response[str]:
    """For admins; to everybody else the page does not exist."""
    _admins_only(user)
    async with database.reading() as tx:
        alerts = await open_alerts(tx)
    told = [(alert, alert_words(alert.kind, alert.text, page.language)) for alert in alerts[:SHOWN]]
    return page.html("chats/_alerts.html", alerts=told, more=max(len(alerts) - SHOWN, 0))


@post("/avisos/{alert_id:int}/visto", status_code=200)
async def dismiss(
    page: Given[Page],
    database: Given[Database],
    user: Given[SignedIn],
    clock: Given[Clock],
    alert_id: FromPath[int],
) -> Response[str]:
    _admins_only(user)

    async def work(tx: Transaction) -> None:
        if not await mark_alert_seen(tx, alert_id, clock.real()):
            raise NotFound
        await audit.record(tx, user, "alert.seen", subject=f"alert {alert_id}", now=clock.real())

    await database.run(work)
    return await show_alerts.fn(page, database, user)  # type: ignore[no-any-return]


def _admins_only(user: SignedIn) -> None:
    if not user.is_admin:
        raise NotFound


@get("/atajos")
async def show_keys(page: Given[Page]) -> Response[str]:
    """The keys of the panel."""
    return page.html("chats/_keys.html")
