"""Turns the text of a formula into a small tree, refusing whatever is not arithmetic.

The grammar is the arithmetic part of Python's, with the same precedence, so that formulas of the original
keep their meaning: `a if c else b`, or, and, not, comparisons (chained), + - * / // %, unary signs, **, six
functions.
"""

import re
from dataclasses import dataclass

LONGEST = 500
MOST_NODES = 200
DEEPEST = 20

VARIABLES = frozenset({"p1", "p2", "medida"})
FUNCTIONS = frozenset({"min", "max", "abs", "round", "ceil", "floor"})
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})

_SYMBOL = re.compile(
    r"[ \t]*(?:(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?(?![\w.]))"
    r"|(?P<name>[a-zA-Z_][a-zA-Z_0-9]*)"
    r"|(?P<mark>\*\*|//|<=|>=|==|!=|[-+*/%()<>,]))"
)
_SPELLINGS = str.maketrans({"×": "*", "÷": "/", "−": "-", "\n": " ", "\r": " "})
_BINARY = {"+": 6, "-": 6, "*": 7, "/": 7, "//": 7, "%": 7}


class FormulaError(ValueError):
    """The formula is not one that we compute; the message says where, for the owner."""


@dataclass(frozen=True, slots=True)
class Number:
    value: int | float


@dataclass(frozen=True, slots=True)
class Variable:
    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """`sign` is an operator or function; a chain of comparisons is `compare`, its signs in `chain`."""

    sign: str
    parts: tuple["Node", ...]
    chain: tuple[str, ...] = ()


Node = Number | Variable | Operation


def parse(text: str) -> Node:
    if len(text) > LONGEST:
        raise FormulaError(f"longer than {LONGEST} characters")
    parser = _Parser(_symbols(text))
    tree = parser.choice()
    if parser.peek():
        raise FormulaError(f"unexpected {parser.peek()!r}")
    return tree


def _symbols(text: str) -> list[str]:
    text = text.translate(_SPELLINGS).rstrip()
    symbols: list[str] = []
    at = 0
    while at < len(text):
        found = _SYMBOL.match(text, at)
        if not found:
            raise FormulaError(f"unexpected {text[at : at + 10].strip()!r}")
        symbols.append(found.group().strip())
        at = found.end()
    return symbols


class _Parser:
    """Precedence climbing with a count of nodes and of depth, so that no text costs more than the budget."""

    def __init__(self, symbols: list[str]) -> None:
        self._symbols = symbols
        self._at = 0
        self._nodes = 0
        self._depth = 0

    def peek(self) -> str:
        return self._symbols[self._at] if self._at < len(self._symbols) else ""

    def choice(self) -> Node:
        self._deeper()
        value = self._any()
        if self._took("if"):
            condition = self._any()
            self._expect("else")
            value = self._node("if", condition, value, self.choice())
        self._depth -= 1
        return value

    def _any(self) -> Node:
        value = self._all()
        while self._took("or"):
            value = self._node("or", value, self._all())
        return value

    def _all(self) -> Node:
        value = self._negation()
        while self._took("and"):
            value = self._node("and", value, self._negation())
        return value

    def _negation(self) -> Node:
        if not self._took("not"):
            return self._comparison()
        self._deeper()
        value = self._node("not", self._negation())
        self._depth -= 1
        return value

    def _comparison(self) -> Node:
        parts, signs = [self._sum(0)], []
        while self.peek() in _COMPARISONS:
            signs.append(self._next())
            parts.append(self._sum(0))
        return self._node("compare", *parts, chain=tuple(signs)) if signs else parts[0]

    def _sum(self, strength: int) -> Node:
        value = self._signed()
        while (power := _BINARY.get(self.peek(), 0)) > strength:
            sign = self._next()
            value = self._node(sign, value, self._sum(power))
        return value

    def _signed(self) -> Node:
        sign = self.peek()
        if sign not in ("+", "-"):
            return self._power()
        self._next()
        self._deeper()
        value = self._node("negative" if sign == "-" else "positive", self._signed())
        self._depth -= 1
        return value

    def _power(self) -> Node:
        base = self._atom()
        if not self._took("**"):
            return base
        self._deeper()
        value = self._node("**", base, self._signed())
        self._depth -= 1
        return value

    def _atom(self) -> Node:
        symbol = self._next()
        if symbol == "(":
            value = self.choice()
            self._expect(")")
            return value
        self._count()
        if symbol[:1].isdigit() or symbol[:1] == ".":
            return Number(_number(symbol))
        if symbol in VARIABLES:
            return Variable(symbol)
        if symbol in FUNCTIONS:
            return self._call(symbol)
        raise FormulaError(f"unexpected {symbol!r}" if symbol else "it ends too soon")

    def _call(self, name: str) -> Node:
        self._expect("(")
        arguments = [self.choice()]
        while self._took(","):
            arguments.append(self.choice())
        self._expect(")")
        _check_arguments(name, len(arguments))
        return Operation(name, tuple(arguments))

    def _node(self, sign: str, *parts: Node, chain: tuple[str, ...] = ()) -> Node:
        self._count()
        return Operation(sign, parts, chain)

    def _count(self) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise FormulaError(f"more than {MOST_NODES} parts")

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise FormulaError(f"nested deeper than {DEEPEST}")

    def _next(self) -> str:
        symbol = self.peek()
        self._at += 1
        return symbol

    def _took(self, symbol: str) -> bool:
        if self.peek() != symbol:
            return False
        self._at += 1
        return True

    def _expect(self, symbol: str) -> None:
        if not self._took(symbol):
            raise FormulaError(f"expected {symbol!r} before {self.peek() or 'the end'!r}")


def _number(symbol: str) -> int | float:
    if symbol.isdigit() and len(symbol) > 1 and symbol.startswith("0") and symbol.strip("0"):
        raise FormulaError(f"a number may not begin with zero: {symbol}")
    return int(symbol) if symbol.isdigit() else float(symbol)


def _check_arguments(name: str, count: int) -> None:
    least, most = {"min": (2, 20), "max": (2, 20), "round": (1, 2)}.get(name, (1, 1))
    if not least <= count <= most:
        raise FormulaError(f"{name} takes {least} to {most} values")
