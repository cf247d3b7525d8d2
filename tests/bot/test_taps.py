"""A tap is decided by the rule that sent its menu, at any age."""

from dataclasses import replace

from tests.bot.flows import FALLBACK, Phone, rule, with_menu
from waia.bot.models import Menu, RuleKind, UtteranceKind

GREETING = rule(1, "menu_principal", "iniciar", "¡Hola!")
SHOWS = with_menu(
    rule(2, "s", "ver", "Elija", role_keyword="ventas"), "Ventas>ventas", "Horario", "Varios>paso, ventas"
)
HOURS = rule(3, "s", "horario", "9 a 5")
SALES = rule(4, "ventas", "@entrada", "Ventas")
STEP = rule(5, "paso", "*", "de paso")
FLOW = (GREETING, SHOWS, HOURS, SALES, STEP)


def test_an_option_leads_to_its_step_and_its_entry() -> None:
    phone = Phone(*FLOW).at("s")
    assert phone.taps("opt1", "Ventas", 2) == ["Ventas"]
    assert phone.state.step == "ventas"
    assert phone.last.roles_added == ()


def test_an_option_with_several_steps_sends_the_wildcards_on_the_way() -> None:
    assert Phone(*FLOW).at("s").taps("opt3", "Varios", 2) == ["de paso", "Ventas"]


def test_an_option_without_target_is_its_title_typed() -> None:
    phone = Phone(*FLOW).at("s", last_menu_rule_id=2)
    assert phone.taps("opt2", "Horario", 2) == ["9 a 5"]


def test_a_tap_on_an_old_menu_is_decided_where_that_menu_left_the_chat() -> None:
    phone = Phone(*FLOW, rule(9, "lejos", "*", "lejos")).at("lejos")
    assert phone.taps("opt2", "Horario", 2) == ["9 a 5"]
    assert phone.state.step == "s"


def test_a_tap_comes_before_expiry_and_the_first_message() -> None:
    phone = Phone(*FLOW).at("s").waits(days=30)
    assert phone.taps("opt1", "Ventas", 2) == ["Ventas"]
    assert phone.last.new_session
    fresh = Phone(*FLOW)
    assert fresh.taps("opt2", "Horario", 2) == ["9 a 5"]
    assert fresh.last.new_session


def test_a_tap_within_a_session_opens_no_new_one() -> None:
    phone = Phone(*FLOW).at("s", misses=2, refusals=2)
    phone.taps("opt1", "Ventas", 2)
    assert not phone.last.new_session
    assert (phone.state.misses, phone.state.refusals) == (0, 0)


def test_a_tap_whose_rule_is_gone_or_disabled_gets_the_greeting() -> None:
    phone = Phone(*FLOW).at("s")
    assert phone.taps("opt1", "Ventas", 99) == ["¡Hola!"]
    assert phone.state.step == "menu_principal"
    off = Phone(GREETING, replace(SHOWS, enabled=False), SALES).at("s")
    assert off.taps("opt1", "Ventas", 2) == ["¡Hola!"]


def test_an_option_that_was_edited_away_is_found_by_title_or_typed() -> None:
    phone = Phone(*FLOW).at("s")
    assert phone.taps("old-id", "ventas", 2) == ["Ventas"]
    assert phone.at("s").taps("old-id", "Horario", 2) == ["9 a 5"]
    assert phone.at("s").taps("old-id", "Nada", 2) == [FALLBACK]
    plain = replace(SHOWS, kind=RuleKind.TEXT, menu=None)
    assert Phone(GREETING, plain, HOURS).at("s").taps("opt2", "horario", 2) == ["9 a 5"]


def test_a_tap_without_a_known_menu_looks_in_the_current_step_as_the_original_did() -> None:
    phone = Phone(*FLOW).at("s")
    assert phone.taps("opt1", "Ventas", None) == ["Ventas"]
    assert phone.at("s").taps("otra", "Horario", None) == ["9 a 5"]


def test_a_tap_without_a_known_menu_is_a_first_message_when_no_session_is_open() -> None:
    assert Phone(*FLOW).taps("cualquiera", "Sí", None) == ["¡Hola!"]


def test_texts_before_a_tap_are_decided_first_and_then_the_tap() -> None:
    phone = Phone(*FLOW).at("s")
    tap = replace(phone.utterance("Ventas", UtteranceKind.TAP), option_id="opt1", menu_rule_id=2)
    assert phone.turn(phone.utterance("horario"), tap) == ["9 a 5", "Ventas"]


def test_a_nervous_finger_counts_once() -> None:
    phone = Phone(*FLOW).at("s")
    tap = replace(phone.utterance("Ventas", UtteranceKind.TAP), option_id="opt1", menu_rule_id=2)
    assert phone.turn(tap, replace(tap, message_id=99)) == ["Ventas"]


def test_an_option_title_of_emoji_is_found() -> None:
    shows = replace(SHOWS, menu=Menu(tuple(replace(o, title="👍") for o in (SHOWS.menu or Menu(())).options[:1])))
    phone = Phone(GREETING, shows, SALES).at("s", last_menu_rule_id=2)
    assert phone.says("👍🏽") == ["Ventas"]
