"""Spoken answers: decided as if typed, numbers in words, and asked back where the recogniser was unsure."""

from dataclasses import replace

import pytest

from tests.bot.flows import FALLBACK, RESTART, Phone, rule, with_menu
from waia.bot.confirming import NO, YES
from waia.bot.kinds import CaptureKind, Holder, MatchMode, ReplyCause, UtteranceKind
from waia.bot.models import ChatState, Rule, RuleBook
from waia.bot.spoken import in_words, with_digits
from waia.bot.vocabulary import MOST_PHRASES, vocabulary_of

UNSURE = 0.3
ASKED, AGAIN = "¿Dijiste *{}*?", "Dímelo otra vez o escríbelo, por favor."
MENU = with_menu(rule(1, "menu", "@entrada", "¿Qué quieres?"), "Cotizar>medidas", "Horario")
FLOW = (
    rule(9, "menu_principal", "iniciar", "¡Hola!", "menu"),
    MENU,
    rule(2, "menu", "horario", "De 9 a 5"),
    rule(3, "menu", "instalación", "Instalamos", match=MatchMode.CONTIENE),
    rule(4, "menu", "plan 2", "Dos planes"),
    rule(5, "medidas", "@entrada", "¿Cuánto mide?"),
    rule(6, "medidas", "*", "Vale {total}", formula="p1*p2", unit="m"),
    rule(7, "nombre", "*", "Gracias, {{nombre}}", capture_name="nombre"),
)


@pytest.fixture
def phone() -> Phone:
    return Phone(*FLOW).at("menu", last_menu_rule_id=1)


@pytest.mark.parametrize("words", ["cotizar", "uno", "la opción uno", "opción número uno", "Cotizar"])
def test_typed_and_spoken_choose_the_same_option(words: str) -> None:
    typed, spoken = (Phone(*FLOW).at("menu", last_menu_rule_id=1) for _ in range(2))
    assert spoken.speaks(words) == ["¿Cuánto mide?"]
    assert spoken.state.step == "medidas"
    if words.lower() == "cotizar":
        assert typed.says(words) == ["¿Cuánto mide?"]
        assert typed.state == spoken.state


def test_a_typed_number_word_is_a_word(phone: Phone) -> None:
    assert phone.says("uno") == [FALLBACK]


@pytest.mark.parametrize(
    ("words", "total"), [("dos por tres", "6"), ("dos coma cinco metros por treinta centímetros", "0,75")]
)
def test_a_spoken_measure_is_computed(words: str, total: str) -> None:
    assert Phone(*FLOW).at("medidas").speaks(words) == [f"Vale {total}"]


def test_a_spoken_number_is_kept_as_digits_and_a_name_as_it_was_heard() -> None:
    age = rule(1, "s", "*", "{{edad}}", capture_name="edad", capture_kind=CaptureKind.NUMBER)
    assert Phone(age).at("s").speaks("treinta y cinco") == ["35"]
    assert Phone(*FLOW).at("nombre").speaks("Dos Santos") == ["Gracias, Dos Santos"]


def test_a_trigger_with_a_digit_is_said_in_words(phone: Phone) -> None:
    assert phone.speaks("plan dos") == ["Dos planes"]


@pytest.mark.parametrize("number", [0, 1, 15, 21, 35, 100, 101, 999, 1000, 1200, 9999])
@pytest.mark.parametrize("locale", ["es", "en"])
def test_a_number_in_words_is_read_as_itself(number: int, locale: str) -> None:
    assert with_digits(in_words(number, locale), locale) == str(number)


@pytest.mark.parametrize(
    ("words", "asked", "answered"),
    [
        ("cotizar", "Cotizar", ["¿Cuánto mide?"]),
        ("uno", "Cotizar", ["¿Cuánto mide?"]),
        ("horario", "horario", ["De 9 a 5"]),
        ("quiero la instalación ya", "quiero la instalación ya", ["Instalamos"]),
        ("menú", "menú", [RESTART, "¡Hola!", "¿Qué quieres?"]),
    ],
)
def test_what_was_heard_unsurely_is_asked_back_and_a_yes_decides_it(
    phone: Phone, words: str, asked: str, answered: list[str]
) -> None:
    before = phone.state
    assert phone.speaks(words, UNSURE) == [ASKED.format(asked)]
    (question,) = phone.last.replies
    assert question.cause is ReplyCause.CONFIRM
    assert (phone.state.step, phone.state.last_menu_rule_id) == (before.step, before.last_menu_rule_id)
    assert ("voice", "asked", asked) in phone.last.trace.stages
    question_state = phone.state
    assert question.menu
    yes = question.menu.options[0]
    tap = replace(phone.utterance(yes.title, UtteranceKind.TAP), option_id=yes.id)
    for answer in (tap, phone.utterance("Sí"), phone.heard("sí")):
        phone.state = question_state
        assert phone.turn(answer) == answered
        assert phone.state.asked is None


def test_a_no_asks_to_say_it_again_and_the_menu_stays_valid(phone: Phone) -> None:
    phone.speaks("cotizar", UNSURE)
    assert phone.taps(f"{NO}cotizar", "No", None) == [AGAIN]
    assert phone.says("no") == [FALLBACK], "nothing is asked any more"
    phone.speaks("cotizar", UNSURE)
    assert phone.says("no gracias") == [AGAIN]
    assert phone.says("1") == ["¿Cuánto mide?"]


def test_anything_else_is_decided_as_itself_and_ends_the_question(phone: Phone) -> None:
    phone.speaks("cotizar", UNSURE)
    assert phone.says("horario") == ["De 9 a 5"]
    assert phone.says("sí") == [FALLBACK]


def test_a_yes_that_is_unsure_itself_is_no_yes(phone: Phone) -> None:
    phone.speaks("cotizar", UNSURE)
    assert phone.speaks("sí", UNSURE) == [AGAIN]


def test_a_button_means_what_it_asked_at_any_age(phone: Phone) -> None:
    phone.speaks("cotizar", UNSURE)
    phone.speaks("horario", UNSURE)
    assert phone.taps(f"{YES}cotizar", "Sí", None) == ["¿Cuánto mide?"]
    assert phone.waits(hours=2).taps(f"{YES}horario", "Sí", None) == ["¡Hola!", "¿Qué quieres?", "De 9 a 5"]


def test_a_yes_after_the_session_is_a_first_message(phone: Phone) -> None:
    phone.speaks("cotizar", UNSURE)
    assert phone.waits(hours=2).says("sí") == ["¡Hola!", "¿Qué quieres?"]


def test_what_moves_nothing_is_not_asked_back(phone: Phone) -> None:
    assert phone.speaks("quién sabe", UNSURE) == [FALLBACK]
    assert Phone(*FLOW).at("medidas").speaks("dos por tres", UNSURE) == ["Vale 6"]
    assert Phone(*FLOW).at("nombre").speaks("carla", UNSURE) == ["Gracias, carla"]


def test_a_typed_word_beside_an_unsure_note_is_sure(phone: Phone) -> None:
    assert phone.turn(phone.heard("no se oye", UNSURE), phone.utterance("horario")) == ["De 9 a 5"]


def test_a_note_its_text_and_a_tap_are_decided_in_order(phone: Phone) -> None:
    tap = phone.utterance("Cotizar", UtteranceKind.TAP)
    assert phone.turn(phone.heard("horario"), tap) == ["De 9 a 5", "¿Cuánto mide?"]


def test_first_words_that_are_unsure_are_greeted_and_asked_back() -> None:
    assert Phone(*FLOW).speaks("horario", UNSURE) == ["¡Hola!", "¿Qué quieres?", ASKED.format("horario")]


def test_an_unsure_command_does_not_take_a_chat_out_of_the_queue() -> None:
    waiting = Phone(*FLOW, state=ChatState("menu", Holder.QUEUE))
    assert waiting.speaks("menú", UNSURE) == []
    assert waiting.state.holder is Holder.QUEUE
    assert waiting.speaks("menú") != []


def vocabulary(*rules: Rule, **state: object) -> tuple[str, ...]:
    phone = Phone(*rules).at("s", **state)
    return vocabulary_of(phone.book, phone.state)


def test_the_vocabulary_of_a_step_is_what_it_would_understand() -> None:
    choosing = with_menu(rule(1, "s", "@entrada", "¿?"), "1. Cotización>t", "Horario")
    words = vocabulary(
        choosing, rule(2, "s", "plan 2, @imagen, 👍", "a"), rule(3, "s", "*", "¿Cómo?"), last_menu_rule_id=1
    )
    assert {"uno cotización", "cotización", "uno", "opción dos", "horario", "plan dos", "reiniciar", "menu"} <= set(
        words
    )
    assert not {"sí", "", "*", "imagen", "tres"} & set(words)
    assert vocabulary(choosing, last_menu_rule_id=1, asked="uno")[:2] == ("sí", "no")


def test_an_open_question_has_no_vocabulary() -> None:
    for kind in (CaptureKind.TEXT, CaptureKind.EMAIL, CaptureKind.DATE, CaptureKind.PHONE):
        asks = rule(2, "s", "*", "ok", capture_name="x", capture_kind=kind)
        assert vocabulary(rule(1, "s", "volver", "a"), asks) == ()
    assert vocabulary(rule(1, "s", "*", "a")) == (), "nothing but commands"
    assert vocabulary(rule(1, "otro", "hola", "a")) == ()
    assert vocabulary(rule(1, "s", "hola", "a"), holder=Holder.PERSON) == ()
    assert vocabulary_of(RuleBook([rule(1, "s", "hola", "a")]), ChatState()) == (), "no session"


def test_a_measure_is_listened_for_in_number_words() -> None:
    words = vocabulary(rule(1, "s", "*", "{total}", formula="p1*p2"), rule(2, "s", "volver", "a"))
    assert {"dos", "treinta", "coma", "por", "metros", "volver"} <= set(words)


def test_more_answers_than_can_be_told_apart_are_an_open_question() -> None:
    many = [rule(number, "s", f"palabra {in_words(number, 'es')}", "a") for number in range(MOST_PHRASES + 1)]
    assert vocabulary(*many) == ()
    assert len(vocabulary(*many[:100])) > 100
