"""Statements of the hot paths: written once for a database, then handed to its driver as they are.

SQLAlchemy's own execution costs about a tenth of a millisecond a statement and as much for every thirty rows, many
times what the database needs for them. Here it writes the text and names the conversions; the driver does the rest.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, Executable
from sqlalchemy.sql.compiler import ExpandedState, SQLCompiler
from sqlalchemy.sql.schema import ScalarElementColumnDefault

Values = Mapping[str, Any]
Conversion = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Written:
    """`arguments` puts a row's values into the order of the text; `rows` names what comes back."""

    text: str
    arguments: Callable[[Values], Sequence[Any]]
    rows: Callable[[Sequence[Any]], list[Any]]


class Prepared:
    """`statement` gets its values by name; a function of the dialect's name where the databases differ.

    A list for `IN` is filled up with its last value, so that a few texts serve lists of any length.
    """

    def __init__(self, statement: Executable | Callable[[str], Executable]) -> None:
        self._statement = statement
        self._written: WeakKeyDictionary[Dialect, dict[tuple[object, ...], Written]] = WeakKeyDictionary()

    def statement(self, dialect: str) -> Executable:
        return self._statement if isinstance(self._statement, Executable) else self._statement(dialect)

    def written(self, dialect: Dialect, values: Values) -> Written:
        """The text for values with these names, and for lists of these lengths."""
        texts = self._written.setdefault(dialect, {})
        shape = tuple([name if type(it) is not list else (name, _length(it)) for name, it in values.items()])
        found = texts.get(shape)
        if found is None:
            found = texts[shape] = _write(self.statement(dialect.name), dialect, values)
        return found


def _length(values: Sequence[Any]) -> int:
    """Of the filled list: 0, 1, 2, 4, 8, then multiples of 16."""
    count = len(values)
    if count < 2:
        return count
    return 1 << (count - 1).bit_length() if count <= 16 else -(-count // 16) * 16


def _filled(values: Sequence[Any]) -> list[Any]:
    return [*values, *([values[-1]] * (_length(values) - len(values)))] if values else []


def _write(statement: Any, dialect: Dialect, values: Values) -> Written:
    compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=list(values))
    lists = {name for name in values if name in compiled.binds and compiled.binds[name].expanding}
    filled = {name: _filled(values[name]) if name in lists else value for name, value in values.items()}
    state = compiled.construct_expanded_state(filled)
    order = _order(compiled, state, lists)
    make = _with_lists if lists else _plain
    return Written(state.statement, make([_argument(name, compiled, values) for name in order]), _naming(compiled))


def _order(compiled: SQLCompiler, state: ExpandedState, lists: set[str]) -> list[str]:
    """The names in the order of the text, a list's own name in the place of its members."""
    list_of = {member: name for name in lists for member in state.parameter_expansion[name]}
    order = [list_of.get(name, name) for name in state.positiontup or ()]
    return [name for place, name in enumerate(order) if name not in lists or name not in order[:place]]


@dataclass(frozen=True, slots=True)
class _Argument:
    """One place in the text, or one list of places. Without a name it is always `constant`."""

    name: str | None
    constant: Any
    convert: Conversion | None
    is_list: bool

    def of(self, values: Values) -> list[Any]:
        found = self.constant if self.name is None else values[self.name]
        members = _filled(found) if self.is_list else [found]
        return members if self.convert is None else [self.convert(member) for member in members]


def _argument(name: str, compiled: SQLCompiler, values: Values) -> _Argument:
    bound = compiled.binds[name]
    convert = bound.type.dialect_impl(compiled.dialect).bind_processor(compiled.dialect)
    if name in values:
        return _Argument(name, None, convert, bound.expanding)
    return _Argument(None, _default(name, compiled), convert, False)


def _default(name: str, compiled: SQLCompiler) -> Any:
    """What the statement itself says, or the column's default."""
    for column in (*compiled.insert_prefetch, *compiled.update_prefetch):
        if column.key == name:
            assert isinstance(column.default, ScalarElementColumnDefault)
            return column.default.arg
    return compiled.binds[name].effective_value


def _plain(arguments: Sequence[_Argument]) -> Callable[[Values], Sequence[Any]]:
    template = [each.constant for each in arguments]
    named = [(place, each.name) for place, each in enumerate(arguments) if each.name is not None]
    conversions = [(place, each.convert) for place, each in enumerate(arguments) if each.convert is not None]

    def make(values: Values) -> Sequence[Any]:
        made = template.copy()
        for place, name in named:
            made[place] = values[name]
        for place, convert in conversions:
            made[place] = convert(made[place])
        return made

    return make


def _with_lists(arguments: Sequence[_Argument]) -> Callable[[Values], Sequence[Any]]:
    def make(values: Values) -> Sequence[Any]:
        return [value for argument in arguments for value in argument.of(values)]

    return make


def _naming(compiled: SQLCompiler) -> Callable[[Sequence[Any]], list[Any]]:
    """Makes tuples with the names of the columns."""
    columns = compiled._result_columns or ()
    names = [str(getattr(column.objects[0], "key", None) or column.keyname) for column in columns]
    row: Conversion = namedtuple("Row", names, rename=True)._make  # type: ignore[attr-defined]
    found = [column.type.dialect_impl(compiled.dialect).result_processor(compiled.dialect, None) for column in columns]
    conversions = [(place, convert) for place, convert in enumerate(found) if convert is not None]
    if not conversions:
        return lambda rows: [row(each) for each in rows]

    def make(each: Sequence[Any]) -> Any:
        values = list(each)
        for place, convert in conversions:
            values[place] = convert(values[place])
        return row(values)

    return lambda rows: [make(each) for each in rows]
