"""R14 and R17: who holds the chat, and when the bot is silent."""

from dataclasses import replace

import pytest

from tests.bot.flows import BAD_MEASURE, FALLBACK, RESTART, WAIA, Phone, rule
from waia.bot.models import AtEnd, ChatState, Estado, HandoverReason, Holder, ReplyCause, UtteranceKind

START = rule(1, "menu_principal", "iniciar", "¡Hola!")
PERSON = rule(2, "s", "asesor", "Ya le atienden", at_end=AtEnd.PERSON, role_keyword="ventas")
OTHER = rule(3, "s", "precio", "$10", role_keyword="cotizar")


def test_a_rule_with_a_role_does_not_silence_the_bot() -> None:
    phone = Phone(START, OTHER).at("s")
    phone.says("precio")
    assert phone.last.roles_added == ("cotizar",)
    assert phone.state.holder is Holder.BOT


def test_a_rule_may_hand_the_chat_to_the_queue_of_its_role() -> None:
    phone = Phone(START, PERSON).at("s")
    assert phone.says("asesor") == ["Ya le atienden"]
    assert phone.last.handover is not None
    assert (phone.last.handover.reason, phone.last.handover.role_keyword) == (HandoverReason.RULE, "ventas")
    assert (phone.state.holder, phone.state.held_since) == (Holder.QUEUE, phone.now)
    assert phone.state.estado is Estado.SIN_RESPUESTA


def test_without_a_role_the_queue_is_the_flows_or_everyones() -> None:
    nobody = replace(PERSON, role_keyword=None)
    for role in ("soporte", None):
        phone = Phone(START, nobody, settings=replace(WAIA, handover_role=role)).at("s")
        phone.says("asesor")
        assert phone.last.handover is not None
        assert phone.last.handover.role_keyword == role


@pytest.mark.parametrize("holder", [Holder.QUEUE, Holder.PERSON])
@pytest.mark.parametrize("step", ["s", None])
def test_the_bot_is_silent_while_the_chat_is_held(holder: Holder, step: str | None) -> None:
    state = ChatState(step, holder, estado=Estado.ASESOR)
    phone = Phone(START, OTHER, state=state)
    assert phone.says("precio") == []
    assert phone.taps("opt1", "precio", 3) == []
    assert phone.shows(UtteranceKind.IMAGE) == []
    assert phone.state.step == step
    assert phone.state.estado is Estado.SIN_RESPUESTA
    assert phone.last.silent_reason == f"held_by_{holder.value}"


def test_from_the_queue_a_command_brings_the_bot_back() -> None:
    phone = Phone(START, OTHER, state=ChatState("s", Holder.QUEUE))
    assert phone.says("hola", "menú por favor") == [RESTART, "¡Hola!"]
    assert phone.state.holder is Holder.BOT
    assert phone.last.new_session


def test_a_person_is_not_interrupted_by_a_command() -> None:
    phone = Phone(START, OTHER, state=ChatState("s", Holder.PERSON))
    assert phone.says("menu") == []
    assert phone.state.holder is Holder.PERSON


def test_the_bot_returns_by_itself_after_its_hours_with_a_new_session() -> None:
    phone = Phone(START, OTHER)
    phone.state = ChatState("s", Holder.PERSON, held_since=phone.now)
    phone.waits(hours=23, minutes=59)
    assert phone.says("precio") == []
    phone.waits(minutes=1)
    assert phone.says("precio") == ["¡Hola!"]
    assert (phone.state.holder, phone.last.new_session) == (Holder.BOT, True)


def test_with_zero_hours_the_bot_never_pauses() -> None:
    settings = replace(WAIA, bot_resume_hours=0)
    phone = Phone(START, OTHER, PERSON, settings=settings, state=ChatState("s", Holder.PERSON)).at(
        "s", holder=Holder.PERSON
    )
    assert phone.says("precio") == ["$10"]
    assert phone.says("asesor") == ["Ya le atienden"]
    assert phone.last.handover is None
    assert phone.state.holder is Holder.PERSON


def test_three_misses_in_a_row_hand_the_chat_over() -> None:
    phone = Phone(START, OTHER).at("s")
    assert phone.says("a") == phone.says("b") == [FALLBACK]
    assert phone.state.estado is Estado.SIN_REGLA
    assert phone.says("precio") == ["$10"]
    assert phone.state.misses == 0
    for text in "xyz":
        assert phone.says(text) == [FALLBACK]
    assert phone.last.handover is not None
    assert phone.last.handover.reason is HandoverReason.MISSES
    assert phone.says("precio") == []


def test_the_third_miss_may_say_that_a_person_comes() -> None:
    settings = replace(WAIA, handover_text="Le paso con una persona.")
    phone = Phone(START, OTHER, settings=settings).at("s", misses=2)
    assert phone.says("a") == ["Le paso con una persona."]
    assert phone.last.replies[0].cause is ReplyCause.HANDOVER


def test_an_empty_fallback_is_silent_but_counts() -> None:
    phone = Phone(START, OTHER, settings=replace(WAIA, fallback_text="")).at("s")
    assert phone.says("a") == []
    assert (phone.last.silent_reason, phone.state.misses, phone.state.estado) == (
        "empty_fallback",
        1,
        Estado.SIN_REGLA,
    )


def test_three_refused_measures_hand_the_chat_over() -> None:
    phone = Phone(rule(1, "s", "*", "{total}", formula="p1*p2")).at("s")
    for text in "abc":
        assert phone.says(text) == [BAD_MEASURE]
    assert phone.state.step == "s"
    assert phone.last.handover is not None
    assert phone.last.handover.reason is HandoverReason.REFUSALS


def test_a_measure_outside_its_bounds_is_refused() -> None:
    bounded = rule(1, "s", "*", "{total}", formula="medida * 2", unit="m", minimum=0.5, maximum=3.0)
    assert Phone(bounded).at("s").says("40 cm") == [BAD_MEASURE]
    assert Phone(bounded).at("s").says("3,01") == [BAD_MEASURE]
    assert Phone(bounded).at("s").says("50 cm") == ["1"]


def test_a_formula_that_cannot_be_read_hands_the_chat_over() -> None:
    phone = Phone(rule(1, "s", "*", "{total}", formula="__import__('os')")).at("s")
    assert phone.says("2x3") == []
    assert phone.last.handover is not None
    assert phone.last.handover.reason is HandoverReason.FORMULA_BROKEN


def test_a_step_whose_rules_are_all_disabled_waits_for_a_person() -> None:
    phone = Phone(replace(OTHER, enabled=False)).at("s")
    assert phone.says("precio") == []
    assert phone.last.handover is not None
    assert phone.last.handover.reason is HandoverReason.STEP_WITHOUT_RULES


def test_a_step_with_only_an_announcement_waits_for_a_person() -> None:
    phone = Phone(rule(1, "humano", "@entrada", "Ya le atienden")).at("humano")
    assert phone.says("sigo esperando") == []
    assert phone.state.holder is Holder.QUEUE
