"""`/exportaciones`: ask for a file of many chats, see how far it is, take it; only one's own, for a day."""

from typing import Any

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath
from litestar.response import Redirect, Stream

from waia.accounts.acting import rights_of
from waia.accounts.csrf import FIELD
from waia.accounts.office import Office
from waia.chats.panel.presenters import filter_choices
from waia.exports import jobs_repository as jobs
from waia.exports import repository
from waia.exports.parts import ExportFiles
from waia.exports.selection import Order, Selection
from waia.kit.db import Transaction
from waia.kit.errors import Conflict, Invalid, NotFound, TooMany
from waia.kit.i18n import N_
from waia.media.storage import NoSuchFile
from waia.rules.book import Rules

PAGE = "/exportaciones"
LARGEST_FORM = 65_536
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class TooManyExports(TooMany):
    message = N_("Ya tienes 5 exportaciones en marcha. Espera a que termine una.")


class RightsChanged(Conflict):
    code = "rights_changed"
    message = N_("Tus roles cambiaron desde que se hizo este archivo. Pídelo de nuevo.")


@get(PAGE)
async def show_exports(office: Given[Office]) -> Response[Any]:
    if office.wants_fragment:
        return office.page.html("exports/_jobs.html", **await _jobs(office))
    query = office.request.url.query
    listing = Selection(query=query).listing(office.accounts.settings.timezone)
    async with office.accounts.database.reading() as tx:
        choices = await filter_choices(tx)
    return office.page.html("exports/page.html", **await _jobs(office), listing=listing, choices=choices)


@get(f"{PAGE}/nueva")
async def show_new(office: Given[Office], rules: Given[Rules]) -> Response[Any]:
    """The dialog about chats that were marked in the list."""
    ids = _numbers(office.request.query_params.getall("chats", []))
    async with office.accounts.database.reading() as tx:
        without_role = (await rules.book(office.by.now)).chats_without_role
        seen = await repository.count_chats(tx, office.user, without_role, [repository.one_of(ids)]) if ids else 0
    return office.page.html("exports/_new.html", ids=ids, seen=seen)


@post(PAGE, status_code=200, request_max_body_size=LARGEST_FORM)
async def ask_for(office: Given[Office]) -> Response[Any]:
    order = await _order(office.request)
    selection = order.selection()

    async def work(tx: Transaction) -> None:
        if await jobs.open_jobs(tx, office.user.id) >= jobs.MOST_OPEN:
            raise TooManyExports
        await jobs.add_job(tx, office.user.id, order.filas, order.formato, selection, office.by.now)

    await office.run(work)
    if office.wants_fragment:
        return Response(None, headers={"HX-Redirect": PAGE})
    return Redirect(PAGE, status_code=303)


@get(f"{PAGE}/{{public_id:str}}")
async def take(office: Given[Office], files: Given[ExportFiles], public_id: FromPath[str]) -> Stream:
    job = await _own(office, public_id)
    if job.state != "ready":
        raise NotFound
    if job.rights != rights_of(office.user):
        raise RightsChanged
    try:
        size = await files.storage.size(job.storage_key)
    except NoSuchFile:
        raise NotFound from None
    subject = f"export {job.id}"
    await office.run(lambda tx: office.by.note(tx, "export.taken", subject, kind=job.kind, rows=job.rows))
    name = f"waia-{job.kind}-{job.created_at:%Y%m%d-%H%M}.{job.form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    headers["Content-Length"] = str(size)
    return Stream(files.storage.open(job.storage_key), media_type=TYPES[job.form], headers=headers)


@delete(f"{PAGE}/{{public_id:str}}", status_code=200)
async def forget(office: Given[Office], files: Given[ExportFiles], public_id: FromPath[str]) -> Response[Any]:
    job = await _own(office, public_id)

    async def work(tx: Transaction) -> str | None:
        await office.by.note(tx, "export.dropped", f"export {job.id}")
        return await jobs.forget_job(tx, public_id, office.user.id)

    if key := await office.run(work):
        await files.storage.remove(key)
    return office.page.html("exports/_jobs.html", **await _jobs(office))


async def _jobs(office: Office) -> dict[str, Any]:
    async with office.accounts.database.reading() as tx:
        mine = await jobs.jobs_of(tx, office.user.id, office.by.now)
    return {"jobs": mine, "rights": rights_of(office.user)}


async def _own(office: Office, public_id: str) -> Any:
    async with office.accounts.database.reading() as tx:
        job = await jobs.job_of(tx, public_id[:32], office.user.id, office.by.now)
    if job is None:
        raise NotFound
    return job


async def _order(request: Request[Any, Any, Any]) -> Order:
    """The chats come as often as rows were marked. Raises Invalid."""
    sent = [(name, str(value)) for name, value in (await request.form()).multi_items() if name != FIELD]
    fields: dict[str, Any] = {name: value for name, value in sent if name != "chats"}
    fields["chats"] = [value for name, value in sent if name == "chats"]
    try:
        return msgspec.convert(fields, Order, strict=False)
    except msgspec.ValidationError:
        raise Invalid from None


def _numbers(sent: list[str]) -> list[int]:
    return [int(each) for each in sent[:200] if each.isascii() and each.isdigit() and len(each) < 19]
