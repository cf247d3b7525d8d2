"""The table of rules as plain values: steps, rows with what each does, what the check found, what the draft changed."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import msgspec

from waia.bot.check import Finding, Severity
from waia.bot.models import MatchMode, RuleKind, parse_menu, split_steps, split_triggers
from waia.bot.normalise import normalise, step_key
from waia.rules.content import RuleContent
from waia.rules.differences import changes_between
from waia.rules.draft import Draft, Status
from waia.rules.editor.desk import State

EXCERPT, MOST_TRIGGERS, MOST_ROWS = 140, 6, 300
SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


class Filters(msgspec.Struct, frozen=True):
    """From the address of the page; empty means all. `ver` is `cambios` or `avisos`, `abierta` a rule to edit.

    `desde` counts rules from 0: where the page begins in a flow that is too large for one.
    """

    paso: str = ""
    q: str = ""
    tipo: str = ""
    rol: str = ""
    ver: str = ""
    abierta: int | None = None
    desde: int = 0

    @property
    def are_set(self) -> bool:
        return any((self.paso, self.q, self.tipo, self.rol, self.ver))

    def address(self, first: int) -> str:
        """The page with the same filters that begins there."""
        named = {name: getattr(self, name) for name in ("paso", "q", "tipo", "rol", "ver")} | {"desde": first or ""}
        asked = urlencode({name: value for name, value in named.items() if value})
        return f"/reglas?{asked}" if asked else "/reglas"


@dataclass(frozen=True, slots=True)
class Way:
    """Where a rule or one of its options leads. `known`: that step has rules, in the draft as well."""

    option: str
    targets: tuple[str, ...]
    known: bool


@dataclass(frozen=True, slots=True)
class Row:
    """`place` counts from 1 among the rules of the step; 0 for one that the draft removes. `known`: steps with rules.

    What is shown of it is worked out when it is shown: of ten thousand rows a page shows a few.
    """

    id: int
    content: RuleContent
    status: Status
    findings: Sequence[Finding]
    author: str
    known: AbstractSet[str]
    place: int = 0

    @property
    def triggers(self) -> tuple[str, ...]:
        return split_triggers(self.content.triggers)[:MOST_TRIGGERS]

    @property
    def more_triggers(self) -> int:
        return max(0, len(split_triggers(self.content.triggers)) - MOST_TRIGGERS)

    @property
    def excerpt(self) -> str:
        return excerpt(self.content.text)

    @property
    def ways(self) -> Sequence[Way]:
        return tuple(_ways(self.content, self.known))

    @property
    def worst(self) -> Severity | None:
        return next((one for one in SEVERITIES if any(each.severity is one for each in self.findings)), None)

    @property
    def contains(self) -> bool:
        return self.content.match == MatchMode.CONTIENE


@dataclass(frozen=True, slots=True)
class Step:
    """`key` names the step in an element's id."""

    name: str
    key: str
    rows: tuple[Row, ...]
    is_initial: bool


def steps_of(state: State, initial: str, filters: Filters) -> list[Step]:
    """The initial step first, the others in the order of their first rule; only what the filters let through."""
    groups: dict[str, list[Row]] = {}
    for row in rows_of(state):
        if _passes(row, filters):
            groups.setdefault(step_key(row.content.step), []).append(row)
    found = [
        Step(rows[0].content.step, element_key(key), tuple(rows), key == step_key(initial))
        for key, rows in groups.items()
    ]
    return sorted(found, key=lambda step: not step.is_initial)


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of rules: from the `first` to before the `end` of `total`; addresses are empty where nothing is."""

    steps: list[Step]
    first: int
    end: int
    total: int
    before: str
    after: str


def listed_steps(steps: list[Step], filters: Filters) -> Listed:
    """So many rules as a page can hold; the one that is open is among them."""
    ids = [row.id for step in steps for row in step.rows]
    wanted = ids.index(filters.abierta) if filters.abierta in ids else filters.desde
    first = min(wanted, max(len(ids) - 1, 0)) // MOST_ROWS * MOST_ROWS
    shown = set(ids[first : first + MOST_ROWS])
    parts = (replace(step, rows=tuple(row for row in step.rows if row.id in shown)) for step in steps)
    end = min(first + MOST_ROWS, len(ids))
    before = filters.address(first - MOST_ROWS) if first else ""
    after = filters.address(end) if end < len(ids) else ""
    return Listed([step for step in parts if step.rows], first, end, len(ids), before, after)


def rows_of(state: State) -> Iterator[Row]:
    """Rules as they will be, and those that the draft removes, at their place."""
    draft = state.draft
    removed = {rule_id: one.content for rule_id, one in draft.pending.items() if one.deleted}
    everything = sorted({**draft.rules, **removed}.items(), key=lambda item: (item[1].priority, item[0]))
    known = {step_key(content.step) for content in draft.rules.values()}
    by_rule, changed = state.checked.by_rule, {one.rule_id for one in changes_between(draft.live, draft.rules)}
    places = Counter[str]()
    for rule_id, content in everything:
        is_removed, change = rule_id in removed, draft.pending.get(rule_id)
        step = step_key(content.step)
        places[step] += not is_removed
        yield Row(
            id=rule_id,
            content=content,
            status=draft.status(rule_id) if is_removed or rule_id in changed else Status.SAME,
            findings=by_rule.get(rule_id, ()),
            author=change.author if change else "",
            known=known,
            place=0 if is_removed else places[step],
        )


def row_of(state: State, rule_id: int) -> Row | None:
    return next((row for row in rows_of(state) if row.id == rule_id), None)


def element_key(step: str) -> str:
    return hashlib.sha256(step_key(step).encode()).hexdigest()[:10]


def step_names(draft: Draft) -> list[str]:
    """For the fields that offer them, as the first rule of each writes it."""
    names: dict[str, str] = {}
    for content in draft.rules.values():
        names.setdefault(step_key(content.step), content.step)
    return sorted(names.values())


def _ways(content: RuleContent, known: AbstractSet[str]) -> Iterator[Way]:
    kind = {"boton": RuleKind.BUTTONS, "lista": RuleKind.LIST}.get(content.kind)
    menu = parse_menu(content.options, kind) if kind else None
    for option in menu.options if menu else ():
        targets = split_steps(option.target)
        yield Way(option.title, targets, all(step_key(step) in known for step in targets))
    if targets := split_steps(content.next_steps):
        yield Way("", targets, all(step_key(step) in known for step in targets))


def excerpt(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= EXCERPT else f"{words[:EXCERPT].rstrip()}…"


def _passes(row: Row, filters: Filters) -> bool:
    content = row.content
    if filters.paso and step_key(content.step) != step_key(filters.paso):
        return False
    if filters.tipo and content.kind != filters.tipo:
        return False
    if filters.rol and content.role_keyword != filters.rol:
        return False
    if filters.ver == "cambios" and row.status is Status.SAME:
        return False
    if filters.ver == "avisos" and row.worst in (None, Severity.NOTE):
        return False
    return not filters.q or _speaks_of(content, filters.q)


def _speaks_of(content: RuleContent, wanted: str) -> bool:
    told = (content.step, content.triggers, content.text, content.options, content.next_steps)
    return normalise(wanted) in normalise(" ".join(told))


def counts(state: State) -> Mapping[str, int]:
    return {severity.value: state.checked.count(severity) for severity in SEVERITIES}
