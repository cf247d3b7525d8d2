"""Why a turn was answered as it was: written while deciding, read by people through `to_dict`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from waia.bot.talk import ChatState

TRACE_VERSION = 1


@dataclass(frozen=True, slots=True)
class Trace:
    """Codes only, so that screens translate them.

    `stages`: (stage, outcome, detail). `rules`: (rule id, stage, reason). `chosen`: ids as fired.
    """

    text: str
    stages: tuple[tuple[str, str, str], ...]
    rules: tuple[tuple[int, str, str], ...]
    chosen: tuple[int, ...]
    before: "ChatState"
    after: "ChatState"

    def to_dict(self) -> dict[str, object]:
        """JSON-able. Captured answers appear by name only: their values belong to the chat."""
        return {
            "version": TRACE_VERSION,
            "text": self.text,
            "stages": [{"stage": s, "outcome": o, "detail": d} for s, o, d in self.stages],
            "rules": [{"rule_id": r, "stage": s, "reason": w} for r, s, w in self.rules],
            "chosen": list(self.chosen),
            "before": state_as_dict(self.before),
            "after": state_as_dict(self.after),
        }


def state_as_dict(state: "ChatState") -> dict[str, object]:
    return {
        "step": state.step,
        "holder": state.holder.value,
        "estado": state.estado.value if state.estado else None,
        "misses": state.misses,
        "refusals": state.refusals,
        "captured": sorted(state.captured),
        "last_menu_rule_id": state.last_menu_rule_id,
        "asked": state.asked,
    }


class TraceWriter:
    """The one mutable notebook of a turn."""

    __slots__ = ("chosen", "rules", "stages", "text")

    def __init__(self) -> None:
        self.text = ""
        self.stages: list[tuple[str, str, str]] = []
        self.rules: list[tuple[int, str, str]] = []
        self.chosen: list[int] = []

    def stage(self, name: str, outcome: str, detail: str = "") -> None:
        self.stages.append((name, outcome, detail))

    def close(self, before: "ChatState", after: "ChatState") -> Trace:
        return Trace(self.text, tuple(self.stages), tuple(self.rules), tuple(self.chosen), before, after)
