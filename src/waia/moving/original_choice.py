"""Which rule the original chose for a text: as its first releases compared, and as its last ones did. No database."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from waia.bot.commands import RESTART_COMMANDS
from waia.bot.normalise import normalise, step_key
from waia.moving.original import OldRule

GREETING = "iniciar"
RESTARTED = "restart"
Choice = int | str | None
"""The number of a rule, RESTARTED, or None where no rule was found."""


@dataclass(frozen=True, slots=True)
class _Asked:
    rule_id: int
    whole: str
    pieces: tuple[str, ...]
    is_wildcard: bool


class OriginalBook:
    """Rules by step in the order of their numbers."""

    def __init__(self, rules: Iterable[OldRule], initial_step: str) -> None:
        self._initial = initial_step
        self._steps: dict[str, list[_Asked]] = {}
        for rule in sorted(rules, key=lambda each: each.id):
            self._steps.setdefault(step_key(rule.step or ""), []).append(_asked(rule))

    def first_releases(self, step: str, text: str) -> Choice:
        """The whole list of words has to be the text: synonyms never matched (defect B2)."""
        return self._choose(step, text, lambda rule, said: rule.whole == said)

    def last_releases(self, step: str, text: str) -> Choice:
        """Any of its words inside the text is enough; a lower rule wins over an exact one (defect B14)."""
        return self._choose(step, text, _stands_in)

    def has_step(self, step: str) -> bool:
        return step_key(step) in self._steps

    def _choose(self, step: str, text: str, matches: Callable[[_Asked, str], bool]) -> Choice:
        said = normalise(text)
        if not step.strip():
            step, said = self._initial, GREETING
        elif any(f" {command} " in f" {said} " for command in RESTART_COMMANDS):
            return RESTARTED
        rules = self._steps.get(step_key(step), [])
        found = next((rule.rule_id for rule in rules if not rule.is_wildcard and matches(rule, said)), None)
        return found if found is not None else next((rule.rule_id for rule in rules if rule.is_wildcard), None)


def _stands_in(rule: _Asked, said: str) -> bool:
    return any(f" {piece} " in f" {said} " for piece in rule.pieces)


def _asked(rule: OldRule) -> _Asked:
    written = rule.input_text or ""
    pieces = (normalise(piece) for piece in re.split(r"[,\n]", written) if piece.strip() != "*")
    return _Asked(rule.id, normalise(written), tuple(filter(None, pieces)), written.strip() == "*")
