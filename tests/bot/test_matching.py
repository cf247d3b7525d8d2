"""R7 and R16: the passes in their order, for one message and for a burst."""

import pytest

from tests.bot.flows import FALLBACK, ORIGINAL, Phone, rule, with_menu
from waia.bot.models import Condition, MatchMode

CONTAINS = MatchMode.CONTIENE


def test_the_lower_priority_number_and_then_the_lower_id_wins() -> None:
    phone = Phone(rule(3, "s", "a", "tercera"), rule(2, "s", "a", "segunda"), rule(9, "s", "a", "primera", priority=-1))
    assert phone.at("s").says("a") == ["primera"]
    assert Phone(rule(3, "s", "a", "tercera"), rule(2, "s", "a", "segunda")).at("s").says("a") == ["segunda"]


def test_a_list_of_triggers_matches_any_of_them() -> None:
    phone = Phone(rule(1, "s", "hola, buenas tardes\nqué más", "saludo"))
    for text in ("Hola", "buenas tardes", "¡Qué más!"):
        assert phone.at("s").says(text) == ["saludo"]
    assert phone.at("s").says("hola buenas tardes") == [FALLBACK]


def test_an_exact_trigger_beats_a_contained_one_of_a_lower_id() -> None:
    phone = Phone(rule(1, "s", "precio", "contiene", match=CONTAINS), rule(2, "s", "precio del mesón", "exacta"))
    assert phone.at("s").says("precio del meson") == ["exacta"]
    assert phone.at("s").says("¿qué precio tiene?") == ["contiene"]


@pytest.mark.parametrize("text", ["los precios", "apreciotal", "prec io"])
def test_a_contained_trigger_stands_as_whole_words(text: str) -> None:
    assert Phone(rule(1, "s", "precio", "x", match=CONTAINS)).at("s").says(text) == [FALLBACK]


def test_a_contained_trigger_has_four_letters_at_least() -> None:
    phone = Phone(rule(1, "s", "iva, 12345, la a", "x", match=CONTAINS))
    assert phone.at("s").says("cuánto es el iva hoy") == [FALLBACK]
    assert phone.at("s").says("llame al 12345 ya") == [FALLBACK]
    assert phone.at("s").says("es para la casa", "hoy") == [FALLBACK]


@pytest.mark.parametrize("work", [{"formula": "medida * 2"}, {"capture_name": "nombre"}])
def test_nothing_is_contained_where_the_wildcard_waits_for_an_answer(work: dict[str, str]) -> None:
    asks = rule(2, "s", "*", "respuesta", **work)
    phone = Phone(rule(1, "s", "horario", "9 a 5", match=CONTAINS), asks)
    assert phone.at("s").says("el horario es 5") == ["respuesta"]
    assert phone.at("s").says("horario") == ["9 a 5"]


def test_under_the_original_profile_every_rule_is_exact() -> None:
    phone = Phone(rule(1, "s", "precio", "x", match=CONTAINS), settings=ORIGINAL)
    assert phone.at("s").says("qué precio tiene") == [FALLBACK]


def test_the_wildcard_answers_what_nothing_else_does() -> None:
    phone = Phone(rule(1, "s", "*", "comodín"), rule(2, "s", "a", "letra"))
    assert phone.at("s").says("a") == ["letra"]
    assert phone.at("s").says("b") == ["comodín"]


def test_a_star_inside_a_list_is_inert() -> None:
    phone = Phone(rule(1, "s", "a,*", "letra"))
    assert phone.at("s").says("b") == [FALLBACK]
    assert phone.at("s").says("*") == [FALLBACK]


def test_a_disabled_rule_and_one_out_of_its_hours_are_passed_over() -> None:
    phone = Phone(
        rule(1, "s", "a", "apagada", enabled=False),
        rule(2, "s", "a", "de noche", condition=Condition.CLOSED),
        rule(3, "s", "a", "de día", condition=Condition.OPEN),
    )
    assert phone.at("s").says("a") == ["de día"]
    assert (1, "step", "disabled") in phone.last.trace.rules
    assert (2, "step", "open_now") in phone.last.trace.rules
    phone.is_open = False
    assert phone.at("s").says("a") == ["de noche"]
    assert (3, "step", "closed_now") in phone.last.trace.rules


def test_steps_are_the_same_in_any_case_and_accents() -> None:
    phone = Phone(rule(1, " Menú_Principal", "a", "x", "MENU_PRINCIPAL"))
    assert phone.at("menu_principal ").says("a") == ["x"]
    assert phone.state.step == "Menú_Principal"


MENU = with_menu(rule(1, "s", "ver", "Elija"), "Cotizar>cotizar", "Horario", "Persona>humano")
OPTIONS = (
    MENU,
    rule(2, "s", "horario", "9 a 5"),
    rule(3, "cotizar", "@entrada", "¿Medida?"),
    rule(4, "s", "*", "no"),
)


@pytest.mark.parametrize("text", ["cotizar", "COTIZAR.", "opt1", "1"])
def test_an_option_may_be_typed_by_title_id_or_number(text: str) -> None:
    phone = Phone(*OPTIONS).at("s")
    phone.says("ver")
    assert phone.says(text) == ["¿Medida?"]
    assert phone.state.step == "cotizar"


def test_a_typed_option_without_target_is_its_title() -> None:
    phone = Phone(*OPTIONS).at("s")
    phone.says("ver")
    assert phone.says("2") == ["9 a 5"]


@pytest.mark.parametrize("text", ["4", "0", "la 1", "cotizar ya"])
def test_anything_else_is_no_option(text: str) -> None:
    phone = Phone(*OPTIONS).at("s")
    phone.says("ver")
    assert phone.says(text) == ["no"]


def test_a_trigger_beats_an_option() -> None:
    phone = Phone(*OPTIONS, rule(5, "s", "1", "disparador")).at("s")
    phone.says("ver")
    assert phone.says("1") == ["disparador"]


def test_a_menu_of_a_step_left_behind_is_no_longer_typed() -> None:
    phone = Phone(*OPTIONS, rule(5, "s", "otro", "vamos", "lejos"), rule(6, "lejos", "*", "lejos")).at("s")
    phone.says("ver")
    phone.says("otro")
    assert phone.says("cotizar") == ["lejos"]


def test_a_menu_sent_on_the_way_into_a_step_is_that_steps_menu() -> None:
    shows = with_menu(rule(1, "a", "ver", "Elija", "b"), "Cotizar>cotizar")
    phone = Phone(shows, rule(3, "cotizar", "@entrada", "¿Medida?"), rule(4, "b", "*", "no")).at("a")
    phone.says("ver")
    assert phone.says("1") == ["¿Medida?"]


def test_an_emoji_matches_only_as_written_and_else_the_wildcard() -> None:
    phone = Phone(rule(1, "s", "👍", "bien"), rule(2, "s", "...", "puntos"), rule(3, "s", "*", "otro"))
    assert phone.at("s").says("👍🏽") == ["bien"]
    assert phone.at("s").says("❤️") == ["otro"]
    assert phone.at("s").says("...") == ["puntos"]


def test_event_triggers_never_match_text() -> None:
    phone = Phone(rule(1, "s", "@imagen, @entrada", "evento"), rule(2, "s", "*", "comodín"))
    for text in ("@imagen", "imagen", "@entrada", "entrada"):
        assert phone.at("s").says(text) == ["comodín"]


BURST = (
    rule(1, "s", "precio del mesón", "junta"),
    rule(2, "s", "precio", "precio"),
    rule(3, "s", "horario", "horario"),
    rule(4, "s", "instalación", "instala", match=CONTAINS),
    rule(5, "s", "*", "comodín"),
)


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (("precio", "del mesón"), "junta"),
        (("precio", "horario"), "horario"),
        (("horario", "precio"), "precio"),
        (("precio", "gracias"), "precio"),
        (("y la", "instalación cuánto"), "instala"),
        (("instalación cuánto", "precio"), "precio"),
        (("hola", "buenas"), "comodín"),
    ],
)
def test_a_burst_is_decided_once_on_the_joined_text_then_newest_first(texts: tuple[str, ...], wanted: str) -> None:
    assert Phone(*BURST).at("s").says(*texts) == [wanted]


def test_a_measure_may_come_in_pieces() -> None:
    computes = rule(1, "s", "*", "{total}", formula="p1*p2")
    assert Phone(computes).at("s").says("120", "x", "60") == ["7.200"]
    assert Phone(computes).at("s").says("va", "2x3", "gracias") == ["6"]


def test_a_command_inside_a_burst_is_heard() -> None:
    phone = Phone(*BURST).at("s")
    assert phone.says("ya no quiero eso", "menu") == ["Perfecto, volvamos a empezar."]
