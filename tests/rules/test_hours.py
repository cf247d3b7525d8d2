"""Opening hours: what people write, when that is open, and what is refused."""

import contextlib
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waia.rules.hours import HolidaysRefused, HoursRefused, parse_holidays, parse_hours

BOGOTA = ZoneInfo("America/Bogota")
MONDAY, SATURDAY, SUNDAY = 16, 21, 22


def is_open(text: str, day: int, time: str) -> bool:
    hour, minute = map(int, time.split(":"))
    moment = datetime(2026, 11, day, hour, minute, tzinfo=BOGOTA)
    return parse_hours(text).is_open(moment.astimezone(UTC), BOGOTA)


@pytest.mark.parametrize(
    "text",
    [
        "mon-fri 08:00-18:00; sat 09:00-13:00",
        "lun-vie 08:00-18:00; sáb 09:00-13:00",
        "Lunes a viernes 8:00 a 18:00; sábado 9-13",
        "lun, mar, mié, jue y vie 8-18\nSáb.: 9.00–13.00",
    ],
)
def test_the_same_week_may_be_written_in_several_ways(text: str) -> None:
    assert is_open(text, MONDAY, "08:00")
    assert is_open(text, MONDAY, "17:59")
    assert not is_open(text, MONDAY, "07:59")
    assert not is_open(text, MONDAY, "18:00")
    assert is_open(text, SATURDAY, "12:59")
    assert not is_open(text, SATURDAY, "13:00")
    assert not is_open(text, SUNDAY, "10:00")


def test_no_hours_at_all_mean_always_open() -> None:
    assert is_open("", SUNDAY, "03:00")
    assert is_open("  ; ", SUNDAY, "03:00")


def test_a_lunch_break_is_closed() -> None:
    text = "lun-vie 08:00-12:00, 14:00-18:00"
    assert is_open(text, MONDAY, "11:59")
    assert not is_open(text, MONDAY, "13:00")
    assert is_open(text, MONDAY, "14:00")


def test_hours_without_days_hold_every_day() -> None:
    assert is_open("10:00-20:00", SUNDAY, "19:00")


def test_a_night_reaches_into_the_next_day_and_the_next_week() -> None:
    assert is_open("sat 22:00-02:00", SUNDAY, "01:59")
    assert not is_open("sat 22:00-02:00", SUNDAY, "02:00")
    assert is_open("dom 22:00-02:00", MONDAY, "01:00")


def test_a_range_of_days_may_cross_the_weekend() -> None:
    assert is_open("sab-lun 9-12", SUNDAY, "10:00")
    assert is_open("sab-lun 9-12", MONDAY, "10:00")
    assert not is_open("sab-lun 9-12", MONDAY + 1, "10:00")


def test_midnight_may_be_written_as_24() -> None:
    assert is_open("mon-sun 0:00-24:00", SUNDAY, "23:59")


@pytest.mark.parametrize(
    "text",
    [
        "siempre", "lun-vie", "lun 25:00-26:00", "lun 8:00", "foo 8-18", "lun 8-18 x", "lun 8-8", "8-18 lun",
        "lun 08:00-24:30", "lun 8-18 mar 9-12", "lun-vie-dom 8-18",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(HoursRefused, match="mon-fri 08:00-18:00"):
        parse_hours(text)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_an_example(text: str) -> None:
    with contextlib.suppress(HoursRefused):
        parse_hours(text).is_open(datetime(2026, 11, 22, tzinfo=UTC), BOGOTA)


def is_open_on(text: str, holidays: str, day: str, time: str) -> bool:
    hours = replace(parse_hours(text), holidays=parse_holidays(holidays))
    return hours.is_open(datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=BOGOTA).astimezone(UTC), BOGOTA)


def test_on_a_holiday_the_week_does_not_count() -> None:
    week, holidays = "lun-dom 08:00-18:00", "25/12  # Navidad\n24/12/2026 8-12; 2027-01-02"
    assert not is_open_on(week, holidays, "2026-12-25", "10:00")
    assert not is_open_on(week, holidays, "2031-12-25", "10:00")
    assert is_open_on(week, holidays, "2026-12-24", "11:59")
    assert not is_open_on(week, holidays, "2026-12-24", "12:00")
    assert is_open_on(week, holidays, "2027-12-24", "17:00")
    assert not is_open_on(week, holidays, "2027-01-02", "10:00")
    assert not is_open_on("", holidays, "2026-12-25", "10:00")
    assert is_open_on("", holidays, "2026-12-26", "10:00")


def test_a_day_of_one_year_wins_over_each_years() -> None:
    assert is_open_on("", "25/12\n25/12/2026 10-12", "2026-12-25", "11:00")


@pytest.mark.parametrize("text", ["31/02", "25", "25/12 12-8", "25/12 mañana", "2026/12/25", "0/1", "25/12/26"])
def test_holidays_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(HolidaysRefused):
        parse_holidays(text)
