"""The page of rules, and the draft's bar that every page of the owner carries."""

import asyncio
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency as Given

from waia.rules.content import RuleContent
from waia.rules.draft import Draft
from waia.rules.editor.desk import RuleDesk, State
from waia.rules.editor.form import Form, form_of
from waia.rules.editor.rows import Filters, counts, listed_steps, step_names, steps_of
from waia.rules.finding_words import cure, wrong

AnyRequest = Request[Any, Any, Any]


@get(["/reglas", "/configuracion/reglas", "/configuracion"])
async def show_rules(rule_desk: Given[RuleDesk]) -> Response[str]:
    return await asyncio.to_thread(_rules, rule_desk, await rule_desk.state())


def _rules(desk: RuleDesk, state: State) -> Response[str]:
    filters, open_form = filters_of(desk.request), None
    if filters.abierta is not None and (content := state.draft.rules.get(filters.abierta)) is not None:
        open_form = form_of(content, filters.abierta, seen=content.seen)
    listed = listed_steps(steps_of(state, desk.flow.settings.initial_step, filters), filters)
    return desk.html(
        "rules/page.html",
        filters=filters,
        steps=listed.steps,
        listed=listed,
        open_form=open_form,
        total=len(state.draft.rules),
        **shared(desk, state),
    )


@get("/reglas/borrador", opt={"counts_as_use": False})
async def show_draft_bar(rule_desk: Given[RuleDesk]) -> Response[str]:
    return rule_desk.html("rules/_draft_bar.html", state=await rule_desk.state())


def shared(desk: RuleDesk, state: State) -> dict[str, Any]:
    """What the templates of rows and forms ask for."""
    return {
        "state": state,
        "counts": counts(state),
        "roles": state.roles,
        "handlers": sorted(desk.flow.settings.handlers),
        "step_names": step_names(state.draft),
        "initial": desk.flow.settings.initial_step,
        "may_publish_at_once": may_publish_at_once,
        "wrong": wrong,
        "cure": cure,
    }


def may_publish_at_once(draft: Draft, form: Form) -> bool:
    """Whether saving this rule and publishing would publish nothing else."""
    return not draft.changes_profile and not (draft.changed_ids - {form.rule_id})


def filters_of(request: AnyRequest) -> Filters:
    """What cannot be read is no filter."""
    asked = {name: value.strip() for name, value in request.query_params.items() if value.strip()}
    opened, first = _number(asked.pop("abierta", "")), _number(asked.pop("desde", ""))
    known = {name: value[:200] for name, value in asked.items() if name in Filters.__struct_fields__}
    return msgspec.convert({**known, "abierta": opened, "desde": first or 0}, Filters)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def blank(step: str) -> RuleContent:
    return RuleContent(step=step[:200])
