"""Why this reply, or none: the trace says it in codes, and is JSON."""

import json

from tests.bot.flows import Phone, rule
from waia.bot.models import MatchMode

FLOW = (
    rule(1, "menu_principal", "iniciar", "¡Hola!", "menu"),
    rule(2, "menu", "horario", "9 a 5"),
    rule(3, "menu", "@imagen", "foto"),
    rule(4, "menu", "instalación", "sí", match=MatchMode.CONTIENE),
    rule(5, "menu", "iva", "19", match=MatchMode.CONTIENE),
    rule(6, "menu", "precio", "$10", enabled=False),
    rule(7, "menu", "*", "¿cómo?"),
)


def test_the_rules_tried_are_named_in_order_with_their_reasons() -> None:
    phone = Phone(*FLOW).at("menu")
    phone.says("¿La INSTALACIÓN cuánto?")
    trace = phone.last.trace
    assert trace.text == "la instalacion cuanto"
    assert trace.chosen == (4,)
    assert trace.rules == (
        (6, "step", "disabled"),
        (2, "exact", "no_trigger_equal"),
        (3, "exact", "event_only"),
        (4, "exact", "no_trigger_equal"),
        (5, "exact", "no_trigger_equal"),
        (7, "exact", "wildcard_waits"),
        (2, "contains", "mode_exacta"),
        (3, "contains", "mode_exacta"),
        (4, "contains", "matched"),
    )


def test_an_exact_match_names_only_what_came_before_it() -> None:
    phone = Phone(*FLOW).at("menu")
    phone.says("instalación")
    assert phone.last.trace.rules[1:] == (
        (2, "exact", "no_trigger_equal"),
        (3, "exact", "event_only"),
        (4, "exact", "matched"),
    )


def test_the_stages_tell_the_story_of_a_first_message() -> None:
    phone = Phone(*FLOW)
    phone.says("horario")
    assert [(stage, outcome) for stage, outcome, _ in phone.last.trace.stages] == [
        ("holder", "bot"),
        ("first_message", "new_session"),
        ("greeting", "sent"),
        ("steps", "moved"),
        ("entry", "no_entry_rule"),
        ("rules", "exact"),
    ]
    assert phone.last.trace.chosen == (1, 2)


def test_a_trace_is_json_with_the_state_before_and_after() -> None:
    phone = Phone(*FLOW)
    phone.says("hola")
    told = json.loads(json.dumps(phone.last.trace.to_dict()))
    assert told["before"]["step"] is None
    assert told["after"]["step"] == "menu"
    assert told["after"]["estado"] == "espera_usuario"
    assert told["chosen"] == [1]


def test_silence_is_explained() -> None:
    phone = Phone(*FLOW).at("fuera")
    phone.says("hola")
    assert phone.last.silent_reason == "step_without_rules"
    assert ("handover", "step_without_rules", "") in phone.last.trace.stages
    phone.turn()
    assert phone.last.silent_reason == "nothing_said"
