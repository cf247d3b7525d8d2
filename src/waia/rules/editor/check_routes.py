"""The page of the flow check, and the repair of an option that leads to a silent step."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given
from litestar.response import Redirect

from waia.accounts.forms import read_form
from waia.bot.check import Code
from waia.bot.normalise import step_key
from waia.kit.db import Transaction
from waia.kit.errors import NotFound
from waia.rules import editing
from waia.rules.content import RuleContent
from waia.rules.editor.desk import LARGEST_FORM, RuleDesk
from waia.rules.editor.pages import shared

AnyRequest = Request[Any, Any, Any]
# What customers read until the owner writes better: the flow speaks the language of its texts.
WELCOME = "Elegiste *{option}*. Cuéntame qué necesitas."


class EntryForm(msgspec.Struct, frozen=True):
    paso: str = ""


@get("/reglas/revision")
async def show_check(rule_desk: Given[RuleDesk]) -> Response[Any]:
    state = await rule_desk.state()
    return rule_desk.html("rules/check.html", **shared(rule_desk, state))


@post("/reglas/revision/entradas", status_code=200, request_max_body_size=LARGEST_FORM)
async def add_entry(request: AnyRequest, rule_desk: Given[RuleDesk]) -> Response[Any]:
    """A rule `@entrada` for a step that an option leads to in silence, opened to be written."""
    step = (await read_form(request, EntryForm)).paso
    state = await rule_desk.state()
    found = next((dict(one.detail) for one in state.checked.findings if _is_about(one, step)), None)
    if found is None:
        raise NotFound
    content = RuleContent(step=found["target"], triggers="@entrada", text=WELCOME.format(option=found["option"]))

    async def work(tx: Transaction) -> int:
        known = state.draft
        edited = await editing.save(tx, rule_desk.user, None, content, "", rule_desk.real_now, known=known)
        await rule_desk.note_rule(tx, "rule.created", edited.rule_id, None, content)
        return edited.rule_id

    rule_id = await rule_desk.run(work)
    return Redirect(f"/reglas?abierta={rule_id}#rule-{rule_id}", status_code=303)


def _is_about(finding: Any, step: str) -> bool:
    return finding.code is Code.OPTION_WITHOUT_ENTRY and step_key(dict(finding.detail)["target"]) == step_key(step)
