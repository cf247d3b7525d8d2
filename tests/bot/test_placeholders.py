"""Placeholders are looked up, never evaluated."""

import pytest

from waia.bot.placeholders import fill

VALUES = {"total": 1234.5, "p1": 1.2, "p2": 0.6}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Son ${total}", "Son $1.234,5"),
        ("Son {total:0} o {total:2}", "Son 1.235 o 1.234,50"),
        ("{p1} x {p2}", "1,2 x 0,6"),
        ("{total:,.2f}", "1.234,50"),
        ("{total:.0f}", "1.235"),
        ("{medida}", "{medida}"),
        ("{otro} {} {0} { total }", "{otro} {} {0} { total }"),
    ],
)
def test_computed_values_are_filled_in(text: str, wanted: str) -> None:
    assert fill(text, {}, VALUES) == wanted


def test_captured_answers_are_found_without_case_or_accents() -> None:
    captured = {"Nombre": "Carla", "teléfono": "300"}
    assert fill("Hola {{nombre}}, {{ TELEFONO }}.", captured) == "Hola Carla, 300."


def test_an_answer_not_given_yet_is_empty_and_an_unknown_one_stays() -> None:
    assert fill("{{nombre}}|{{otro}}", {}, known={"nombre"}) == "|{{otro}}"


@pytest.mark.parametrize(
    "text",
    [
        "{{7*7}}",
        "{0.__class__}",
        "{total.__class__}",
        "{{config}}",
        "{%raw%}",
        "{total!r}",
        "%(total)s",
        "{{{{",
        "}{",
    ],
)
def test_templates_and_formats_come_out_as_text(text: str) -> None:
    assert fill(text, {"nombre": "x"}, VALUES) == text


def test_what_a_customer_wrote_is_not_filled_in_again() -> None:
    captured = {"nombre": "{{secreto}} {total}", "secreto": "x"}
    assert fill("Hola {{nombre}}", captured, VALUES) == "Hola {{secreto}} {total}"
