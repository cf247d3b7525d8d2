"""Opening hours of the business, read from one line such as `lun-vie 08:00-18:00; sab 09:00-13:00`."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTES_A_DAY = 24 * 60
DAYS_A_WEEK = 7
LONGEST_LOOK_BACK = 60
_DAY_NAMES = (
    ("mon", "monday", "lun", "lunes"),
    ("tue", "tues", "tuesday", "mar", "martes"),
    ("wed", "wednesday", "mie", "miercoles"),
    ("thu", "thur", "thurs", "thursday", "jue", "jueves"),
    ("fri", "friday", "vie", "viernes"),
    ("sat", "saturday", "sab", "sabado"),
    ("sun", "sunday", "dom", "domingo"),
)
_DAY_NUMBERS = {name: number for number, names in enumerate(_DAY_NAMES) for name in names}
_TIME = r"(?:[01]?\d|2[0-4])(?:[:.][0-5]\d)?"
LEAP_YEAR = 2024
_HOLIDAY = re.compile(
    r"(?:(?P<iso_year>\d{4})-(?P<iso_month>\d{1,2})-(?P<iso_day>\d{1,2})"
    r"|(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>\d{4}))?)(?P<times>(?:[\s:,].*)?)"
)
_SPAN = re.compile(rf"(?<![\d:.])({_TIME})\s*(?:-|a|to)\s*({_TIME})(?![\d:.])")
_BETWEEN_DAYS = re.compile(r"(?<=[a-z])\s*(?:-|\ba\b|\bto\b)\s*(?=[a-z])")
_SEPARATORS = re.compile(r"(?:[\s,]|\b(?:y|e|and)\b)+")


class HoursRefused(ValueError):
    """The text cannot be read; the message is the cure."""

    def __init__(self) -> None:
        super().__init__("write days and times such as mon-fri 08:00-18:00; sat 09:00-13:00 (or lun-vie), or nothing")


class HolidaysRefused(ValueError):
    """The text cannot be read; the message is the cure."""

    def __init__(self) -> None:
        super().__init__("write one day a line: 25/12, 24/12/2026 or 2026-12-24, with hours if it is not closed")


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which the week does not count; every year where `year` is None. Without `spans` it is closed."""

    month: int
    day: int
    year: int | None = None
    spans: tuple[tuple[int, int], ...] = ()

    def falls_on(self, day: date) -> bool:
        return (self.month, self.day) == (day.month, day.day) and self.year in {None, day.year}


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """`spans` are minutes of the week from Monday 00:00, the last one excluded; none means always open."""

    spans: tuple[tuple[int, int], ...] = ()
    holidays: tuple[Holiday, ...] = ()

    def is_open(self, moment: datetime, zone: ZoneInfo) -> bool:
        local = moment.astimezone(zone)
        minute = local.hour * 60 + local.minute
        for holiday in self.holidays:
            if holiday.falls_on(local.date()):
                return any(first <= minute < last for first, last in holiday.spans)
        minute += local.weekday() * MINUTES_A_DAY
        return not self.spans or any(first <= minute < last for first, last in self.spans)

    def open_time(self, start: datetime, end: datetime, zone: ZoneInfo) -> timedelta:
        """How much of the time from `start` to `end` (aware) the business is open; all of it where it always is."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        if not self.spans and not self.holidays:
            return max(end - start, timedelta())
        total, day, last = timedelta(), start.astimezone(zone).date(), end.astimezone(zone).date()
        while day <= last:
            for first_minute, last_minute in self._spans_on(day):
                opens = _moment(day, first_minute, zone)
                closes = _moment(day, last_minute, zone)
                total += max(min(closes, end) - max(opens, start), timedelta())
            day += timedelta(days=1)
        return total

    def opened_for(self, now: datetime, wanted: timedelta, zone: ZoneInfo) -> datetime:
        """The moment since which it has been open for as long as `wanted`, looking back from `now`; at most some weeks.

        Real minutes: a day on which clocks change is an hour shorter or longer.
        """
        left, day = wanted, now.astimezone(zone).date()
        for _ in range(LONGEST_LOOK_BACK):
            for first, last in reversed(self._spans_on(day)):
                begin, end = _moment(day, first, zone), min(_moment(day, last, zone), now)
                if end - begin >= left:
                    return end - left
                left -= max(end - begin, timedelta())
            day -= timedelta(days=1)
        return _moment(day, 0, zone)

    def _spans_on(self, day: date) -> list[tuple[int, int]]:
        """Minutes of the day, in order."""
        for holiday in self.holidays:
            if holiday.falls_on(day):
                return sorted(holiday.spans)
        if not self.spans:
            return [(0, MINUTES_A_DAY)]
        midnight = day.weekday() * MINUTES_A_DAY
        cut = ((max(first - midnight, 0), min(last - midnight, MINUTES_A_DAY)) for first, last in self.spans)
        return [(first, last) for first, last in cut if first < last]


ALWAYS_OPEN = BusinessHours()


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """In UTC, so that differences count the hour that a change of the clock takes or gives."""
    days, rest = divmod(minute, MINUTES_A_DAY)
    return datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), zone).astimezone(UTC)


def parse_hours(text: str) -> BusinessHours:
    """Raises HoursRefused. `22:00-02:00` ends on the next day; an empty text is always open."""
    parts = [part for part in re.split(r"[;\n]", _plain(text)) if part.strip()]
    return BusinessHours(tuple(sorted(span for part in parts for span in _week_spans(part))))


def parse_holidays(text: str) -> tuple[Holiday, ...]:
    """Raises HolidaysRefused. One day a line; what follows a `#` is a remark. A year makes a day one of that year."""
    lines = [line.partition("#")[0].strip() for line in _plain(text).replace(";", "\n").splitlines()]
    found = [_holiday(line) for line in lines if line]
    return tuple(sorted(found, key=lambda holiday: holiday.year is None))  # a day of one year wins over each year's


def _holiday(line: str) -> Holiday:
    match = _HOLIDAY.fullmatch(line)
    if match is None:
        raise HolidaysRefused
    year = match["iso_year"] or match["year"]
    month, day = int(match["iso_month"] or match["month"]), int(match["iso_day"] or match["day"])
    spans = [(_minute(found[1]), _minute(found[2])) for found in _SPAN.finditer(match["times"])]
    left_over = _SEPARATORS.sub("", _SPAN.sub(" ", match["times"]))
    try:
        date(int(year or LEAP_YEAR), month, day)
    except ValueError:
        raise HolidaysRefused from None
    if left_over or any(first >= last for first, last in spans):
        raise HolidaysRefused
    return Holiday(month, day, int(year) if year else None, tuple(spans))


def _plain(text: str) -> str:
    """Lower case without accents; every dash is a hyphen."""
    letters = unicodedata.normalize("NFD", text.lower())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[–—]", "-", plain)


def _week_spans(part: str) -> Iterator[tuple[int, int]]:
    days, times = re.fullmatch(r"(\D*)(.*)", part.strip(), re.DOTALL).groups()  # type: ignore[union-attr]
    spans = [(_minute(found[1]), _minute(found[2])) for found in _SPAN.finditer(times)]
    left_over = _SEPARATORS.sub("", _SPAN.sub(" ", times))
    if not spans or left_over or any(first == last for first, last in spans):
        raise HoursRefused
    for day in _days(days):
        for first, last in spans:
            yield from _wrapped(day, first, last)


def _days(text: str) -> list[int]:
    """`lun-vie, dom` as numbers from Monday 0; no day at all means every day."""
    named = _BETWEEN_DAYS.sub("-", text.replace(".", "").replace(":", " "))
    words = [word for word in _SEPARATORS.split(named) if word]
    return sorted({day for word in words for day in _day_range(word)}) if words else list(range(DAYS_A_WEEK))


def _day_range(word: str) -> Iterator[int]:
    first, _, last = word.partition("-")
    if first not in _DAY_NUMBERS or (last or first) not in _DAY_NUMBERS:
        raise HoursRefused
    start, end = _DAY_NUMBERS[first], _DAY_NUMBERS[last or first]
    for step in range((end - start) % DAYS_A_WEEK + 1):
        yield (start + step) % DAYS_A_WEEK


def _minute(time: str) -> int:
    hour, _, minute = time.replace(".", ":").partition(":")
    total = int(hour) * 60 + int(minute or 0)
    if total > MINUTES_A_DAY:
        raise HoursRefused
    return total


def _wrapped(day: int, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Cut at the end of the week, so that Sunday night reaches into Monday."""
    week = DAYS_A_WEEK * MINUTES_A_DAY
    begin = day * MINUTES_A_DAY + first
    end = day * MINUTES_A_DAY + last + (MINUTES_A_DAY if last < first else 0)
    yield begin, min(end, week)
    if end > week:
        yield 0, end - week
