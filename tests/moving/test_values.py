"""What single cells of the original mean: times, numbers, texts, menus, choices."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.moving.original_world import BUTTONS, LIST
from waia.moving.message_values import menu_in
from waia.moving.moments import moment
from waia.moving.numbers import Who, who_is
from waia.moving.original import OldRule
from waia.moving.original_choice import RESTARTED, OriginalBook
from waia.moving.texts import repaired
from waia.moving.uploads import Uploads, shown_name

SANTIAGO = ZoneInfo("America/Santiago")


@pytest.mark.parametrize("written", [None, "", "0000-00-00 00:00:00", "ayer", "2025-13-01 00:00:00"])
def test_a_day_that_is_none_is_no_time(written: str | None) -> None:
    assert moment(written, SANTIAGO) is None


def test_an_hour_that_a_clock_change_repeats_stays_in_order() -> None:
    """In Chile 23:30 comes twice on the 5th of April 2025; what was said after 23:45 is the second one."""
    first = moment("2025-04-05 23:45:00", SANTIAGO)
    assert first == datetime(2025, 4, 6, 2, 45, tzinfo=UTC)
    assert moment("2025-04-05 23:30:00", SANTIAGO, first) == datetime(2025, 4, 6, 3, 30, tzinfo=UTC)
    assert moment("2025-04-05 23:30:00", SANTIAGO) == datetime(2025, 4, 6, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("numero", "who"),
    [
        ("573001112233", Who(phone="573001112233")),
        ("+57 (300) 111-22.33", Who(phone="573001112233")),
        ("web-7", Who(called="web-7")),
        (" ", Who()),
        (None, Who()),
        ("٣٤٥", Who(called="٣٤٥")),
    ],
)
def test_a_number_is_its_digits_or_only_a_name(numero: str | None, who: Who) -> None:
    assert who_is(numero) == who


@pytest.mark.parametrize("meant", ["¿Qué tal, señora?", "“comillas” – guion", "Á Í Ý", "🙂"])
def test_a_text_read_as_latin_1_is_repaired_and_a_sound_one_is_left(meant: str) -> None:
    broken = "".join(
        bytes([byte]).decode("latin-1" if byte in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else "cp1252")
        for byte in meant.encode()
    )
    assert repaired(broken) == meant
    assert repaired(meant) is None


@pytest.mark.parametrize(
    ("options", "kind", "titles"),
    [
        (LIST, "list", ["Cotizar", "Horario"]),
        (BUTTONS, "buttons", ["Barra"]),
        ('[{"title": "T", "rows": [{"id": "1", "title": "Uno"}]}]', "list", ["Uno"]),
        ("{roto", "text", []),
        ("[]", "text", []),
        ("", "text", []),
        (None, "text", []),
        ("https://x/[a].jpg", "text", []),
    ],
)
def test_a_menu_is_known_by_the_options_that_were_kept_with_it(
    options: str | None, kind: str, titles: list[str]
) -> None:
    found, details = menu_in(options)
    assert (found, [option["title"] for option in details.get("options", [])]) == (kind, titles)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://x.example/static/uploads/foto%201.jpg", "foto 1.jpg"),
        ("/app/static/uploads/foto.jpg", "foto.jpg"),
        ("static/uploads/foto.jpg", "foto.jpg"),
        ("/srv/media/foto.jpg", "foto.jpg"),
        ("https://x.example/static/uploads/../../etc/passwd", None),
        ("https://x.example/foto.jpg", None),
        ("991122334455", None),
        ("", None),
    ],
)
def test_an_upload_is_known_by_its_address_or_path(url: str, name: str | None) -> None:
    assert Uploads(None).name_in(url) == name


def test_a_file_is_called_as_its_sender_called_it() -> None:
    assert shown_name("0" * 32 + "_mi_plano.pdf") == "mi_plano.pdf"
    assert shown_name("7001.jpeg") == "7001.jpeg"


def _book(*rules: tuple[int, str, str]) -> OriginalBook:
    rows = (OldRule(n, step, words, "", None, "texto", None, None, None, None, None, None) for n, step, words in rules)
    return OriginalBook(rows, "menu_principal")


@pytest.mark.parametrize(
    ("step", "text", "first", "last"),
    [
        ("menu", "hola", 4, 2),
        ("menu", "hola buenas", 2, 2),
        ("menu", "¡BUENAS, quiero info!", 4, 2),
        ("menu", "info", 3, 3),
        ("Menu ", "el menú por favor", RESTARTED, RESTARTED),
        ("", "lo que sea", 1, 1),
        ("otro", "hola", None, None),
    ],
)
def test_the_original_chose_by_its_own_rules(
    step: str, text: str, first: int | str | None, last: int | str | None
) -> None:
    book = _book((1, "menu_principal", "iniciar"), (2, "menu", "hola, buenas"), (3, "menu", "info"), (4, "menu", "*"))
    assert (book.first_releases(step, text), book.last_releases(step, text)) == (first, last)
