"""The page of rules, and the draft's bar that every page of the owner carries."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency as Given

from waia.rules.content import RuleContent
from waia.rules.draft import Draft
from waia.rules.editor.desk import RuleDesk, State
from waia.rules.editor.form import Form, form_of
from waia.rules.editor.rows import Filters, counts, step_names, steps_of
from waia.rules.finding_words import cure, wrong

AnyRequest = Request[Any, Any, Any]


@get(["/reglas", "/configuracion/reglas", "/configuracion"])
async def show_rules(rule_desk: Given[RuleDesk]) -> Response[str]:
    filters, state = filters_of(rule_desk.request), await rule_desk.state()
    open_form = None
    if filters.abierta is not None and (content := state.draft.rules.get(filters.abierta)) is not None:
        open_form = form_of(content, filters.abierta, seen=content.seen)
    return rule_desk.html(
        "rules/page.html",
        filters=filters,
        steps=steps_of(state, rule_desk.flow.settings.initial_step, filters),
        open_form=open_form,
        total=len(state.draft.rules),
        **shared(rule_desk, state),
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
    number = asked.pop("abierta", "")
    opened = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None
    known = {name: value[:200] for name, value in asked.items() if name in Filters.__struct_fields__}
    return msgspec.convert({**known, "abierta": opened}, Filters)


def blank(step: str) -> RuleContent:
    return RuleContent(step=step[:200])
