"""The shapes that cards are made of: facts, a table, a chart. The same card is drawn, given as CSV and as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

Value = str | int | float | None


class Is(StrEnum):
    """How a value is shown. `WORDS` is a message id of the catalogues, `TEXT` somebody's own words."""

    WORDS = "words"
    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    SECONDS = "seconds"
    DAY = "day"
    HOUR = "hour"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Cell:
    """`link` leads to the rows behind the value; empty where there are none."""

    value: Value
    kind: Is = Is.NUMBER
    link: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure by itself. `definition` says in a sentence what counts."""

    label: str
    cell: Cell
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    label: Cell
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One line or set of bars; `hue` is its meaning: in, bot, person, other."""

    label: str
    hue: str
    column: int


@dataclass(frozen=True, slots=True)
class Chart:
    """`shape`: line, bars, stack (bars on each other) or across (bars to the right)."""

    shape: str
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """`columns` head the table: the first its labels, the others its cells. `note` says which filters do not count."""

    key: str
    title: str
    definition: str
    facts: tuple[Fact, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    chart: Chart | None = None
    note: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(cell.value for row in self.rows for cell in row.cells) and not any(
            fact.cell.value for fact in self.facts
        )


def numbers(values: Sequence[int], links: Sequence[str]) -> tuple[Cell, ...]:
    return tuple(Cell(value, Is.NUMBER, link if value else "") for value, link in zip(values, links, strict=True))
