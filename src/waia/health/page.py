"""`/configuracion/salud`: what the doctor says, in words, for who administers."""

from typing import Any

from litestar import Response, Router, get, post
from litestar.di import NamedDependency as Given
from litestar.di import Provide

from waia.accounts.guards import require_admin
from waia.accounts.office import Office, provide_office
from waia.health.check import State
from waia.health.report import Examiner

PAGE = "/configuracion/salud"
META_PART, WORK_PART = "health/_meta.html", "health/_work.html"
ADMINS = [require_admin]


@get(PAGE, guards=ADMINS)
async def show_health(office: Given[Office], examiner: Given[Examiner]) -> Response[str]:
    """What this machine answers, at once; Meta is asked by a button."""
    reports, work = await examiner.here(), await examiner.work()
    states = [check.state for report in [*reports, work] for check in report.checks]
    return office.page.html(
        "health/page.html",
        reports=reports,
        work=work,
        asked=examiner.last,
        fails=states.count(State.FAIL),
        warns=states.count(State.WARN),
    )


@get(f"{PAGE}/trabajo", guards=ADMINS, opt={"counts_as_use": False})
async def show_work(office: Given[Office], examiner: Given[Examiner]) -> Response[Any]:
    """For an open page that is looked at, every now and then."""
    return office.answer(WORK_PART, PAGE, work=await examiner.work())


@post(f"{PAGE}/meta", guards=ADMINS, status_code=200, request_max_body_size=4096)
async def ask(office: Given[Office], examiner: Given[Examiner]) -> Response[Any]:
    """Takes some seconds at most; who is in a hurry gets the answer that another one got just now."""
    asked = await examiner.meta()
    await office.run(lambda tx: office.by.note(tx, "health.asked", "Meta", state=str(asked.report.worst)))
    return office.answer(META_PART, PAGE, asked=asked)


routes = [
    Router(
        path="/",
        route_handlers=[show_health, show_work, ask],
        dependencies={"office": Provide(provide_office, sync_to_thread=False)},
    )
]
