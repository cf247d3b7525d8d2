"""Numbers and measures as customers write them in Spanish and English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waia.bot.measures import read_measure, read_number, unit_named, write_number


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1.200", 1200),
        ("1,20", 1.2),
        ("2.0", 2),
        ("1.2", 1.2),
        ("0.600", 0.6),
        ("1.200,50", 1200.5),
        ("1,200.50", 1200.5),
        ("1.234.567", 1234567),
        ("1,234,567", 1234567),
        ("1200.500", 1200.5),
        ("12.3456", 12.3456),
        ("$ 1.200", 1200),
        ("-5", -5),
        (" 7 ", 7),
        ("1.2.3", None),
        ("1.20,30.4", None),
        ("12a", None),
        ("", None),
        ("9999999999999999", None),
        ("1e5", None),
    ],
)
def test_a_number_reads_as_spanish_speakers_mean_it(text: str, wanted: float | None) -> None:
    assert read_number(text) == wanted


@pytest.mark.parametrize(("text", "wanted"), [("1,200", 1200), ("1.200", 1.2), ("1,20", 1.2)])
def test_a_number_reads_as_english_speakers_mean_it(text: str, wanted: float) -> None:
    assert read_number(text, "en") == wanted


@pytest.mark.parametrize(
    "text",
    [
        "1,20 x 0,60",
        "1.20X0.60",
        "1,2×0,6",
        "1,2 * 0,6",
        "1,20 por 0,60",
        "120cm x 60 cm",
        "120 x 60 cm",
        "1200mm x 600mm",
        "1,20 m x 60 cm",
        "1.20mx0.60m",
        "1,20 metros por 0,60 metros",
        "mide 1,20 x 0,60 aprox.",
        "1,20 de largo x 0,60 de ancho",
        "1.200 x 600 milímetros",
        "1,20 mts. x 0,60 mts.",
    ],
)
def test_two_sides_read_in_metres_however_they_are_written(text: str) -> None:
    measure = read_measure(text, 2, "m")
    assert measure is not None
    assert measure.sides == pytest.approx((1.2, 0.6))


@pytest.mark.parametrize(
    "text", ["120", "2 mesones de 1,20 x 0,60", "1 x 2 x 3", "a x b", "", "1,20 y 0,60", "x" * 5000, "1 x"]
)
def test_what_is_not_exactly_two_sides_is_no_measure(text: str) -> None:
    assert read_measure(text, 2, "m") is None


def test_one_side_reads_alone_and_not_out_of_a_pair() -> None:
    single = read_measure("mide 80 cm", 1, "m")
    assert single is not None
    assert single.sides == (0.8,)
    assert read_measure("80 x 60", 1) is None


def test_without_a_unit_of_the_rule_numbers_stay_as_written() -> None:
    measure = read_measure("120 cm x 60", 2)
    assert measure is not None
    assert measure.sides == (120, 60)


def test_units_are_known_by_their_usual_names() -> None:
    assert [unit_named(word) for word in ("Mts.", "centímetros", "mm", "pulgadas", "")] == [
        "m",
        "cm",
        "mm",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("value", "decimals", "wanted"),
    [
        (1200, None, "1.200"),
        (1234567.5, None, "1.234.567,5"),
        (0.1 + 0.2, None, "0,3"),
        (2.0, None, "2"),
        (2.5, 0, "3"),
        (2.675, 2, "2,68"),
        (3, 2, "3,00"),
        (-0.0000001, None, "0"),
        (100, None, "100"),
    ],
)
def test_a_total_is_written_as_spanish_speakers_write_it(value: float, decimals: int | None, wanted: str) -> None:
    assert write_number(value, decimals) == wanted


def test_a_total_is_written_as_english_speakers_write_it() -> None:
    assert write_number(1234.5, 2, "en") == "1,234.50"


@given(st.floats(min_value=-1e12, max_value=1e12).map(lambda value: round(value, 4)))
def test_what_is_written_reads_back(value: float) -> None:
    assert read_number(write_number(value)) == pytest.approx(value)


@given(st.text(max_size=400), st.sampled_from([1, 2]), st.sampled_from([None, "m", "cm", "mm"]))
def test_no_text_makes_reading_raise(text: str, sides: int, unit: str | None) -> None:
    measure = read_measure(text, sides, unit)
    assert measure is None or len(measure.sides) == sides
    read_number(text)
