"""How texts of a rule are quoted in a sentence about it."""

from waia.bot.models import split_steps, split_triggers
from waia.rules.content import RuleContent

LONGEST_QUOTE, LONGEST_NAME = 80, 40


def rule_name(content: RuleContent) -> str:
    """How people call a rule: its first trigger."""
    triggers = split_triggers(content.triggers)
    return shortened(triggers[0], LONGEST_NAME) if triggers else "—"


def way_in_words(steps: str) -> str:
    return " → ".join(split_steps(steps))


def quoted(words: list[str]) -> str:
    return shortened("», «".join(words))


def number_in_words(value: float | None) -> str:
    return "…" if value is None else f"{value:g}"


def shortened(text: str, longest: int = LONGEST_QUOTE) -> str:
    words = " ".join(text.split())
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…"


def cut_apart(before: str, after: str) -> tuple[str, str]:
    """Both texts, cut so that the place where they part can be seen."""
    before, after = " ".join(before.split()), " ".join(after.split())
    if len(before) <= LONGEST_QUOTE and len(after) <= LONGEST_QUOTE:
        return before, after
    pairs = enumerate(zip(before, after, strict=False))
    same = next((n for n, (a, b) in pairs if a != b), min(len(before), len(after)))
    start = max(0, same - LONGEST_QUOTE // 3)
    lead = "…" if start else ""
    return lead + shortened(before[start:]), lead + shortened(after[start:])
