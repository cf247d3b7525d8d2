"""Languages: which one a reader gets, and how texts, dates and numbers look in it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from waia.kit.i18n import (
    LANGUAGES,
    format_datetime,
    format_day,
    format_number,
    format_time,
    negotiate,
    translator,
)

BOGOTA = ZoneInfo("America/Bogota")
SUNDAY_EVENING = datetime(2026, 11, 23, 1, 4, 5, tzinfo=UTC)


def test_spanish_texts_are_shown_as_they_were_written() -> None:
    assert translator("es").gettext("Hoy") == "Hoy"


def test_english_readers_get_the_translation() -> None:
    assert translator("en").gettext("Hoy") == "Today"


def test_a_text_without_a_translation_stays_spanish() -> None:
    assert translator("en").gettext("Esto no está en el catálogo") == "Esto no está en el catálogo"


def test_an_unknown_language_gets_spanish() -> None:
    assert translator("../../etc") is translator("es")


@pytest.mark.parametrize(("count", "expected"), [(0, "mensajes"), (1, "mensaje"), (2, "mensajes")])
def test_a_plural_without_a_translation_follows_the_spanish_rule(count: int, expected: str) -> None:
    assert translator("es").ngettext("mensaje", "mensajes", count) == expected


@pytest.mark.parametrize(
    ("accept_language", "user_language", "expected"),
    [
        ("en-US,en;q=0.9", "es", "es"),
        ("en-US,en;q=0.9", None, "en"),
        ("fr;q=1, en;q=0.4, es-CO;q=0.8", None, "es"),
        ("en;q=0, fr", None, "es"),
        ("en;q=nonsense", None, "es"),
        ("en;q=nan, es;q=0.5", None, "es"),
        ("*", None, "es"),
        (None, "klingon", "es"),
        ("," * 100_000, None, "es"),
    ],
)
def test_the_users_choice_wins_then_the_browsers_then_the_default(
    accept_language: str | None, user_language: str | None, expected: str
) -> None:
    assert negotiate(accept_language, user_language, default="es") == expected


def test_an_unknown_default_falls_back_to_spanish() -> None:
    assert negotiate(None, None, default="xx") == "es"


def test_times_are_shown_in_the_business_zone() -> None:
    assert format_time(SUNDAY_EVENING, "es", BOGOTA) == "20:04"
    assert format_datetime(SUNDAY_EVENING, "es", BOGOTA) == "22 nov 2026, 20:04"
    assert format_datetime(SUNDAY_EVENING, "en", BOGOTA).startswith("Nov 22, 2026, 8:04")


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        format_time(datetime(2026, 11, 22, 15, 4), "es", BOGOTA)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("now", "spanish", "english"),
    [
        (datetime(2026, 11, 23, 4, 59, tzinfo=UTC), "Hoy", "Today"),
        (datetime(2026, 11, 23, 5, 0, tzinfo=UTC), "Ayer", "Yesterday"),
        (datetime(2026, 11, 27, 12, 0, tzinfo=UTC), "domingo", "Sunday"),
        (datetime(2026, 11, 29, 12, 0, tzinfo=UTC), "22/11/26", "11/22/26"),
        (datetime(2026, 11, 20, 12, 0, tzinfo=UTC), "22/11/26", "11/22/26"),
    ],
)
def test_days_are_named_as_seen_from_now(now: datetime, spanish: str, english: str) -> None:
    assert format_day(SUNDAY_EVENING, "es", BOGOTA, now) == spanish
    assert format_day(SUNDAY_EVENING, "en", BOGOTA, now) == english


def test_numbers_follow_the_language() -> None:
    assert format_number(12345.5, "es") == "12.345,5"
    assert format_number(12345.5, "en") == "12,345.5"
    assert format_number(2, "es", decimals=2) == "2,00"
    assert format_number(2.5, "es", decimals=0) == "2"


def test_every_language_has_a_catalogue_and_a_name() -> None:
    for language, name in LANGUAGES.items():
        assert translator(language).language == language
        assert name
