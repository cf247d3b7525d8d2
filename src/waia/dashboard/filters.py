"""Which part of everything the board shows, as its address says it: a period, a role, a number, a person, a kind."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from urllib.parse import urlencode

from waia.kit.errors import Invalid
from waia.kit.i18n import N_

MOST_DAYS = 366
PRESETS = {
    "hoy": N_("Hoy"),
    "ayer": N_("Ayer"),
    "7d": N_("Últimos 7 días"),
    "30d": N_("Últimos 30 días"),
    "mes": N_("Este mes"),
    "mes_pasado": N_("Mes pasado"),
    "12m": N_("Últimos 12 meses"),
    "otro": N_("Otras fechas"),
}
DEFAULT, OTHER = "7d", "otro"
LAST_DAYS = {"7d": 7, "30d": 30, "12m": 365}
AUTHORS = {
    "cliente": (N_("Clientes"), ("customer",)),
    "bot": (N_("Bot"), ("bot",)),
    "asesor": (N_("Asesores"), ("user", "phone")),
}
BAD_DAY = N_("Escribe la fecha como 2026-11-30.")
BACKWARDS = N_("El último día es anterior al primero.")
TOO_LONG = N_("El tablero muestra hasta 366 días a la vez: acorta el período.")
UNKNOWN = N_("Elige una de las opciones.")


@dataclass(frozen=True)
class Filters:
    """`first` to `last`, both included, are days of the business. What is empty or None does not narrow.

    `owner_id` 0: chats that nobody had. `authors` are keys of AUTHORS; all or none of them are all.
    """

    first: date
    last: date
    preset: str = DEFAULT
    role_id: int | None = None
    number: str = ""
    owner_id: int | None = None
    kind: str = ""
    authors: tuple[str, ...] = ()

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def narrows_chats(self) -> bool:
        """Whether figures of some chats only are asked for."""
        return self.role_id is not None or self.owner_id is not None

    @property
    def author_values(self) -> tuple[str, ...]:
        return tuple(value for name in self.authors for value in AUTHORS[name][1])

    @cached_property
    def fields(self) -> list[tuple[str, str]]:
        """As they stand in an address."""
        chosen = self.preset == OTHER
        told = [
            ("periodo", self.preset),
            ("del", self.first.isoformat() if chosen else ""),
            ("al", self.last.isoformat() if chosen else ""),
            ("rol", "" if self.role_id is None else str(self.role_id)),
            ("numero", self.number),
            ("asesor", "" if self.owner_id is None else str(self.owner_id)),
            ("tipo", self.kind),
            *(("autor", name) for name in self.authors),
        ]
        return [(name, value) for name, value in told if value]

    @property
    def query(self) -> str:
        return urlencode(self.fields)

    @property
    def dated(self) -> "Filters":
        """The same days, whatever day it is when the address is opened again."""
        return replace(self, preset=OTHER)

    def narrowed(self, **changes: object) -> "Filters":
        return replace(self.dated, **changes)  # type: ignore[arg-type]


def period_of(preset: str, today: date) -> tuple[date, date]:
    """First and last day of any of PRESETS but OTHER."""
    if preset in LAST_DAYS:
        return today - timedelta(days=LAST_DAYS[preset] - 1), today
    yesterday, month = today - timedelta(days=1), today.replace(day=1)
    before = month - timedelta(days=1)
    periods = {"hoy": (today, today), "ayer": (yesterday, yesterday), "mes": (month, today)}
    return periods.get(preset, (before.replace(day=1), before))


def read_filters(values: Mapping[str, str], authors: tuple[str, ...], today: date) -> Filters:
    """Raises Invalid with a sentence for each field that cannot be read."""
    errors: dict[str, str] = {}
    preset = values.get("periodo") or (OTHER if values.get("del") or values.get("al") else DEFAULT)
    if preset not in PRESETS:
        errors["periodo"], preset = UNKNOWN, DEFAULT
    first, last = _period(preset, values, today, errors)
    filters = Filters(
        first=first,
        last=last,
        preset=preset,
        role_id=_id(values, "rol", errors),
        number="".join(sign for sign in values.get("numero", "") if sign.isascii() and sign.isdigit())[:20],
        owner_id=_id(values, "asesor", errors),
        kind=values.get("tipo", "")[:20],
        authors=_authors(authors, errors),
    )
    if errors:
        raise Invalid(errors)
    return filters


def _period(preset: str, values: Mapping[str, str], today: date, errors: dict[str, str]) -> tuple[date, date]:
    return _chosen(values, today, errors) if preset == OTHER else period_of(preset, today)


def _chosen(values: Mapping[str, str], today: date, errors: dict[str, str]) -> tuple[date, date]:
    """One day alone is enough: up to today, or the week that ends there."""
    first, last = _day(values, "del", errors), _day(values, "al", errors)
    if last is None:
        last = max(first, today) if first else today
    if first is None:
        first = last - timedelta(days=LAST_DAYS[DEFAULT] - 1)
    if not errors and last < first:
        errors["al"] = BACKWARDS
    if not errors and (last - first).days >= MOST_DAYS:
        errors["al"] = TOO_LONG
    return first, last


def _day(values: Mapping[str, str], name: str, errors: dict[str, str]) -> date | None:
    text = values.get(name, "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2200:
        errors[name] = BAD_DAY
        return None
    return day


def _id(values: Mapping[str, str], name: str, errors: dict[str, str]) -> int | None:
    text = values.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        errors[name] = UNKNOWN
        return None
    return int(text)


def _authors(names: tuple[str, ...], errors: dict[str, str]) -> tuple[str, ...]:
    if any(name not in AUTHORS for name in names):
        errors["autor"] = UNKNOWN
        return ()
    chosen = tuple(name for name in AUTHORS if name in names)
    return chosen if len(chosen) < len(AUTHORS) else ()
