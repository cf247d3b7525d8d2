"""R9: the words that work in every step, and the owner's own functions."""

import math
from dataclasses import replace

import pytest

from tests.bot.flows import BAD_MEASURE, NOON, ORIGINAL, RESTART, WAIA, Phone, rule, with_menu
from waia.bot.commands import RESTART_COMMANDS, command_in, without_courtesy
from waia.bot.models import (
    FlowSettings,
    HandoverReason,
    Holder,
    Plugin,
    PluginAnswer,
    PluginCall,
    PluginResult,
    ReplyCause,
    UtteranceKind,
)

GREETING = rule(1, "menu_principal", "iniciar", "¡Hola!")
LOST = rule(2, "lejos", "*", "lejos")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("quiero volver al inicio", "inicio"),
        ("por favor menu por favor", "menu"),
        ("hola buenas", ""),
        ("ir a la casa", "a la casa"),
        ("", ""),
        ("por", "por"),
    ],
)
def test_courtesy_words_fall_off_both_ends(text: str, wanted: str) -> None:
    assert without_courtesy(text) == wanted


@pytest.mark.parametrize("word", RESTART_COMMANDS)
def test_every_command_starts_over(word: str) -> None:
    phone = Phone(GREETING, LOST).at("lejos", captured={"nombre": "Ana"}, misses=2)
    assert phone.says(f"¡{word.upper()}, por favor!") == [RESTART, "¡Hola!"]
    assert phone.state.step == "menu_principal"
    assert phone.state.captured == {"nombre": "Ana"}
    assert phone.state.misses == 0
    assert [reply.cause for reply in phone.last.replies] == [ReplyCause.RESTART, ReplyCause.RULE]
    assert not phone.last.new_session


@pytest.mark.parametrize("text", ["necesito ayuda con mi pedido", "el menú de hoy", "ayudame"])
def test_a_command_inside_a_sentence_counts_only_anywhere(text: str) -> None:
    assert Phone(GREETING, LOST).at("lejos").says(text) == ["lejos"]
    anywhere = command_in(ORIGINAL, "necesito ayuda con mi pedido")
    assert anywhere == "ayuda"
    assert command_in(ORIGINAL, "ayudame") is None


def test_a_command_comes_before_a_rule_of_the_step() -> None:
    assert Phone(GREETING, rule(2, "lejos", "menu", "carta")).at("lejos").says("menu") == [RESTART, "¡Hola!"]


def test_an_empty_restart_text_sends_only_the_greeting() -> None:
    phone = Phone(GREETING, LOST, settings=replace(WAIA, restart_text=" ")).at("lejos")
    assert phone.says("menu") == ["¡Hola!"]


def test_a_restart_follows_the_greeting_where_it_leads() -> None:
    greeting = replace(GREETING, next_steps=("ventas",))
    phone = Phone(greeting, rule(3, "ventas", "@entrada", "Ventas")).at("ventas")
    assert phone.says("inicio") == [RESTART, "¡Hola!", "Ventas"]


def with_command(name: str, plugin: Plugin) -> FlowSettings:
    return replace(WAIA, commands={name: plugin})


def test_an_own_command_answers_moves_and_remembers() -> None:
    calls: list[PluginCall] = []

    def track(call: PluginCall) -> PluginResult:
        calls.append(call)
        return PluginAnswer("Pedido {total} de {{quien}}", {"total": 7}, {"quien": "Ana"}, ("ventas",))

    phone = Phone(GREETING, LOST, rule(3, "ventas", "@entrada", "Ventas"), settings=with_command("Mi Pedido", track))
    assert phone.at("lejos").says("mi pedido, por favor") == ["Pedido 7 de Ana", "Ventas"]
    assert phone.state.step == "ventas"
    assert (calls[0].name, calls[0].text, calls[0].step, calls[0].now) == (
        "mi pedido",
        "mi pedido, por favor",
        "lejos",
        NOON,
    )


def test_an_own_command_may_replace_a_built_in_one() -> None:
    phone = Phone(GREETING, LOST, settings=with_command("ayuda", lambda call: "Llame al 123"))
    assert phone.at("lejos").says("ayuda") == ["Llame al 123"]


def raises(call: PluginCall) -> PluginResult:
    raise RuntimeError(call.text)


@pytest.mark.parametrize(
    "broken",
    [
        raises,
        lambda call: object(),
        lambda call: [1],
        lambda call: math.nan,
        lambda call: PluginAnswer(values={"a": math.inf}),
    ],
)
def test_an_own_command_that_fails_hands_the_chat_over(broken: Plugin) -> None:
    phone = Phone(GREETING, LOST, settings=with_command("pedido", broken)).at("lejos")
    assert phone.says("pedido") == []
    assert phone.last.handover is not None
    assert phone.last.handover.reason is HandoverReason.PLUGIN_FAILED
    assert phone.state.holder is Holder.QUEUE


def test_an_own_command_may_ask_for_a_person() -> None:
    phone = Phone(GREETING, LOST, settings=with_command("asesor", lambda call: PluginAnswer("Ya va", handover=True)))
    assert phone.at("lejos").says("asesor") == ["Ya va"]
    assert phone.state.holder is Holder.QUEUE


def handled(plugin: Plugin | None, formula: str | None = None) -> Phone:
    settings = replace(WAIA, handlers={"meson": plugin} if plugin else {})
    quote = rule(1, "s", "*", "Son {total}", "fin", handler="meson", formula=formula, unit="m", maximum=5.0)
    return Phone(quote, rule(2, "fin", "x", "x"), settings=settings).at("s")


def test_a_handler_computes_the_total_from_text_and_measures() -> None:
    phone = handled(lambda call: sum(call.measures))
    assert phone.says("1,2 m x 60 cm") == ["Son 1,8"]
    assert phone.state.step == "fin"
    assert handled(lambda call: call.text.upper()).says("abc") == ["Son ABC"]


def test_a_handler_may_refuse_or_say_it_otherwise() -> None:
    assert handled(lambda call: PluginAnswer(refused=True)).says("abc") == [BAD_MEASURE]
    assert handled(lambda call: PluginAnswer("Otro {p1}")).says("1 x 2") == ["Otro 1"]
    assert handled(lambda call: 1).says("9 x 9") == [BAD_MEASURE]


def test_a_handler_that_fails_or_is_missing_hands_the_chat_over() -> None:
    for phone, reason in (
        (handled(raises), HandoverReason.PLUGIN_FAILED),
        (handled(None), HandoverReason.PLUGIN_MISSING),
    ):
        assert phone.says("1 x 2") == []
        assert phone.last.handover is not None
        assert phone.last.handover.reason is reason


def test_a_missing_handler_falls_back_on_the_formula() -> None:
    assert handled(None, "p1 * p2").says("2 x 3") == ["Son 6"]


def test_a_tapped_title_without_target_may_be_a_command() -> None:
    asks = with_menu(rule(3, "lejos", "ver", "Elija"), "Menú")
    phone = Phone(GREETING, asks).at("lejos")
    phone.says("ver")
    assert phone.taps("opt1", "Menú", 3) == [RESTART, "¡Hola!"]


def test_a_caption_may_be_a_command() -> None:
    assert Phone(GREETING, LOST).at("lejos").shows(UtteranceKind.IMAGE, "menu") == [RESTART, "¡Hola!"]
