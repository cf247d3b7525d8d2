"""Explains one message of a customer: what the bot read, tried and decided, or why it kept silent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from waia.chats.panel import repository
from waia.chats.panel.repository import AnyRow
from waia.kit.db import Transaction
from waia.rules.reason_words import (
    NO_TRACE,
    NOT_DECIDED,
    NOT_FOR_BOT,
    REASONS,
    STAGES,
    STATE_NAMES,
    silence_words,
)

MOST_RULES, EXCERPT = 200, 120


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the decision. `words` is a sentence for the catalogues; `detail` is what it speaks of."""

    words: str
    detail: str


@dataclass(frozen=True, slots=True)
class Tried:
    """A rule that was looked at. `reason` is a sentence for the catalogues."""

    rule_id: int
    step: str
    triggers: str
    text: str
    reason: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A part of the bot's memory of the chat, before and after. `name` is for the catalogues."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Why:
    message: str
    at: datetime
    silence: str
    note: str
    read_as: str
    duration_ms: float | None
    stages: tuple[Stage, ...]
    chosen: tuple[Tried, ...]
    passed_over: tuple[Tried, ...]
    changes: tuple[Change, ...]


async def explain(tx: Transaction, message: AnyRow) -> Why:
    found = await repository.decision(tx, message.decision_id) if message.decision_id else None
    if found is None:
        return _unexplained(message)
    trace = found.trace if isinstance(found.trace, Mapping) else {}
    looked_at = [_node(rule) for rule in _some(trace.get("rules"))][:MOST_RULES]
    chosen = [rule_id for rule_id in _some(trace.get("chosen")) if isinstance(rule_id, int)]
    ids = {rule.get("rule_id") for rule in looked_at} | set(chosen)
    rules = {row.id: row for row in await repository.rules_by_id(tx, [n for n in ids if isinstance(n, int)])}
    return Why(
        message=message.text or "",
        at=found.at,
        silence=silence_words(found.silent_reason) if found.silent_reason else "",
        note="",
        read_as=str(trace.get("text") or ""),
        duration_ms=found.duration_us / 1000,
        stages=tuple(_stage(_node(stage)) for stage in _some(trace.get("stages"))),
        chosen=tuple(_tried(rule_id, rules, "matched", True) for rule_id in dict.fromkeys(chosen)),
        passed_over=tuple(
            _tried(rule.get("rule_id"), rules, str(rule.get("reason")), False)
            for rule in looked_at
            if rule.get("rule_id") not in chosen
        ),
        changes=tuple(_changes(_node(trace.get("before")), _node(trace.get("after")))),
    )


def _unexplained(message: AnyRow) -> Why:
    """No decision is kept: the bot may not answer this kind, is still waiting, or the reason was cleared."""
    undecided = NOT_DECIDED if message.bot_may_run else NOT_FOR_BOT
    note = NO_TRACE if message.decision_id else undecided
    return Why(message.text or "", message.timestamp, "", note, "", None, (), (), (), ())


def _stage(stage: Mapping[str, Any]) -> Stage:
    name, outcome = str(stage.get("stage")), str(stage.get("outcome"))
    words = STAGES.get((name, outcome)) or STAGES.get((name, "*")) or f"{name}: {outcome}"
    return Stage(words, str(stage.get("detail") or ""))


def _tried(rule_id: object, rules: Mapping[int, AnyRow], reason: str, chosen: bool) -> Tried:
    number = rule_id if isinstance(rule_id, int) else 0
    row = rules.get(number)
    return Tried(
        rule_id=number,
        step=row.step if row else "",
        triggers=_excerpt(row.triggers) if row else "",
        text=_excerpt(row.text) if row else "",
        reason=REASONS.get(reason, reason),
        chosen=chosen,
    )


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    return [
        Change(words, _shown(before.get(name)), _shown(after.get(name)))
        for name, words in STATE_NAMES.items()
        if name in before or name in after
    ]


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "—"
    return "—" if value in (None, "") else str(value)


def _excerpt(text: str | None) -> str:
    words = " ".join((text or "").split())
    return words if len(words) <= EXCERPT else f"{words[:EXCERPT]}…"


def _node(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _some(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else []
