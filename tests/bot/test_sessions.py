"""R8 and R15: how a session opens, what the first words do, and when it is over."""

from dataclasses import replace

import pytest

from tests.bot.flows import FALLBACK, NOON, ORIGINAL, WAIA, Phone, rule, with_menu
from waia.bot.engine import decide
from waia.bot.models import AtEnd, ChatState, Estado, Holder, Rule, RuleBook, Turn, Utterance, UtteranceKind
from waia.bot.sessions import (
    bot_is_due,
    bot_returns,
    close_chat,
    close_session,
    into_queue,
    is_idle,
    person_takes,
)

START = "menu_principal"
GREETING = rule(1, START, "iniciar, hola", "¡Hola!")
PRICE = rule(2, START, "precio", "Desde $10")
HOURS = rule(3, START, "horario", "9 a 5")


def test_the_greeting_is_iniciar_else_the_entry_else_the_wildcard() -> None:
    wildcard, entry = rule(7, START, "*", "comodín"), rule(8, START, "@entrada", "entrada")
    assert Phone(wildcard).says("buenas") == ["comodín"]
    assert Phone(wildcard, entry).says("buenas") == ["entrada"]
    assert Phone(wildcard, entry, replace(GREETING, id=9)).says("buenas") == ["¡Hola!"]


def test_the_first_words_are_answered_after_the_greeting() -> None:
    phone = Phone(GREETING, PRICE, rule(9, START, "*", "¿Cómo?"))
    assert phone.says("precio") == ["¡Hola!", "Desde $10"]
    assert phone.last.new_session
    assert phone.state.step == START


def test_greet_only_stops_at_the_greeting() -> None:
    assert Phone(GREETING, PRICE, settings=ORIGINAL).says("precio") == ["¡Hola!"]


@pytest.mark.parametrize("text", ["cualquier cosa", "hola", "¡Hola!", "👍", "menu", "2 x 3"])
def test_after_the_greeting_no_wildcard_formula_fallback_or_command_answers(text: str) -> None:
    asks = rule(9, START, "*", "{total}", formula="p1*p2")
    phone = Phone(GREETING, PRICE, asks)
    assert phone.says(text) == ["¡Hola!"]
    assert phone.state.misses == phone.state.refusals == 0


def test_a_formula_by_trigger_is_not_run_on_first_words() -> None:
    assert Phone(GREETING, rule(4, START, "tarifa", "{total}", formula="5*4")).says("tarifa") == ["¡Hola!"]


def test_the_first_words_may_choose_from_the_greetings_menu() -> None:
    greeting = with_menu(GREETING, "Cotizar>cotizar")
    phone = Phone(greeting, rule(5, "cotizar", "@entrada", "¿Medida?"))
    assert phone.says("cotizar") == ["¡Hola!", "¿Medida?"]


def test_the_first_words_are_decided_where_the_greeting_left_the_chat() -> None:
    greeting = rule(1, START, "iniciar", "¡Hola!", "ventas")
    phone = Phone(greeting, PRICE, rule(5, "ventas", "@entrada", "Ventas"), rule(6, "ventas", "precio", "$20"))
    assert phone.says("precio") == ["¡Hola!", "Ventas", "$20"]


def test_the_greeting_is_not_repeated_by_its_own_words() -> None:
    greeting = replace(GREETING, triggers=("iniciar", "información"))
    assert Phone(greeting).says("información") == ["¡Hola!"]


def test_in_a_burst_the_greetings_own_words_are_left_out() -> None:
    assert Phone(GREETING, PRICE).says("hola", "precio") == ["¡Hola!", "Desde $10"]


def test_without_a_greeting_the_first_words_meet_the_rules_of_the_initial_step() -> None:
    assert Phone(PRICE, settings=ORIGINAL).says("precio") == ["Desde $10"]
    assert Phone(PRICE).says("otra cosa") == [FALLBACK]


def test_an_empty_flow_hands_every_chat_to_a_person() -> None:
    phone = Phone()
    assert phone.says("hola") == []
    assert phone.state.holder is Holder.QUEUE
    assert phone.last.silent_reason == "step_without_rules"


def test_a_greeting_that_hands_over_is_the_last_word() -> None:
    phone = Phone(replace(GREETING, at_end=AtEnd.PERSON), PRICE)
    assert phone.says("precio") == ["¡Hola!"]
    assert phone.state.holder is Holder.QUEUE


def idle_phone(**fields: object) -> Phone:
    return Phone(GREETING, PRICE, rule(9, "lejos", "*", "lejos")).at("lejos", **fields)


def test_a_session_ends_after_the_timeout_measured_from_the_previous_message() -> None:
    assert idle_phone().waits(seconds=1800).says("x") == ["lejos"]
    phone = idle_phone().waits(seconds=1801)
    assert phone.says("precio") == ["¡Hola!", "Desde $10"]
    assert phone.last.new_session


def test_a_timeout_of_zero_never_ends_a_session() -> None:
    phone = Phone(rule(9, "lejos", "*", "lejos"), settings=replace(WAIA, session_timeout_s=0)).at("lejos")
    assert phone.waits(days=400).says("x") == ["lejos"]


def test_an_expired_session_keeps_answers_and_forgets_what_was_pending() -> None:
    phone = idle_phone(captured={"nombre": "Ana"}, misses=2, refusals=2, last_menu_rule_id=1).waits(hours=1)
    phone.says("hola")
    assert phone.state.captured == {"nombre": "Ana"}
    assert (phone.state.misses, phone.state.refusals, phone.state.last_menu_rule_id) == (0, 0, None)


def test_naive_and_aware_times_can_be_compared() -> None:
    assert is_idle(WAIA, NOON.replace(tzinfo=None), NOON.replace(hour=23))
    assert not is_idle(WAIA, None, NOON)


HELD = ChatState("s", Holder.QUEUE, NOON, NOON, 2, 1, {"a": "b"}, 7, Estado.SIN_RESPUESTA)


def test_closing_an_idle_session_keeps_holder_colour_and_answers() -> None:
    closed = close_session(HELD)
    assert (closed.step, closed.last_menu_rule_id, closed.misses, closed.refusals) == (None, None, 0, 0)
    assert (closed.holder, closed.estado, closed.captured) == (Holder.QUEUE, Estado.SIN_RESPUESTA, {"a": "b"})


def test_the_bot_returns_with_a_new_session_and_the_mark_stays() -> None:
    back = bot_returns(HELD)
    assert (back.holder, back.held_since, back.step, back.estado) == (
        Holder.BOT,
        None,
        None,
        Estado.SIN_RESPUESTA,
    )


def test_closing_a_chat_gives_it_back_to_the_bot() -> None:
    assert (close_chat(HELD).holder, close_chat(HELD).estado) == (Holder.BOT, Estado.CERRADO)


def test_a_person_takes_a_chat_and_may_return_it_to_the_queue() -> None:
    taken = person_takes(ChatState("s"), NOON)
    assert (taken.holder, taken.held_since, taken.estado, taken.step) == (
        Holder.PERSON,
        NOON,
        Estado.ASESOR,
        "s",
    )
    assert into_queue(taken, NOON).holder is Holder.QUEUE


def test_the_bot_is_due_after_its_hours_only() -> None:
    held = person_takes(ChatState("s"), NOON)
    assert not bot_is_due(WAIA, held, NOON.replace(hour=23))
    assert bot_is_due(WAIA, held, NOON.replace(day=3))
    assert not bot_is_due(replace(WAIA, bot_resume_hours=0), held, NOON.replace(day=9))
    assert not bot_is_due(WAIA, ChatState("s"), NOON.replace(day=9))


def rules_in(step: str) -> list[Rule]:
    return [rule(50, step, "*", step)]


def test_a_chat_whose_step_was_deleted_waits_for_a_person() -> None:
    phone = Phone(GREETING, *rules_in("otro")).at("borrado")
    assert phone.says("hola") == []
    assert phone.state.holder is Holder.QUEUE


def test_a_wildcard_that_computes_is_no_greeting() -> None:
    phone = Phone(rule(1, START, "*", "Son {total}", formula="p1*p2"))
    assert phone.says("2x3") == ["Son 6"]


def test_a_chat_in_a_step_that_the_flow_no_longer_has_begins_anew() -> None:
    rules = (rule(1, "menu_principal", "iniciar", "Hola"), rule(2, "menu_principal", "precio", "Cien"))
    state = ChatState(step="Promociones", last_customer_at=NOON, last_menu_rule_id=9, misses=2)
    turn = Turn((Utterance(1, UtteranceKind.TEXT, "precio", NOON),), NOON)
    decision = decide(RuleBook(rules, WAIA, retired=["promociones"]), state, turn)
    assert [reply.text for reply in decision.replies] == ["Hola", "Cien"]
    assert (decision.state.step, decision.new_session) == ("menu_principal", True)
    assert ("first_message", "step_gone", "") in decision.trace.stages


def test_a_step_that_never_had_rules_still_waits_for_a_person() -> None:
    book = RuleBook([rule(1, "menu_principal", "iniciar", "Hola")], WAIA, retired=["promociones"])
    turn = Turn((Utterance(1, UtteranceKind.TEXT, "hola", NOON),), NOON)
    decision = decide(book, ChatState(step="humano", last_customer_at=NOON), turn)
    assert (decision.replies, decision.silent_reason) == ((), "step_without_rules")
