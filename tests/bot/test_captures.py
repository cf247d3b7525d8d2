"""Each kind of answer: what is accepted, how it is kept, and what is asked again."""

from datetime import date

import pytest

from tests.bot.flows import BAD_MEASURE, FALLBACK, Phone, menu, rule, with_menu
from waia.bot.captures import Question, accept_answer
from waia.bot.models import CaptureKind, HandoverReason, Holder, UtteranceKind

TODAY = date(2026, 3, 2)


def kept(kind: CaptureKind, text: str, locale: str = "es", **fields: object) -> str | None:
    asked = rule(1, "s", "*", "", "", capture_name="x", capture_kind=kind, **fields)
    return accept_answer(text, Question(asked, None, TODAY, locale))


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        (CaptureKind.TEXT, "  Ana María ", "Ana María"),
        (CaptureKind.TEXT, "👍", "👍"),
        (CaptureKind.TEXT, "  ", None),
        (CaptureKind.TEXT, "x" * 1001, None),
        (CaptureKind.NUMBER, "1.200", "1.200"),
        (CaptureKind.NUMBER, "2,50", "2,5"),
        (CaptureKind.NUMBER, "dos", None),
        (CaptureKind.MEASURE, "1,20 x 0.6", "1,2 x 0,6"),
        (CaptureKind.MEASURE, "80", "80"),
        (CaptureKind.MEASURE, "grande", None),
        (CaptureKind.EMAIL, "mi correo es Ana.P+x@correo.com.co.", "Ana.P+x@correo.com.co"),
        (CaptureKind.EMAIL, "ana@correo", None),
        (CaptureKind.EMAIL, "a@b.co y c@d.co", None),
        (CaptureKind.PHONE, "+57 (300) 123-4567", "+573001234567"),
        (CaptureKind.PHONE, "es el 300 123 45 67", "3001234567"),
        (CaptureKind.PHONE, "12345", None),
        (CaptureKind.DATE, "5/3/2026", "05/03/2026"),
        (CaptureKind.DATE, "05-03-26", "05/03/2026"),
        (CaptureKind.DATE, "2026-03-05", "05/03/2026"),
        (CaptureKind.DATE, "5/3", "05/03/2026"),
        (CaptureKind.DATE, "25 de Diciembre de 2026", "25/12/2026"),
        (CaptureKind.DATE, "25 dic.", "25/12/2026"),
        (CaptureKind.DATE, "31/02/2026", None),
        (CaptureKind.DATE, "mañana", None),
        (CaptureKind.OPTION, "Rojo", "Rojo"),
    ],
)
def test_an_answer_is_kept_in_one_form_or_refused(kind: CaptureKind, text: str, wanted: str | None) -> None:
    assert kept(kind, text) == wanted


def test_in_english_dates_are_kept_as_iso() -> None:
    assert kept(CaptureKind.DATE, "25 december 2026", "en") == "2026-12-25"


def test_a_number_outside_the_bounds_is_refused() -> None:
    assert kept(CaptureKind.NUMBER, "5", minimum=10.0) is None
    assert kept(CaptureKind.NUMBER, "50", maximum=10.0) is None
    assert kept(CaptureKind.NUMBER, "10", minimum=10.0, maximum=10.0) == "10"


def test_a_measure_is_kept_in_the_rules_unit() -> None:
    assert kept(CaptureKind.MEASURE, "120 cm x 60 cm", unit="m") == "1,2 x 0,6 m"


def test_an_option_is_kept_by_its_title_however_it_was_chosen() -> None:
    asked = rule(1, "s", "*", capture_name="color", capture_kind=CaptureKind.OPTION)
    question = Question(asked, menu("Rojo", "Azul"), TODAY, "es")
    assert [accept_answer(text, question) for text in ("2", "azul", "opt1", "verde")] == [
        "Azul",
        "Azul",
        "Rojo",
        None,
    ]


NAME = rule(1, "nombre", "*", "Gracias, {{nombre}}.", "fin", capture_name="nombre")
EMAIL = rule(
    2,
    "correo",
    "*",
    "Anotado: {{correo}}",
    capture_name="correo",
    capture_kind=CaptureKind.EMAIL,
    capture_retry="¿Correo?",
)


def test_a_captured_answer_is_used_at_once_and_later() -> None:
    phone = Phone(NAME, rule(3, "fin", "@entrada", "¿Algo más, {{nombre}}?")).at("nombre")
    assert phone.says("Ana María") == ["Gracias, Ana María.", "¿Algo más, Ana María?"]
    assert phone.state.captured == {"nombre": "Ana María"}


def test_a_burst_is_one_answer() -> None:
    phone = Phone(NAME).at("nombre")
    assert phone.says("Ana", "María") == ["Gracias, Ana María."]


def test_one_message_of_a_burst_may_hold_the_answer() -> None:
    phone = Phone(EMAIL).at("correo")
    assert phone.says("claro", "ana@correo.co") == ["Anotado: ana@correo.co"]


def test_a_refused_answer_is_asked_again_and_the_third_goes_to_a_person() -> None:
    phone = Phone(EMAIL).at("correo")
    assert phone.says("no sé") == phone.says("luego") == ["¿Correo?"]
    assert phone.state.refusals == 2
    phone.says("que no")
    assert phone.last.handover is not None
    assert phone.last.handover.reason is HandoverReason.REFUSALS
    assert phone.state.holder is Holder.QUEUE


def test_an_accepted_answer_forgets_the_refusals() -> None:
    phone = Phone(EMAIL).at("correo")
    phone.says("no sé")
    phone.says("a@b.co")
    assert phone.state.refusals == 0


def test_without_a_retry_text_the_flow_has_one() -> None:
    number = rule(1, "s", "*", capture_name="n", capture_kind=CaptureKind.NUMBER)
    measure = rule(1, "s", "*", capture_name="n", capture_kind=CaptureKind.MEASURE)
    assert Phone(number).at("s").says("x") == [FALLBACK]
    assert Phone(measure).at("s").says("x") == [BAD_MEASURE]


def test_the_number_of_an_option_without_target_is_captured_as_its_title() -> None:
    asks = with_menu(rule(1, "color", "@entrada", "¿Color?"), "Rojo", "Azul")
    takes = rule(2, "color", "*", "{{color}}", capture_name="color")
    phone = Phone(asks, takes, rule(3, "a", "ir", goes="color")).at("a")
    assert phone.says("ir") == ["¿Color?"]
    assert phone.says("2") == ["Azul"]


def test_a_tapped_option_without_target_is_captured() -> None:
    asks = with_menu(rule(1, "color", "@entrada", "¿Color?"), "Rojo", "Azul")
    takes = rule(2, "color", "*", "{{color}}", capture_name="color", capture_kind=CaptureKind.OPTION)
    phone = Phone(asks, takes).at("color", last_menu_rule_id=1)
    assert phone.taps("opt1", "Rojo", 1) == ["Rojo"]


def test_a_caption_that_is_no_answer_is_not_refused() -> None:
    phone = Phone(EMAIL).at("correo")
    assert phone.shows(UtteranceKind.IMAGE, "mira") == []
    assert phone.state.refusals == 0


def test_the_trace_names_the_answer_but_does_not_hold_it() -> None:
    phone = Phone(NAME).at("nombre")
    phone.says("Ana")
    after = phone.last.trace.to_dict()["after"]
    assert isinstance(after, dict)
    assert after["captured"] == ["nombre"]
