"""Inline editing of rules: a row, its form, create, save, delete and undo, switch, copy and order."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency as Given
from litestar.params import FromPath
from litestar.response import Redirect

from waia.accounts.forms import read_form as read_plain_form
from waia.kit.db import Transaction
from waia.kit.errors import NotFound
from waia.kit.i18n import N_
from waia.rules import editing
from waia.rules.draft import Draft
from waia.rules.editing import Edited
from waia.rules.editor.answers import Toast, answer
from waia.rules.editor.desk import LARGEST_FORM, RuleDesk, State
from waia.rules.editor.form import form_of
from waia.rules.editor.pages import blank, shared
from waia.rules.editor.rows import row_of

AnyRequest = Request[Any, Any, Any]
Act = Callable[[Transaction, Draft], Awaitable[Edited]]
REMOVED = N_("Regla quitada.")
COPIED = N_("Copiada y desactivada: cámbiala y actívala.")


class PlaceForm(msgspec.Struct, frozen=True):
    lugar: str = ""


@get("/reglas/nueva")
async def show_new(rule_desk: Given[RuleDesk]) -> Response[Any]:
    """A form for a rule of the step that the address names, or of none yet."""
    step = rule_desk.request.query_params.get("paso", "")
    if not rule_desk.by_htmx:
        return Redirect("/reglas", status_code=303)
    form = form_of(blank(step), token=uuid4().hex[:8])
    return rule_desk.html("rules/_row_form.html", form=form, **shared(rule_desk, await rule_desk.state()))


@get("/reglas/{rule_id:int}")
async def show_row(rule_desk: Given[RuleDesk], rule_id: FromPath[int]) -> Response[Any]:
    """The row as it is: for who leaves the form without saving."""
    state = await rule_desk.state()
    row = row_of(state, rule_id)
    if row is None:
        raise NotFound
    if not rule_desk.by_htmx:
        return Redirect(f"/reglas#rule-{rule_id}", status_code=303)
    return rule_desk.html("rules/_row.html", row=row, **shared(rule_desk, state))


@get("/reglas/{rule_id:int}/edicion")
async def show_form(rule_desk: Given[RuleDesk], rule_id: FromPath[int]) -> Response[Any]:
    state = await rule_desk.state()
    content = state.draft.rules.get(rule_id)
    if content is None:
        raise NotFound
    if not rule_desk.by_htmx:
        return Redirect(f"/reglas?abierta={rule_id}#rule-{rule_id}", status_code=303)
    form = form_of(content, rule_id, seen=content.seen)
    return rule_desk.html("rules/_row_form.html", form=form, **shared(rule_desk, state))


@delete("/reglas/{rule_id:int}", status_code=200)
async def remove(rule_desk: Given[RuleDesk], rule_id: FromPath[int]) -> Response[Any]:
    async def work(tx: Transaction, known: Draft) -> Edited:
        return await editing.remove(tx, rule_desk.user, rule_id, rule_desk.real_now, known=known)

    toast = Toast(REMOVED, undo=("post", f"/reglas/{rule_id}/regreso"))
    return await _change(rule_desk, rule_id, "rule.removed", work, toast=toast)


@post("/reglas/{rule_id:int}/regreso", status_code=200)
async def bring_back(rule_desk: Given[RuleDesk], rule_id: FromPath[int]) -> Response[Any]:
    async def work(tx: Transaction, known: Draft) -> Edited:
        return await editing.bring_back(tx, rule_desk.user, rule_id, rule_desk.real_now, known=known)

    return await _change(rule_desk, rule_id, "rule.brought_back", work)


@delete("/reglas/{rule_id:int}/borrador", status_code=200)
async def forget_change(rule_desk: Given[RuleDesk], rule_id: FromPath[int]) -> Response[Any]:
    async def work(tx: Transaction, known: Draft) -> Edited:
        return await editing.forget_change(tx, rule_id, known=known)

    return await _change(rule_desk, rule_id, "rule.change_dropped", work)


@put("/reglas/{rule_id:int}/activa")
async def switch_on(rule_desk: Given[RuleDesk], rule_id: FromPath[int]) -> Response[Any]:
    return await _switch(rule_desk, rule_id, enabled=True)


@delete("/reglas/{rule_id:int}/activa", status_code=200)
async def switch_off(rule_desk: Given[RuleDesk], rule_id: FromPath[int]) -> Response[Any]:
    return await _switch(rule_desk, rule_id, enabled=False)


@post("/reglas/{rule_id:int}/copia", status_code=200)
async def copy(rule_desk: Given[RuleDesk], rule_id: FromPath[int]) -> Response[Any]:
    async def work(tx: Transaction, known: Draft) -> Edited:
        return await editing.copy(tx, rule_desk.user, rule_id, rule_desk.real_now, known=known)

    before = await rule_desk.state()
    copy_id = await _write(rule_desk, before, "rule.copied", work)
    return await answer(rule_desk, before, copy_id, element=f"rule-{copy_id}", toast=Toast(COPIED))


@put("/reglas/{rule_id:int}/lugar", request_max_body_size=LARGEST_FORM)
async def move(request: AnyRequest, rule_desk: Given[RuleDesk], rule_id: FromPath[int]) -> Response[Any]:
    """`lugar` counts from 1 among the rules of the step."""
    asked = (await read_plain_form(request, PlaceForm)).lugar
    place = int(asked) - 1 if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0

    async def work(tx: Transaction, known: Draft) -> Edited:
        return await editing.move(tx, rule_desk.user, rule_id, place, rule_desk.real_now, known=known)

    return await _change(rule_desk, rule_id, "rule.moved", work)


async def _switch(desk: RuleDesk, rule_id: int, *, enabled: bool) -> Response[Any]:
    async def work(tx: Transaction, known: Draft) -> Edited:
        return await editing.switch(tx, desk.user, rule_id, enabled, desk.real_now, known=known)

    return await _change(desk, rule_id, "rule.enabled" if enabled else "rule.disabled", work)


async def _change(
    desk: RuleDesk, rule_id: int, audited_as: str, act: Act, *, toast: Toast | None = None
) -> Response[Any]:
    before = await desk.state()
    await _write(desk, before, audited_as, act)
    return await answer(desk, before, rule_id, toast=toast)


async def _write(desk: RuleDesk, before: State, audited_as: str, act: Act) -> int:
    """One transaction with its entry in the trail; the id of the rule."""

    async def work(tx: Transaction) -> int:
        edited = await act(tx, before.draft)
        old, new = (draft.rules.get(edited.rule_id) for draft in (before.draft, edited.draft))
        await desk.note_rule(tx, audited_as, edited.rule_id, old, new)
        return edited.rule_id

    return await desk.run(work)
