"""Words, dates and numbers in the reader's language.

Texts in code and templates are Spanish and serve as message ids; `locale/<language>/LC_MESSAGES/waia.po`
translates them. The catalogues are read straight from their .po files, so there is nothing to compile.
"""

import gettext as gettext_rules
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from babel import Locale, dates, numbers
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from waia.kit.files import locale_dir

LANGUAGES: Mapping[str, str] = MappingProxyType({"es": "Español", "en": "English"})
SOURCE_LANGUAGE = "es"
LONGEST_ACCEPT_LANGUAGE = 1_000


@dataclass(frozen=True, slots=True)
class Translator:
    """One language's catalogue; a text it lacks comes back as it was written, in Spanish."""

    language: str
    singulars: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]
    plural_form: Callable[[int], int]

    def gettext(self, message: str) -> str:
        return self.singulars.get(message, message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        forms = self.plurals.get(singular)
        if forms is None:
            return singular if n == 1 else plural
        return forms[min(self.plural_form(n), len(forms) - 1)]


def N_(message: str) -> str:  # noqa: N802  # the name that extraction tools look for
    """Marks a text for the catalogues where it is written; it is translated later, where it is shown."""
    return message


def translator(language: str) -> Translator:
    """The translator of a language of `LANGUAGES`; an unknown one gets Spanish."""
    return _translator(language if language in LANGUAGES else SOURCE_LANGUAGE)


def negotiate(accept_language: str | None, user_language: str | None, default: str) -> str:
    """The language to answer in: what the user chose, else what the browser asks for, else `default`."""
    if user_language is not None and user_language in LANGUAGES:
        return user_language
    for wanted in _by_preference(accept_language or ""):
        if wanted in LANGUAGES:
            return wanted
    return default if default in LANGUAGES else SOURCE_LANGUAGE


def format_datetime(when: datetime, language: str, zone: tzinfo) -> str:
    """`22 nov 2026, 15:04`"""
    return f"{format_date(_local(when, zone).date(), language)}, {format_time(when, language, zone)}"


def format_time(when: datetime, language: str, zone: tzinfo) -> str:
    """`15:04`, or `3:04 PM` where that is the habit."""
    local = _local(when, zone)
    return _time_text(local.hour, local.minute, language)


def format_day(when: datetime, language: str, zone: tzinfo, now: datetime) -> str:
    """A day as people name it at `now`: today, yesterday, a weekday within the last week, else the date."""
    day, today = _local(when, zone).date(), _local(now, zone).date()
    words = translator(language)
    if day == today:
        return words.gettext("Hoy")
    if day == today - timedelta(days=1):
        return words.gettext("Ayer")
    if today - timedelta(days=7) < day < today:
        return _date_text(day, "EEEE", language)
    return _date_text(day, "short", language)


def format_date(day: date, language: str) -> str:
    """`22 nov 2026`"""
    return _date_text(day, "medium", language)


def format_weekday(day: date, language: str) -> str:
    """`lun, 30 nov`"""
    return dates.format_skeleton("MMMEd", day, locale=_locale(language))


def format_number(number: float | Decimal, language: str, decimals: int | None = None) -> str:
    """`1.234,5` in Spanish, `1,234.5` in English; `decimals` fixes how many follow the mark."""
    pattern = "#,##0.###" if decimals is None else f"#,##0.{'0' * decimals}".rstrip(".")
    return numbers.format_decimal(number, format=pattern, locale=_locale(language))


def format_size(size: int, language: str) -> str:
    """`640 B`, `18 kB`, `1,2 MB`"""
    if size < 1_000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{round(size / 1_000)} kB"
    return f"{format_number(Decimal(size) / 1_000_000, language, 1)} MB"


def format_length(seconds: float) -> str:
    """`0:14`, `1:02:03`"""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


@cache
def _translator(language: str) -> Translator:
    catalogue = _catalogue(language)
    singulars: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        translation = message.string
        if not message.id or not translation or message.fuzzy:
            continue
        if isinstance(message.id, str):
            singulars[message.id] = str(translation)
        elif all(translation):
            plurals[message.id[0]] = tuple(translation)
    return Translator(language, singulars, plurals, gettext_rules.c2py(catalogue.plural_expr))


def catalogue_file(language: str) -> Path:
    return locale_dir() / language / "LC_MESSAGES/waia.po"


def _catalogue(language: str) -> Catalog:
    with catalogue_file(language).open("rb") as file:
        return read_po(file, locale=language)


def _by_preference(accept_language: str) -> Iterator[str]:
    ranges = [_weighted(part) for part in accept_language[:LONGEST_ACCEPT_LANGUAGE].split(",")]
    for _, language in sorted((found for found in ranges if found[0] > 0), key=lambda found: -found[0]):
        yield language


def _weighted(part: str) -> tuple[float, str]:
    language, _, parameter = part.partition(";")
    weight = parameter.strip().removeprefix("q=") if parameter.strip() else "1"
    try:
        quality = float(weight)
    except ValueError:
        quality = 0.0
    return quality, language.strip().lower().partition("-")[0]


@lru_cache(2_000)
def _time_text(hour: int, minute: int, language: str) -> str:
    """A page shows the same few times and days again and again, and each takes long to lay out."""
    return dates.format_time(time(hour, minute), "short", locale=_locale(language))


@lru_cache(2_000)
def _date_text(day: date, pattern: str, language: str) -> str:
    return dates.format_date(day, pattern, locale=_locale(language))


def _local(when: datetime, zone: tzinfo) -> datetime:
    if when.tzinfo is None:
        raise ValueError("a time without its zone cannot be shown")
    return when.astimezone(zone)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language if language in LANGUAGES else SOURCE_LANGUAGE)
