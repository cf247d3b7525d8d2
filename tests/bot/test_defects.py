"""Defects of the original that must never appear here, as far as the bot decides; numbered as in its list."""

from dataclasses import replace

from tests.bot.flows import BAD_MEASURE, ORIGINAL, RESTART, WAIA, Phone, rule, with_menu
from waia.bot.models import Estado, FlowProfile, Holder, MatchMode, RuleKind, parse_menu

GREETING = rule(1, "menu_principal", "iniciar", "¡Hola!")
OLD_MENU = rule(2, "menu", "*", "menú viejo")


def test_b01_a_customer_who_returns_days_later_is_greeted() -> None:
    phone = Phone(GREETING, OLD_MENU, settings=ORIGINAL).at("menu")
    assert phone.waits(days=3).says("1") == ["¡Hola!"]


def test_b02_synonyms_in_a_comma_list_match_one_by_one() -> None:
    phone = Phone(rule(1, "s", "hola, buenas, qué tal", "saludo"), settings=ORIGINAL)
    assert [phone.at("s").says(text) for text in ("hola", "buenas", "que tal")] == [["saludo"]] * 3


def test_b04_a_formula_runs_and_no_customer_sees_its_placeholder() -> None:
    phone = Phone(rule(1, "s", "*", "Son {total}", formula="p1*p2"), settings=ORIGINAL).at("s")
    assert phone.says("2x3") == ["Son 6"]
    assert phone.says("no sé") == [BAD_MEASURE]


def test_b05_a_command_word_in_a_sentence_does_not_reset_a_talk() -> None:
    phone = Phone(GREETING, OLD_MENU).at("menu")
    assert phone.says("necesito ayuda con mi pedido") == ["menú viejo"]
    held = Phone(GREETING, OLD_MENU, settings=ORIGINAL).at("menu", holder=Holder.PERSON)
    assert held.says("necesito ayuda con mi pedido") == []


def test_b06_the_bot_is_silent_while_a_person_talks() -> None:
    phone = Phone(GREETING, OLD_MENU).at("menu", holder=Holder.PERSON)
    assert phone.says("gracias") == []
    assert phone.state.holder is Holder.PERSON


def test_b07_an_option_with_one_target_answers_with_the_entry_of_its_step() -> None:
    shows = with_menu(rule(1, "s", "ver", "Elija"), "Ventas>ventas")
    phone = Phone(shows, rule(2, "ventas", "@entrada", "Ventas")).at("s")
    phone.says("ver")
    assert phone.taps("opt1", "Ventas", 1) == ["Ventas"]


def test_b08_a_list_of_steps_that_names_itself_ends() -> None:
    loop = rule(1, "l", "*", "vuelta", "l, l")
    other = (rule(2, "a", "*", "a", "b, a"), rule(3, "b", "*", "b", "a, b"))
    assert Phone(loop).at("l").says("x") == ["vuelta"]
    assert Phone(*other).at("a").says("x") == ["a", "b"]


def test_b09_a_step_without_rules_puts_the_chat_into_the_queue() -> None:
    phone = Phone(GREETING).at("vacío")
    assert phone.says("hola") == []
    assert phone.state.holder is Holder.QUEUE
    assert phone.last.handover is not None


def test_b10_an_answered_chat_is_not_red_though_the_rule_leads_nowhere() -> None:
    phone = Phone(rule(1, "s", "a", "x")).at("s", estado=Estado.SIN_RESPUESTA)
    phone.says("a")
    assert phone.state.estado is Estado.ESPERA_USUARIO


def test_b11_the_first_words_are_answered_too() -> None:
    phone = Phone(GREETING, rule(2, "menu_principal", "precio", "$10"))
    assert phone.says("precio") == ["¡Hola!", "$10"]


def test_b14_containment_never_beats_an_exact_rule_nor_fires_on_short_words() -> None:
    contains = rule(1, "s", "envío, no", "contiene", match=MatchMode.CONTIENE)
    phone = Phone(contains, rule(2, "s", "envío gratis", "exacta"))
    assert phone.at("s").says("envío gratis") == ["exacta"]
    assert phone.at("s").says("Calle 10 No 20-30") == [WAIA.fallback_text]


def test_b18_notices_carry_the_step_they_were_sent_in() -> None:
    phone = Phone(GREETING, rule(2, "s", "a", "x")).at("s")
    phone.says("nada")
    assert [reply.step for reply in phone.last.replies] == ["s"]
    phone.says("menu")
    assert phone.says("menu")[0] == RESTART
    assert {reply.step for reply in phone.last.replies} == {"menu_principal"}


def test_b21_a_media_rule_without_media_sends_its_text() -> None:
    phone = Phone(rule(1, "s", "a", "Mire", kind=RuleKind.IMAGE)).at("s")
    assert phone.says("a") == ["Mire"]
    assert (phone.last.replies[0].kind, phone.last.replies[0].media) == (RuleKind.TEXT, None)


def test_b22_button_options_stored_as_an_object_are_a_menu() -> None:
    menu = parse_menu('{"type":"reply","reply":{"id":"a","title":"A"}}', RuleKind.BUTTONS)
    phone = Phone(rule(1, "s", "a", "Elija", kind=RuleKind.BUTTONS, menu=menu)).at("s")
    assert phone.says("a") == ["Elija"]
    assert phone.last.replies[0].menu == menu


def test_b26_an_emoji_does_not_fire_a_rule_of_punctuation() -> None:
    phone = Phone(rule(1, "s", "...", "puntos"), rule(2, "s", "*", "comodín"))
    for profile in FlowProfile:
        same = Phone(*phone.book.rules, settings=replace(WAIA, match_profile=profile))
        assert same.at("s").says("😀") == ["comodín"]
