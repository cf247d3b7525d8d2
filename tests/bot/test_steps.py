"""R7 and R10: where a rule leads, what is sent on the way, and on coming to rest."""

from dataclasses import replace

from tests.bot.flows import Phone, rule, with_menu
from waia.bot.models import Rule
from waia.bot.progress import MOST_AUTOMATIC_STEPS


def test_every_step_but_the_last_sends_its_wildcard() -> None:
    phone = Phone(
        rule(1, "s", "ir", "uno", "a, b, c"),
        rule(2, "a", "*", "dos"),
        rule(3, "b", "x", "nunca"),
        rule(4, "c", "*", "todavía no"),
    ).at("s")
    assert phone.says("ir") == ["uno", "dos"]
    assert phone.state.step == "c"
    assert phone.sent_rules == [1, 2]


def test_a_wildcard_on_the_way_brings_its_role_and_its_own_steps() -> None:
    phone = Phone(
        rule(1, "s", "ir", "uno", "a, fin", role_keyword="ventas"),
        rule(2, "a", "*", "dos", "b, otro", role_keyword="soporte"),
        rule(3, "b", "*", "tres", role_keyword="ventas"),
    ).at("s")
    assert phone.says("ir") == ["uno", "dos", "tres"]
    assert phone.state.step == "fin"
    assert phone.last.roles_added == ("ventas", "soporte")


def test_a_wildcard_that_waits_for_an_answer_is_not_sent_on_the_way() -> None:
    phone = Phone(rule(1, "s", "ir", "uno", "a, b"), rule(2, "a", "*", "Son {total}", formula="p1*p2")).at("s")
    assert phone.says("ir") == ["uno"]


def test_an_empty_rule_sends_nothing_and_only_jumps() -> None:
    phone = Phone(rule(1, "s", "ir", "", "a"), rule(2, "a", "x", "x")).at("s")
    assert phone.says("ir") == []
    assert phone.state.step == "a"
    assert phone.last.silent_reason == "rule_without_reply"


def test_the_entry_is_sent_when_the_chat_comes_to_rest_in_another_step() -> None:
    entry = rule(2, "a", "@entrada", "Bienvenida a A")
    phone = Phone(rule(1, "s", "ir", "vamos", "a"), entry, rule(3, "a", "aquí", "sigo", "A")).at("s")
    assert phone.says("ir") == ["vamos", "Bienvenida a A"]
    assert phone.says("aquí") == ["sigo"]


def test_an_entry_may_lead_on_to_another() -> None:
    phone = Phone(
        rule(1, "s", "ir", "vamos", "a"),
        rule(2, "a", "@entrada", "A", "b"),
        rule(3, "b", "@entrada", "B", "a"),
    ).at("s")
    assert phone.says("ir") == ["vamos", "A", "B"]
    assert phone.state.step == "a"


def test_only_the_step_of_rest_greets_not_those_passed() -> None:
    phone = Phone(rule(1, "s", "ir", "vamos", "a, b"), rule(2, "a", "@entrada", "A"), rule(3, "b", "@entrada", "B")).at(
        "s"
    )
    assert phone.says("ir") == ["vamos", "B"]


def test_choosing_an_option_of_the_same_step_is_never_met_with_silence() -> None:
    entry = with_menu(rule(1, "s", "@entrada", "Elija"), "Otra vez>s")
    phone = Phone(entry).at("s", last_menu_rule_id=1)
    assert phone.says("1") == ["Elija"]
    assert phone.taps("opt1", "Otra vez", 1) == ["Elija"]


def chain(length: int) -> list[Rule]:
    """Each step's entry leads into the next."""
    return [rule(n, f"s{n}", "@entrada", f"e{n}", f"s{n + 1}") for n in range(1, length)]


def test_a_chain_of_entries_ends_at_the_cap() -> None:
    phone = Phone(rule(0, "s", "ir", "vamos", "s1"), *chain(200)).at("s")
    assert len(phone.says("ir")) == MOST_AUTOMATIC_STEPS + 1
    assert ("steps", "step_cap", "25") in phone.last.trace.stages


def test_a_long_list_of_steps_ends_at_the_cap() -> None:
    targets = ",".join(f"t{n}" for n in range(100))
    wildcards = [rule(n + 10, f"t{n}", "*", f"w{n}") for n in range(100)]
    phone = Phone(rule(1, "s", "ir", "vamos", targets), *wildcards).at("s")
    assert len(phone.says("ir")) == MOST_AUTOMATIC_STEPS + 1
    assert phone.state.step == "t99"


def test_a_step_that_no_rule_has_keeps_the_name_it_was_given() -> None:
    phone = Phone(rule(1, "s", "ir", "vamos", " Sin Reglas ")).at("s")
    phone.says("ir")
    assert phone.state.step == "Sin Reglas"


def test_values_computed_in_a_turn_reach_what_follows_in_it() -> None:
    quote = rule(1, "s", "*", "Son {total}", "fin", formula="p1*p2")
    phone = Phone(quote, rule(2, "fin", "@entrada", "¿Confirma {total}?")).at("s")
    assert phone.says("2x3") == ["Son 6", "¿Confirma 6?"]


def test_a_rule_may_be_answered_again_in_the_next_turn() -> None:
    phone = Phone(replace(rule(1, "s", "a", "x"), next_steps=("s",))).at("s")
    assert phone.says("a") == phone.says("a") == ["x"]
