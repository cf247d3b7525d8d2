"""What was measured: one figure a line, beside its ceiling, its growth and its aim."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

HEAD = ("figure", "value", "unit", "ceiling", "ratio", "growth", "aim", "")


class Of(StrEnum):
    """What an aim speaks of: the value itself, its share of the ceiling, or how it grew with the data."""

    VALUE = "value"
    RATIO = "ratio"
    GROWTH = "growth"


@dataclass(frozen=True, slots=True)
class Aim:
    """`sign` is `≥` or `≤`."""

    of: Of
    sign: str
    bound: float

    def is_met(self, value: float) -> bool:
        return value >= self.bound if self.sign == "≥" else value <= self.bound

    def __str__(self) -> str:
        return f"{'' if self.of is Of.VALUE else self.of + ' '}{self.sign} {self.bound:g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """`ceiling` is what the same machine does without waia; `growth` the value with more data by that with little."""

    name: str
    value: float
    unit: str
    ceiling: float | None = None
    growth: float | None = None
    aim: Aim | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.ceiling if self.ceiling else None

    @property
    def met(self) -> bool | None:
        """None without an aim, or when what the aim speaks of was not measured."""
        told = {Of.VALUE: self.value, Of.RATIO: self.ratio, Of.GROWTH: self.growth}[self.aim.of] if self.aim else None
        return None if told is None or self.aim is None else self.aim.is_met(told)

    def to_json(self) -> dict[str, Any]:
        named = {"name": self.name, "value": _rounded(self.value), "unit": self.unit}
        beside = {"ceiling": _rounded(self.ceiling), "ratio": _rounded(self.ratio), "growth": _rounded(self.growth)}
        return {**named, **beside, "aim": str(self.aim) if self.aim else None, "met": self.met}


def at_least(bound: float, of: Of = Of.VALUE) -> Aim:
    return Aim(of, "≥", bound)


def at_most(bound: float, of: Of = Of.VALUE) -> Aim:
    return Aim(of, "≤", bound)


def table(figures: Iterable[Figure]) -> str:
    """In Markdown."""
    rows = [HEAD, tuple("---" for _ in HEAD), *(_cells(figure) for figure in figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _cells(figure: Figure) -> tuple[str, ...]:
    beside = (_shown(figure.ceiling), _shown(figure.ratio), _shown(figure.growth))
    aim = str(figure.aim) if figure.aim else ""
    verdict = {None: "", True: "met", False: "**missed**"}[figure.met]
    return (figure.name, _shown(figure.value), figure.unit, *beside, aim, verdict)


def _shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
