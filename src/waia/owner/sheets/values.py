"""What a sheet is read as, and what comes of comparing it: plain values that pass between processes as JSON."""

from enum import StrEnum

import msgspec

Values = dict[str, str]
"""One rule or quick reply, by the names of its columns; every value as it stands in a cell, empty for absent."""

ADDED, CHANGED, SAME = "added", "changed", "same"


class Problem(msgspec.Struct, frozen=True):
    """`cell` such as `B7`, empty where the whole file is meant. `message` is a message id, `values` fill its places."""

    cell: str
    message: str
    values: dict[str, str] = {}


class Refused(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, message: str, **values: str) -> None:
        self.problem = Problem("", message, values)
        super().__init__(message)


class Cell(msgspec.Struct, frozen=True):
    ref: str
    text: str


class Row(msgspec.Struct, frozen=True):
    """`cells` by column name; a column that the sheet lacks is missing, a blank cell is there and empty."""

    number: int
    cells: dict[str, Cell]


class Grid(msgspec.Struct, frozen=True):
    """`has_titles`: the first row names columns; else those of the original count, in its order."""

    rows: list[Row]
    problems: list[Problem]
    has_titles: bool = True


class Item(msgspec.Struct, frozen=True):
    """A row against what is there. `id` is None for what is new; `values` is empty for what stays the same."""

    row: int
    status: str
    title: str
    id: int | None = None
    values: Values = {}
    changes: list[tuple[str, str, str]] = []


class Report(msgspec.Struct, frozen=True):
    """`removed` are ids with titles: what the sheet does not have, if it shall replace everything."""

    items: list[Item] = []
    removed: list[tuple[int, str]] = []
    problems: list[Problem] = []
    has_titles: bool = True

    def count(self, status: str) -> int:
        return sum(1 for item in self.items if item.status == status)


class Summary(msgspec.Struct, frozen=True):
    """What the page shows of a report: the first of each list, and how many there are."""

    counts: dict[str, int] = {}
    items: list[Item] = []
    removed: list[tuple[int, str]] = []
    problems: list[Problem] = []
    more: dict[str, int] = {}
    has_titles: bool = True


class Act(StrEnum):
    """`RESET`: a rule is again as it is in force."""

    WRITE = "write"
    REMOVE = "remove"
    RESET = "reset"


class Change(msgspec.Struct, frozen=True, array_like=True):
    """What applying a sheet writes: a line of JSON each, then a row, so that a large sheet is never read in one piece.

    `id` is None for what is new, `content` is what it says or said last.
    """

    id: int | None
    act: Act
    content: msgspec.Raw


class Context(msgspec.Struct, frozen=True):
    """What the child must know: what is there by id, in order, and the keywords of roles.

    `files` are type and file of ours by address; `in_force` holds the published state of rules that the draft changes.
    """

    kind: str
    current: dict[str, Values]
    roles: list[str]
    handlers: list[str]
    replace_all: bool = False
    files: dict[str, tuple[str, int | None]] = {}
    in_force: dict[str, Values] = {}
