"""Computes the `calculo` of a rule within fixed bounds; there is no `eval` anywhere near it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from waia.bot.formula_parser import FormulaError, Node, Number, Operation, Variable, parse

__all__ = ["Formula", "FormulaError", "Uncomputable", "compile_formula"]

LARGEST = 1e15
_LARGEST_EXPONENT = 1000

Value = int | float


class Uncomputable(ArithmeticError):
    """These values have no result: a division by zero, a root of a negative, a number past the bound."""


@dataclass(frozen=True, slots=True)
class Formula:
    """`sides` is how many measures it needs: two if it names p1 or p2, one for `medida`, else none."""

    tree: Node
    names: frozenset[str]

    @property
    def sides(self) -> int:
        if self.names & {"p1", "p2"}:
            return 2
        return 1 if self.names else 0

    def compute(self, values: Mapping[str, Value]) -> Value:
        """Raises `Uncomputable`; every value on the way stays within 1e15 of zero."""
        try:
            result = _value(self.tree, values)
        except (ZeroDivisionError, OverflowError) as error:
            raise Uncomputable(str(error)) from error
        return int(result) if isinstance(result, bool) else result


def compile_formula(text: str) -> Formula:
    """Raises `FormulaError` for anything but the arithmetic that `formula_parser` describes."""
    tree = parse(text)
    names = frozenset(_names(tree))
    if "medida" in names and names & {"p1", "p2"}:
        raise FormulaError("medida and p1, p2 do not go together")
    return Formula(tree, names)


def _names(node: Node) -> list[str]:
    if isinstance(node, Variable):
        return [node.name]
    return [name for part in node.parts for name in _names(part)] if isinstance(node, Operation) else []


def _value(node: Node, values: Mapping[str, Value]) -> Value:
    if isinstance(node, Number):
        return _bounded(node.value)
    if isinstance(node, Variable):
        return _bounded(values[node.name])
    lazy = _LAZY.get(node.sign)
    if lazy:
        return lazy(node, values)
    return _bounded(_EAGER[node.sign](*(_value(part, values) for part in node.parts)))


def _bounded(value: Value) -> Value:
    if not abs(value) <= LARGEST:
        raise Uncomputable("past 1e15")
    return value


def _if(node: Operation, values: Mapping[str, Value]) -> Value:
    condition, then, otherwise = node.parts
    return _value(then if _value(condition, values) else otherwise, values)


def _and(node: Operation, values: Mapping[str, Value]) -> Value:
    first = _value(node.parts[0], values)
    return _value(node.parts[1], values) if first else first


def _or(node: Operation, values: Mapping[str, Value]) -> Value:
    first = _value(node.parts[0], values)
    return first or _value(node.parts[1], values)


def _compare(node: Operation, values: Mapping[str, Value]) -> bool:
    left = _value(node.parts[0], values)
    for sign, part in zip(node.chain, node.parts[1:], strict=True):
        right = _value(part, values)
        if not _COMPARE[sign](left, right):
            return False
        left = right
    return True


def _power(base: Value, exponent: Value) -> Value:
    """Checked in floating point first, so that no huge integer is ever built."""
    if abs(exponent) > _LARGEST_EXPONENT:
        raise Uncomputable("exponent past 1000")
    if base < 0 and not float(exponent).is_integer():
        raise Uncomputable("root of a negative")
    _bounded(float(base) ** float(exponent))
    result: Value = base**exponent
    return result


def _round(value: Value, digits: Value = 0) -> Value:
    if not float(digits).is_integer() or abs(digits) > 15:
        raise Uncomputable("round to so many digits")
    return round(value, int(digits)) if digits else round(value)


_LAZY: dict[str, Callable[[Operation, Mapping[str, Value]], Value]] = {
    "if": _if,
    "and": _and,
    "or": _or,
    "compare": _compare,
}
_COMPARE: dict[str, Callable[[Value, Value], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
_EAGER: dict[str, Callable[..., Value]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "**": _power,
    "negative": lambda a: -a,
    "positive": lambda a: +a,
    "not": lambda a: not a,
    "min": min,
    "max": max,
    "abs": abs,
    "round": _round,
    "ceil": math.ceil,
    "floor": math.floor,
}
