"""Which rows stand behind a figure: messages or conversations, narrowed as its link says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from waia.dashboard.counting import LONGEST_TERM, phrase_of, words_in
from waia.dashboard.filters import Filters
from waia.dashboard.kept_repository import AfterChat
from waia.kit.errors import Invalid
from waia.kit.i18n import N_

BAD_NUMBER = N_("Ese número no se entiende.")
HANDLED = frozenset({"bot", "person", "waiting", "nobody"})


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a figure counts beyond the filters of the board. What is None or empty does not narrow."""

    hour: int | None = None
    weekday: int | None = None
    chat_id: int | None = None
    word: str = ""
    phrase: str = ""
    failed: str = ""
    uncertain: bool = False
    by_phone: bool = False
    without_role: bool = False
    handled: str = ""
    customer: str = ""
    answered_by: str = ""
    closed_with: str = ""

    def admits(self, text: str) -> bool:
        """Whether a text holds the word, or is the phrase: by the same rules as the figure."""
        if self.word and self.word not in words_in(text):
            return False
        return not self.phrase or phrase_of(text) == self.phrase


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list goes on: before this moment, and of equal ones before this id."""

    at: datetime
    id: int

    @property
    def key(self) -> str:
        return f"{self.at.astimezone(UTC):%Y%m%d%H%M%S%f}-{self.id}"


@dataclass(frozen=True, slots=True)
class Behind:
    filters: Filters
    narrowing: Narrowing = field(default_factory=Narrowing)
    place: Place | None = None

    def spans(self, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
        """The moments that count, newest first, from one to another that does not count any more.

        One span, unless hours or weekdays are asked for.
        """
        if self.narrowing.hour is None and self.narrowing.weekday is None:
            yield _midnight(self.filters.first, zone), _midnight(self.filters.last + timedelta(days=1), zone)
            return
        for day in reversed(self.filters.days):
            if self.narrowing.weekday is None or day.weekday() == self.narrowing.weekday:
                yield _of_day(day, self.narrowing.hour, zone)


def read_narrowing(values: Mapping[str, str]) -> Narrowing:
    """Raises Invalid. Odd words are as good as none."""
    handled, customer = values.get("atendida", ""), values.get("cliente", "")
    return Narrowing(
        hour=_number(values, "hora", 23),
        weekday=_number(values, "dia_semana", 6),
        chat_id=_number(values, "chat", 10**18),
        word=values.get("palabra", "")[:LONGEST_TERM],
        phrase=values.get("sin_regla", "")[:LONGEST_TERM],
        failed=values.get("fallo", "")[:10],
        uncertain=values.get("sin_confirmar") == "1",
        by_phone=values.get("telefono") == "1",
        without_role=values.get("sin_rol") == "1",
        handled=handled if handled in HANDLED else "",
        customer=customer if customer in {"nuevo", "vuelve"} else "",
        answered_by=_who(values, "respuesta"),
        closed_with=_who(values, "cerrada"),
    )


def read_place(key: str) -> Place | None:
    moment, _, number = key.partition("-")
    if not (moment.isascii() and moment.isdigit() and len(moment) == 20 and number.isascii() and number.isdigit()):
        return None
    try:
        return Place(datetime.strptime(moment, "%Y%m%d%H%M%S%f").replace(tzinfo=UTC), int(number[:18]))
    except ValueError:
        return None


def read_after(values: Mapping[str, str]) -> AfterChat | None:
    """Where a list of customers goes on."""
    n, _, chat_id = values.get("antes", "").partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 19 for part in (n, chat_id)):
        return None
    return AfterChat(int(n), int(chat_id))


def _number(values: Mapping[str, str], name: str, most: int) -> int | None:
    text = values.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19 and int(text) <= most):
        raise Invalid({name: BAD_NUMBER})
    return int(text)


def _who(values: Mapping[str, str], name: str) -> str:
    return values.get(name, "") if values.get(name) in {"bot", "persona"} else ""


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _of_day(day: date, hour: int | None, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """An hour that the clock shows twice on this day is one span of two hours."""
    if hour is None:
        return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
    begins = datetime.combine(day, time(hour), zone)
    ends = datetime.combine(day, time(), zone) + timedelta(hours=hour + 1)
    return begins.astimezone(UTC), max(ends.replace(fold=0).astimezone(UTC), begins.astimezone(UTC))
