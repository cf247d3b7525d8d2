"""A flow brought over from the original behaves as its owner knows it, under the profile `original`."""

import json

import pytest

from tests.bot.flows import FALLBACK, ORIGINAL, RESTART, Phone, picture
from waia.bot.models import AtEnd, Estado, Holder, Media, Rule, UtteranceKind, rule_from_columns

LIST = json.dumps(
    {
        "header": "Opciones",
        "button": "Ver",
        "sections": [
            {
                "title": "T",
                "rows": [{"id": "c", "title": "Cotizar", "step": "Cotizar"}, {"id": "h", "title": "Horario"}],
            }
        ],
    }
)
BUTTONS = json.dumps([{"type": "reply", "reply": {"id": "b1", "title": "Barra"}, "next_step": "saludo,barra_medida"}])


def row(
    id: int,  # noqa: A002
    step: str,
    input_text: str,
    respuesta: str,
    siguiente_step: str | None = None,
    tipo: str = "texto",
    opciones: str = "",
    rol: str = "",
    calculo: str = "",
    media: tuple[Media, ...] = (),
) -> Rule:
    return rule_from_columns(
        id=id,
        step=step,
        input_text=input_text,
        respuesta=respuesta,
        siguiente_step=siguiente_step,
        tipo=tipo,
        opciones=opciones,
        rol_keyword=rol,
        calculo=calculo,
        media=media,
    )


FLOW = (
    row(1, "menu_principal", "iniciar", "Bienvenido a la tienda", "menu"),
    row(2, "menu", "1,uno", "Cotización", "cotizar", rol="cotizar"),
    row(3, "menu", "2", "Elija", tipo="lista", opciones=LIST),
    row(4, "menu", "*", "Escriba 1 o 2"),
    row(5, "cotizar", "barra", "¿Cuál?", tipo="boton", opciones=BUTTONS),
    row(6, "cotizar", "foto", "Mire", tipo="image", media=(picture("1.jpg"), picture("2.jpg"))),
    row(7, "saludo", "*", "Con gusto"),
    row(8, "barra_medida", "*", "Son ${total}", "fin", calculo="p1*p2*350000/10000"),
)


def phone() -> Phone:
    return Phone(*FLOW, settings=ORIGINAL)


@pytest.mark.parametrize("words", ["buenas", "quiero cotizar", "2", "menu"])
def test_the_first_message_gets_only_the_greeting(words: str) -> None:
    customer = phone()
    assert customer.says(words) == ["Bienvenido a la tienda"]
    assert customer.state.step == "menu"
    assert customer.state.estado is Estado.ESPERA_USUARIO


def test_without_iniciar_the_wildcard_of_the_initial_step_greets() -> None:
    assert Phone(row(1, "menu_principal", "*", "¡Hola!"), settings=ORIGINAL).says("x") == ["¡Hola!"]


@pytest.mark.parametrize("words", ["1", "UNO", "¡uno!", " 1 "])
def test_a_trigger_of_a_list_fires_adds_its_role_and_moves_on(words: str) -> None:
    customer = phone().at("menu")
    assert customer.says(words) == ["Cotización"]
    assert customer.last.roles_added == ("cotizar",)
    assert customer.state.step == "cotizar"
    assert customer.last.handover is None


@pytest.mark.parametrize("words", ["quiero 1", "la uno", "quiero 2 mesones"])
def test_a_sentence_that_holds_a_trigger_goes_to_the_wildcard(words: str) -> None:
    assert phone().at("menu").says(words) == ["Escriba 1 o 2"]


def test_without_wildcard_the_fallback_is_sent_and_the_step_stays() -> None:
    customer = phone().at("cotizar")
    assert customer.says("no sé") == [FALLBACK]
    assert (customer.state.step, customer.state.estado) == ("cotizar", Estado.SIN_REGLA)


@pytest.mark.parametrize("words", ["necesito ayuda con mi pedido", "el menu de hoy", "quiero volver al inicio"])
def test_a_command_anywhere_in_the_text_starts_over(words: str) -> None:
    customer = phone().at("cotizar")
    assert customer.says(words) == [RESTART, "Bienvenido a la tienda"]
    assert customer.state.step == "menu"


def test_a_row_of_a_list_leads_to_its_step_in_silence_because_old_flows_have_no_entry() -> None:
    customer = phone().at("menu")
    customer.says("2")
    assert customer.taps("c", "Cotizar", 3) == []
    assert customer.state.step == "Cotizar".lower()


def test_a_button_with_two_steps_sends_the_wildcard_of_the_first() -> None:
    customer = phone().at("cotizar")
    customer.says("barra")
    assert customer.taps("b1", "Barra", 5) == ["Con gusto"]
    assert customer.state.step == "barra_medida"


def test_a_row_without_step_is_its_title_typed() -> None:
    customer = phone().at("menu")
    customer.says("2")
    assert customer.taps("h", "Horario", 3) == ["Escriba 1 o 2"]


def test_all_the_media_of_a_rule_are_sent_in_order() -> None:
    customer = phone().at("cotizar")
    assert customer.says("foto") == ["Mire", ""]
    assert [reply.media and reply.media.url[-5:] for reply in customer.last.replies] == ["1.jpg", "2.jpg"]


@pytest.mark.parametrize("words", ["100x60", "100 X 60", "100 × 60", "100 por 60", "100*60"])
def test_the_formula_that_never_ran_runs(words: str) -> None:
    customer = phone().at("barra_medida")
    assert customer.says(words) == ["Son $210.000"]
    assert customer.state.step == "fin"


def test_a_bad_measure_keeps_the_step() -> None:
    customer = phone().at("barra_medida")
    assert customer.says("grande") == ["Por favor ingresa la medida correcta."]
    assert customer.state.step == "barra_medida"


def test_an_empty_step_is_silent_and_waits_for_a_person() -> None:
    customer = phone().at("fin")
    assert customer.says("gracias") == []
    assert customer.state.holder is Holder.QUEUE


def test_a_picture_is_stored_but_not_answered() -> None:
    assert phone().at("menu").shows(UtteranceKind.IMAGE) == []


def test_imported_rules_never_hand_over_by_themselves() -> None:
    assert all(rule.at_end is AtEnd.CONTINUE for rule in FLOW)
