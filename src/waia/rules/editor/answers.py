"""How a change of the draft is answered: the row where it belongs now, the bar, and marks of rows that it touched."""

from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.response import Redirect

from waia.bot.normalise import step_key
from waia.rules.draft import Status
from waia.rules.editor.desk import RuleDesk, State
from waia.rules.editor.pages import shared
from waia.rules.editor.rows import Filters, Row, Step, element_key, rows_of, steps_of


@dataclass(frozen=True, slots=True)
class Toast:
    """`text` is a key of the catalogues; `undo` is what the button asks for: method and address."""

    text: str
    undo: tuple[str, str] | None = None
    link: tuple[str, str] | None = None


async def answer(
    desk: RuleDesk, before: State, rule_id: int, *, element: str = "", toast: Toast | None = None
) -> Response[Any]:
    """`element` is the form that the row takes the place of; without a script, the page with the rule."""
    if not desk.by_htmx:
        return Redirect(f"/reglas#rule-{rule_id}", status_code=303)
    state = await desk.state()
    row = next((one for one in rows_of(state) if one.id == rule_id), None)
    return desk.html(
        "rules/answers/changed.html",
        row=row,
        gone=element or f"rule-{rule_id}",
        step=_new_home(before, state, desk.flow.settings.initial_step, rule_id, row),
        home=element_key(row.content.step) if row else "",
        after=_above(state, row) if row else 0,
        stays=row is not None and not _moves(before, row),
        marked=_touched(before, state, rule_id),
        counted=_counted(before, state, rule_id),
        total=len(state.draft.rules),
        toast=toast,
        **shared(desk, state),
    )


def _moves(before: State, row: Row) -> bool:
    """Whether the row has to stand elsewhere than the one that it replaces."""
    old = before.draft.rules.get(row.id) or (one.content if (one := before.draft.pending.get(row.id)) else None)
    return old is None or step_key(old.step) != step_key(row.content.step)


def _new_home(before: State, state: State, initial: str, rule_id: int, row: Row | None) -> Step | None:
    """The whole group of a step that the page does not have yet; one of removed rules only is there."""
    if row is None or step_key(row.content.step) in {step_key(one.content.step) for one in rows_of(before)}:
        return None
    found = (step for step in steps_of(state, initial, Filters()) if any(one.id == rule_id for one in step.rows))
    return next(found, None)


def _above(state: State, row: Row) -> int:
    """The rule that the row stands below; 0 for the first of its step."""
    order = [one.id for one in rows_of(state) if step_key(one.content.step) == step_key(row.content.step)]
    place = order.index(row.id)
    return order[place - 1] if place else 0


def _counted(before: State, state: State, rule_id: int) -> list[tuple[str, int]]:
    """How many rules the steps have now that the rule was in and is in."""
    found = (one.draft.rules.get(rule_id) for one in (before, state))
    steps = dict.fromkeys(content.step for content in found if content is not None)
    return [(element_key(step), len(state.draft.in_step(step))) for step in steps]


def _touched(before: State, state: State, rule_id: int) -> list[Row]:
    """Other rows whose findings are not what the page shows."""
    old = before.checked.by_rule
    return [
        row
        for row in rows_of(state)
        if row.id != rule_id and row.status is not Status.REMOVED and list(row.findings) != old.get(row.id, [])
    ]
