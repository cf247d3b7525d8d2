"""R16b: pictures, places, contacts: greeted first, then answered by rules of their own or by nobody."""

import pytest

from tests.bot.flows import NOON, Phone, rule
from waia.bot.models import Estado, Holder, Utterance, UtteranceKind
from waia.bot.words import EVENT_NAMES

GREETING = rule(1, "menu_principal", "iniciar", "¡Hola!")
WILDCARD = rule(2, "s", "*", "comodín")


@pytest.mark.parametrize("kind", list(EVENT_NAMES))
def test_the_first_contact_is_greeted_whatever_it_is(kind: UtteranceKind) -> None:
    assert Phone(GREETING, WILDCARD).shows(kind) == ["¡Hola!"]


@pytest.mark.parametrize("kind", list(EVENT_NAMES))
def test_a_step_answers_them_by_their_trigger_or_not_at_all(kind: UtteranceKind) -> None:
    phone = Phone(GREETING, WILDCARD, rule(3, "t", f"@{EVENT_NAMES[kind]}", "recibido", "s"))
    assert phone.at("t").shows(kind) == ["recibido"]
    assert phone.state.step == "s"
    assert phone.shows(kind) == []
    assert (phone.state.estado, phone.state.misses) == (Estado.SIN_RESPUESTA, 0)
    assert phone.last.silent_reason == "non_text_without_rule"


def test_the_trigger_may_have_its_accent() -> None:
    assert Phone(rule(1, "s", "@Ubicación", "ya")).at("s").shows(UtteranceKind.LOCATION) == ["ya"]


def test_a_caption_is_decided_as_text_but_never_by_the_fallback() -> None:
    phone = Phone(GREETING, rule(3, "t", "precio", "$10"))
    assert phone.at("t").shows(UtteranceKind.IMAGE, "¿Precio?") == ["$10"]
    assert phone.at("t").shows(UtteranceKind.IMAGE, "otra cosa") == []
    assert phone.state.misses == 0
    assert Phone(GREETING, WILDCARD).at("s").shows(UtteranceKind.VIDEO, "otra cosa") == ["comodín"]


def test_a_rule_for_pictures_beats_the_wildcard_for_a_caption_and_a_word_beside_it() -> None:
    phone = Phone(WILDCARD, rule(3, "s", "@imagen", "recibida"))
    assert phone.at("s").shows(UtteranceKind.IMAGE, "aquí está") == ["recibida"]
    picture = phone.utterance("", UtteranceKind.IMAGE)
    assert phone.at("s").turn(picture, phone.utterance("aquí está")) == ["recibida"]


def test_first_words_may_come_as_a_caption() -> None:
    phone = Phone(GREETING, rule(3, "menu_principal", "precio", "$10"))
    assert phone.shows(UtteranceKind.IMAGE, "precio") == ["¡Hola!", "$10"]


def test_the_name_of_a_place_is_no_text() -> None:
    phone = Phone(rule(1, "s", "precio", "$10"))
    assert phone.at("s").shows(UtteranceKind.LOCATION, "precio") == []


def test_a_voice_note_with_its_words_is_typed_text() -> None:
    phone = Phone(rule(1, "s", "precio", "$10"), rule(2, "s", "@audio", "oído")).at("s")
    assert phone.shows(UtteranceKind.AUDIO, "precio") == ["$10"]
    assert phone.shows(UtteranceKind.AUDIO) == ["oído"]


def test_a_picture_in_a_step_without_rules_does_not_enter_the_queue() -> None:
    phone = Phone(GREETING).at("vacío")
    assert phone.shows(UtteranceKind.IMAGE) == []
    assert phone.state.holder is Holder.BOT


def test_several_pictures_of_a_burst_are_answered_once() -> None:
    phone = Phone(rule(1, "s", "@imagen", "recibidas")).at("s")
    pictures = [Utterance(n, UtteranceKind.IMAGE, "", NOON) for n in range(5)]
    assert phone.turn(*pictures) == ["recibidas"]
