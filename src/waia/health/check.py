"""One thing that was looked at: how it stands, in words, and what to do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from waia.kit.i18n import translator


class State(StrEnum):
    """`WARN` works, with something to look at; `UNKNOWN` could not be found out."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """`name` is for programs and never changes. `subject`, `words` and `cure` are keys of the catalogues.

    `values` fill the places of words and cure; texts among them are translated too. `told` is what Meta or a database
    said, word by word. Nothing of it is ever a secret.
    """

    name: str
    state: State
    subject: str
    words: str
    cure: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    told: str = ""

    def said(self, language: str) -> str:
        return self._filled(self.words, language)

    def advised(self, language: str) -> str:
        return self._filled(self.cure, language)

    def _filled(self, text: str, language: str) -> str:
        say = translator(language).gettext
        if not text:
            return ""
        told = {name: say(value) if isinstance(value, str) else value for name, value in self.values.items()}
        return say(text) % told


@dataclass(frozen=True, slots=True)
class Report:
    """Checks of one kind, in the order in which things have to work."""

    title: str
    checks: Sequence[Check]

    @property
    def worst(self) -> State:
        return worst(self.checks)


def worst(checks: Sequence[Check]) -> State:
    """What could not be found out is no trouble by itself."""
    states = {check.state for check in checks}
    return next((state for state in (State.FAIL, State.WARN) if state in states), State.OK)


@dataclass(frozen=True, slots=True)
class About:
    """Makes the checks of one thing."""

    name: str
    subject: str

    def ok(self, words: str, **values: object) -> Check:
        return Check(self.name, State.OK, self.subject, words, values=values)

    def warn(self, words: str, cure: str, told: str = "", **values: object) -> Check:
        return Check(self.name, State.WARN, self.subject, words, cure, values, told)

    def fail(self, words: str, cure: str, told: str = "", **values: object) -> Check:
        return Check(self.name, State.FAIL, self.subject, words, cure, values, told)

    def unknown(self, words: str, cure: str = "", told: str = "", **values: object) -> Check:
        return Check(self.name, State.UNKNOWN, self.subject, words, cure, values, told)
