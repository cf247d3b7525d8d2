"""Formulas compute what Python would on the allowed subset, and nothing else is accepted."""

import ast
import itertools
import math
import operator
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waia.bot.formulas import FormulaError, Uncomputable, compile_formula

VALUES: dict[str, int | float] = {"p1": 3, "p2": 2.5}
FUNCTIONS = {"min": min, "max": max, "abs": abs, "round": round, "ceil": math.ceil, "floor": math.floor}


def by_python(text: str, values: dict[str, int | float]) -> object:
    return eval(text, {"__builtins__": {}}, {**FUNCTIONS, **values})


@pytest.mark.parametrize(
    "text",
    [
        "p1 * p2 * 350000 / 10000",
        "-2 ** 2 + p1",
        "2 ** -1 * p2",
        "2 ** 3 ** 2",
        "(p1 + p2) // 2 % 3",
        "p1 if p1 > p2 else p2",
        "10 if p1 > 5 else 20 if p2 > 2 else 30",
        "1 < p1 <= 3 != p2",
        "not p1 > 2 or p2 and 7",
        "not not p1",
        "max(p1, p2, 10) - min(p1, p2)",
        "round(p1 / 7, 2) + ceil(p2) + floor(p2) + abs(-p1)",
        "round(p2)",
        "--p1 + +p2",
        ".5 + 1. + 1e3",
        "p1 == 3 and p2 or 9",
        "(p1 > 2) + 1",
    ],
)
def test_a_formula_equals_python(text: str) -> None:
    assert compile_formula(text).compute(VALUES) == by_python(text, VALUES)


def test_the_signs_of_a_school_book_are_understood() -> None:
    assert compile_formula("p1 × p2 ÷ 2 − 1").compute(VALUES) == 3 * 2.5 / 2 - 1


def test_a_formula_says_how_many_measures_it_needs() -> None:
    assert [compile_formula(text).sides for text in ("p1*p2", "p1", "medida*2", "5*4")] == [2, 2, 1, 0]


def test_both_kinds_of_measure_in_one_formula_are_refused() -> None:
    with pytest.raises(FormulaError):
        compile_formula("p1 * medida")


@pytest.mark.parametrize(
    "text",
    [
        "p1 / 0",
        "p1 // (p2 - 2.5)",
        "5 % 0",
        "10 ** 16",
        "9 ** 9 ** 9",
        "(-8) ** 0.5",
        "0 ** -1",
        "1e15 * 10",
        "999999999999999999",
        "1e400",
        "round(p1, 99)",
        "2 ** 100000",
        "1.0 ** 5000",
    ],
)
def test_what_has_no_bounded_result_is_uncomputable(text: str) -> None:
    with pytest.raises(Uncomputable):
        compile_formula(text).compute(VALUES)


ESCAPES = [
    "__import__('os').system('id')",
    "().__class__.__bases__[0].__subclasses__()",
    "p1.__class__",
    "p1.real",
    "medida.__init__.__globals__",
    "(lambda: 1)()",
    "[p1 for p1 in (1, 2)]",
    "[1, 2]",
    "{1: 2}",
    "{1}",
    "(1, 2)",
    "p1[0]",
    "'a' * 1000",
    '"a"',
    "b'a'",
    "f'{p1}'",
    "p1 := 3",
    "p1 = 3",
    "p1; p2",
    "import os",
    "exec('1')",
    "eval('1')",
    "open('/etc/passwd')",
    "print(p1)",
    "globals()",
    "locals()",
    "vars()",
    "dir()",
    "getattr(p1, 'real')",
    "type(p1)",
    "str(p1)",
    "int('1')",
    "float('nan')",
    "complex(1, 2)",
    "1j",
    "0x10",
    "0b1",
    "0o7",
    "1_000",
    "1e5e5",
    "True",
    "None",
    "...",
    "p1 is p2",
    "p1 in p2",
    "p1 & p2",
    "p1 | p2",
    "p1 ^ p2",
    "~p1",
    "p1 << 2",
    "p1 >> 2",
    "p1 @ p2",
    "p1 <> p2",
    "await p1",
    "yield p1",
    "*p1",
    "**p1",
    "max(*p1)",
    "max(p1, key=abs)",
    "round(p1, ndigits=2)",
    "max",
    "max()",
    "abs(1, 2)",
    "min(p1)",
    "round(1, 2, 3)",
    "p3",
    "P1",
    "total",
    "math.ceil(p1)",
    "pow(2, 3)",
    "sum(1, 2)",
    "p1 p2",
    "2p1",
    "p1(",
    ")",
    "(",
    "()",
    "",
    "   ",
    "1 +",
    "* 2",
    "1 if 2",
    "1 else 2",
    "if 1 else 2",
    "1 not 2",
    "1 + not 2",
    "1,2",
    "max(1,)",
    "007",
    "1..real",
    "1.e",
    "p1\x00",
    "p1#x",
    "p1\\\n+1",
    "\u202ep1",
    "ｐ1",
    "p１",
    "√4",
    "${7*7}",
    "{{7*7}}",
    "%(a)s",
    "`id`",
    "$(id)",
    "p1!",
    "p1?",
    "p1 ? 1 : 2",
    "p1 && p2",
    "p1 || p2",
    "!p1",
    "p1 = = p2",
    "(" * 21 + "1" + ")" * 21,
    "-" * 30 + "1",
    "not " * 30 + "1",
    "1" + "+1" * 240,
    "1" * 501,
    "2" + "**2" * 30,
    "abs(" * 25 + "1" + ")" * 25,
]


def corpus() -> list[str]:
    """The payloads above, alone and hidden inside arithmetic that is accepted by itself."""
    wrappers = ("{}", "1 + {}", "max(1, {})")
    payloads = [wrapper.format(escape) for wrapper, escape in itertools.product(wrappers, ESCAPES)]
    return [payload for payload in payloads if payload != "max(1, 1,2)"]


def test_c10_three_hundred_ways_out_are_all_refused() -> None:
    payloads = corpus()
    assert len(payloads) >= 300
    assert [payload for payload in payloads if _accepts(payload)] == []


def _accepts(text: str) -> bool:
    try:
        compile_formula(text)
    except FormulaError:
        return False
    return True


def test_noise_is_refused_or_bounded_in_time() -> None:
    chance = random.Random(7)
    alphabet = "p12.()*-+/<>=!, ifelsnotadrmx_'[]{}@:"
    started = time.process_time()
    for _ in range(3000):
        _accepts("".join(chance.choices(alphabet, k=chance.randrange(500))))
    assert time.process_time() - started < 20


NUMBERS = st.one_of(
    st.integers(0, 1000).map(str), st.floats(0, 1000, allow_nan=False).map(lambda value: f"{value:.3f}")
)
NAMES = st.sampled_from(["p1", "p2"])


def larger(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["+", "-", "*", "/", "//", "%", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or"])
    return st.one_of(
        st.tuples(parts, signs, parts).map(lambda t: f"{t[0]} {t[1]} {t[2]}"),
        st.tuples(parts, signs, parts).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        parts.map(lambda part: f"-({part})"),
        parts.map(lambda part: f"(not {part})"),
        st.tuples(parts, parts, parts).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        st.tuples(st.sampled_from(["min", "max"]), parts, parts).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
        st.tuples(st.sampled_from(["abs", "round", "ceil", "floor"]), parts).map(lambda t: f"{t[0]}({t[1]})"),
    )


EXPRESSIONS = st.recursive(st.one_of(NUMBERS, NAMES), larger, max_leaves=12)


@settings(max_examples=500, deadline=None)
@given(EXPRESSIONS, st.integers(0, 500), st.floats(0, 500, allow_nan=False))
def test_any_formula_of_the_subset_equals_python_or_is_out_of_bounds(text: str, p1: int, p2: float) -> None:
    _check_against_python(text, {"p1": p1, "p2": p2})


def test_ten_thousand_random_formulas_equal_python_or_are_out_of_bounds() -> None:
    chance = random.Random(12)
    for _ in range(10_000):
        values: dict[str, int | float] = {
            "p1": chance.randrange(300),
            "p2": round(chance.uniform(-9, 300), 3),
        }
        _check_against_python(_grown(chance, chance.randrange(5)), values)


def _grown(chance: random.Random, depth: int) -> str:
    if depth == 0:
        return chance.choice(["p1", "p2", str(chance.randrange(100)), f"{chance.uniform(0, 50):.2f}"])
    a, b, c = (_grown(chance, depth - 1 - chance.randrange(min(depth, 2))) for _ in range(3))
    signs = ("+", "-", "*", "/", "//", "%", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or")
    forms = (
        f"{a} {chance.choice(signs)} {b}",
        f"({a} {chance.choice(signs)} {b}) {chance.choice(signs[:6])} {c}",
        f"{chance.choice(['abs', 'round', 'ceil', 'floor'])}({a})",
        f"{chance.choice(['min', 'max'])}({a}, {b}, {c})",
        f"({a} if {b} else {c})",
        f"(not {a})",
        f"-({a})",
    )
    return chance.choice(forms)


def _check_against_python(text: str, values: dict[str, int | float]) -> None:
    try:
        result = compile_formula(text).compute(values)
    except FormulaError:
        assert _costs_too_much(text)
    except Uncomputable:
        assert _is_out_of_bounds(text, values)
    else:
        assert result == by_python(text, values)


def _costs_too_much(text: str) -> bool:
    return len(text) > 500 or text.count("(") > 15 or len(list(ast.walk(ast.parse(text)))) > 60


def _is_out_of_bounds(text: str, values: dict[str, int | float]) -> bool:
    """Some value on the way leaves the bounds or does not exist, by our reading of Python's own tree."""
    try:
        return _largest(ast.parse(text, mode="eval").body, values) > 1e15
    except (ArithmeticError, TypeError):
        return True


def _largest(node: ast.expr, values: dict[str, int | float]) -> float:
    """The largest magnitude of any part, innermost first; powers past 1000 count as out of bounds."""
    largest = 0.0
    for part in reversed(list(ast.walk(node))):
        if isinstance(part, ast.expr):
            if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Pow):
                base, exponent = (_magnitude(side, values) for side in (part.left, part.right))
                if exponent > 1000 or (base > 1 and exponent * math.log(base) > 40):
                    return math.inf
            largest = max(largest, _magnitude(part, values))
    return largest


def _magnitude(node: ast.expr, values: dict[str, int | float]) -> float:
    if isinstance(node, ast.Name) and node.id in FUNCTIONS:
        return 0
    result = by_python(ast.unparse(node), values)
    return operator.abs(result) if isinstance(result, int | float) else math.inf
