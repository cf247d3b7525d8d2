"""What the flow check tells: a code, how bad it is, at which rule and field, and what it is about."""

from dataclasses import dataclass
from enum import StrEnum

from waia.bot.flow import Rule


class Severity(StrEnum):
    """An error keeps a rule that the draft changed from being published; the rest is told."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Code(StrEnum):
    UNREACHABLE_STEP = "unreachable_step"
    UNKNOWN_TARGET = "unknown_target"
    PASSES_NOTHING = "passes_nothing"
    PASSES_QUESTION = "passes_question"
    DEAD_END = "dead_end"
    NO_FALLBACK = "no_fallback"
    OPTION_WITHOUT_ENTRY = "option_without_entry"
    SHADOWED_TRIGGER = "shadowed_trigger"
    SHADOWED_INSIDE = "shadowed_inside"
    WILDCARD_FIRST = "wildcard_first"
    WILDCARD_IN_LIST = "wildcard_in_list"
    CONTAINS_IGNORED = "contains_ignored"
    AUTOMATIC_LOOP = "automatic_loop"
    LIMIT = "limit"
    MISSING_MEDIA = "missing_media"
    MISSING_OPTIONS = "missing_options"
    UNKNOWN_ROLE = "unknown_role"
    UNKNOWN_HANDLER = "unknown_handler"
    UNREADABLE_FORMULA = "unreadable_formula"
    RESULT_WITHOUT_FORMULA = "result_without_formula"
    UNKNOWN_ANSWER = "unknown_answer"
    COMMAND_WORD = "command_word"
    ROLE_WITHOUT_NEXT = "role_without_next"
    NO_GREETING = "no_greeting"
    NO_TRIGGER = "no_trigger"
    UNKNOWN_EVENT = "unknown_event"
    DOES_NOTHING = "does_nothing"


@dataclass(frozen=True, slots=True)
class Finding:
    """`rule_id` is None when no rule is at fault, only the `step`; `about` names a column of the rule.

    `detail` has the places of the sentence: `target`, `trigger`, `other` (the id of another rule) and the like.
    """

    code: Code
    severity: Severity
    rule_id: int | None
    step: str
    about: str = ""
    detail: tuple[tuple[str, str], ...] = ()


def at_rule(code: Code, severity: Severity, rule: Rule, about: str, **detail: object) -> Finding:
    told = tuple((name, str(value)) for name, value in detail.items())
    return Finding(code, severity, rule.id, rule.step, about, told)
