"""`…/excel`: take the table out as a sheet, bring one in, see what it would change, apply it as a whole."""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response, delete, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency as Given
from litestar.params import FromPath
from litestar.response import Redirect

from waia.accounts.guards import require_admin
from waia.accounts.office import Office
from waia.bot.models import FlowProfile
from waia.kit.db import Transaction
from waia.kit.errors import Conflict, NotFound
from waia.kit.i18n import N_, translator
from waia.media.disposition import content_disposition
from waia.media.kinds import kind_of
from waia.owner.sheets import repository as imports
from waia.owner.sheets import targets
from waia.owner.sheets.columns import REPLIES, RULES
from waia.owner.sheets.safety import MB, MOST_BYTES, TOO_BIG
from waia.owner.sheets.values import Problem, Summary
from waia.rules.editing import choose_profile

ADMINS = [require_admin]
LARGEST_BODY = 12 * MB
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NO_FILE = N_("Elige un archivo .xlsx.")
PAGES = {REPLIES: "/configuracion/botones", RULES: "/configuracion/reglas"}


class ChangedMeanwhile(Conflict):
    code = "changed_meanwhile"
    message = N_("Alguien cambió algo mientras tanto. Se está comparando de nuevo.")


@get([f"{PAGES[REPLIES]}/excel", f"{PAGES[RULES]}/excel"], guards=ADMINS)
async def show_sheets(office: Given[Office]) -> Response[str]:
    return _page(office, _kind(office), "")


@get([f"{PAGES[REPLIES]}/excel/descarga", f"{PAGES[RULES]}/excel/descarga"], guards=ADMINS)
async def download(office: Given[Office]) -> Response[bytes]:
    from waia.owner.sheets.writing import write_sheet  # openpyxl takes 7 MB

    kind = _kind(office)
    async with office.accounts.database.reading() as tx:
        rows = await targets.current(tx, kind)
    action = "rules_exported" if kind == RULES else "replies_exported"
    await office.run(lambda tx: office.by.note(tx, action, "", rows=len(rows)))
    return await _file(f"waia-{kind}.xlsx", write_sheet, kind, rows)


@get([f"{PAGES[REPLIES]}/excel/plantilla", f"{PAGES[RULES]}/excel/plantilla"], guards=ADMINS)
async def download_template(office: Given[Office]) -> Response[bytes]:
    from waia.owner.sheets.writing import write_template

    kind = _kind(office)
    return await _file(f"plantilla-{kind}.xlsx", write_template, kind)


@post(
    [f"{PAGES[REPLIES]}/excel", f"{PAGES[RULES]}/excel"],
    guards=ADMINS,
    request_max_body_size=LARGEST_BODY,
)
async def upload(office: Given[Office]) -> Response[Any]:
    """Kept as a row; a worker looks through it, and its page tells how far it is."""
    kind, form = _kind(office), await office.request.form()
    sent = form.get("archivo")
    content = await sent.read() if isinstance(sent, UploadFile) else b""
    if not content or len(content) > MOST_BYTES:
        return _page(office, kind, TOO_BIG if content else NO_FILE, status=422)
    assert isinstance(sent, UploadFile)
    row = {"kind": kind, "user_id": office.user.id, "filename": sent.filename[:120], "content": content}
    row |= {"replace_all": form.get("reemplazar") == "1", "created_at": office.by.now}
    import_id = await office.run(lambda tx: imports.add_import(tx, row))
    return Redirect(f"/configuracion/excel/{import_id}", status_code=303)


@get("/configuracion/excel/{import_id:int}", guards=ADMINS)
async def show_import(office: Given[Office], import_id: FromPath[int]) -> Response[Any]:
    async with office.accounts.database.reading() as tx:
        row = await imports.import_of(tx, import_id, office.user.id)
    if row is None:
        raise NotFound
    template = "owner/sheets/_import.html" if office.wants_fragment else "owner/sheets/import.html"
    return office.page.html(template, **_shown(office, row))


@post("/configuracion/excel/{import_id:int}/aplicacion", guards=ADMINS, status_code=200)
async def apply(office: Given[Office], import_id: FromPath[int]) -> Response[Any]:
    """What was shown, or nothing: when something changed since, it is compared anew."""
    async with office.accounts.database.reading() as tx:
        row = await imports.import_of(tx, import_id, office.user.id)
        if row is None or row.state not in {"ready", "applied"}:
            raise NotFound
        new = await targets.replies_of(tx, await imports.changes_of(tx, import_id)) if row.kind == REPLIES else None
    profile, summary = await _profile(office, row), _summary(row)

    async def work(tx: Transaction) -> None:
        if not await imports.mark_applied(tx, import_id):
            return
        if not await targets.apply(tx, office.by, row, summary, new):
            raise ChangedMeanwhile
        if profile:
            await choose_profile(tx, FlowProfile.ORIGINAL)

    try:
        await office.run(work)
    except ChangedMeanwhile:
        await office.run(lambda tx: imports.look_again(tx, import_id))
        raise
    return await show_import.fn(office, import_id)  # type: ignore[no-any-return]


@delete("/configuracion/excel/{import_id:int}", guards=ADMINS, status_code=200)
async def discard(office: Given[Office], import_id: FromPath[int]) -> Response[Any]:
    async with office.accounts.database.reading() as tx:
        row = await imports.import_of(tx, import_id, office.user.id)
    if row is None:
        raise NotFound
    await office.run(lambda tx: imports.forget_import(tx, import_id, office.user.id))
    return Response(None, headers={"HX-Redirect": f"{PAGES[row.kind]}/excel"})


async def _profile(office: Office, row: Any) -> bool:
    """Whether the flow shall have the habits of the application that the sheet comes from."""
    asked = (await office.request.form()).get("perfil")
    return row.kind == RULES and asked == FlowProfile.ORIGINAL


def _kind(office: Office) -> str:
    return RULES if office.request.scope["path"].startswith(PAGES[RULES]) else REPLIES


def _page(office: Office, kind: str, error: str, status: int = 200) -> Response[str]:
    return office.page.html("owner/sheets/page.html", status=status, kind=kind, back=PAGES[kind], error=error)


async def _file(name: str, write: Any, *told: Any) -> Response[bytes]:
    content = await asyncio.to_thread(write, *told)
    headers = {"Content-Disposition": content_disposition(name, kind_of(XLSX))}
    return Response(content, media_type=XLSX, headers=headers)


def _shown(office: Office, row: Any) -> dict[str, Any]:
    summary, translate = _summary(row), translator(office.page.language).gettext
    problems = [(problem.cell, _said(translate, problem)) for problem in summary.problems]
    offers_profile = row.kind == RULES and not summary.has_titles
    return {
        "row": row,
        "summary": summary,
        "problems": problems,
        "offers_profile": offers_profile,
        "back": PAGES[row.kind],
        "path": PAGES[row.kind],  # whose tab is the one that is open
    }


def _summary(row: Any) -> Summary:
    return msgspec.json.decode(row.report, type=Summary) if row.report else Summary()


def _said(translate: Any, problem: Problem) -> str:
    values: Mapping[str, str] = problem.values
    said: str = translate(problem.message)
    return said % values if values else said
