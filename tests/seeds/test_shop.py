"""The demo's flow, talked through: every road a visitor is likely to try ends well."""

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.seeds.talking import CLOSED, OPEN, Talk
from waia.bot.models import Condition, Holder, RuleKind, UtteranceKind
from waia.kit.db import Database
from waia.kit.wakeups import Wakeups
from waia.rules.book import Flow, Rules
from waia.seeds.demo import seed_demo
from waia.settings import Settings, load_settings

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
STATIC = Path(__file__).parents[2] / "static"


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Flow:
    folder = tmp_path_factory.mktemp("shop")
    shutil.copy(migrated_file, folder / "waia.db")
    data = {"WAIA_DATA": str(folder), "PHONE_NUMBER_ID": "100000000000001"}
    return asyncio.run(_seeded_flow(load_settings(data, env_file=None)))


async def _seeded_flow(settings: Settings) -> Flow:
    database = Database(settings.sqlalchemy_url, Wakeups())
    async with database.writing() as tx:
        await seed_demo(tx, settings, NOW)
    flow = await Rules(database, settings).book(NOW)
    await database.close()
    return flow


def quote(talk: Talk, measure: str) -> list[str]:
    talk.says("hola")
    talk.taps("Cotizar un mesón")
    talk.says("Carla")
    talk.taps("Granito")
    return talk.says(measure)


def test_a_quote_asks_name_and_material_and_computes_the_price(flow: Flow) -> None:
    talk = Talk(flow)
    talk.says("hola")
    assert talk.taps("Cotizar un mesón") == ["Con gusto. ¿Cómo te llamas?"]
    assert talk.says("Carla") == ["Gracias, Carla. ¿Qué material quieres?"]
    assert talk.taps("Granito")[0].startswith("¿Qué medidas tiene tu mesón de granito?")
    price, go_on = talk.says("2,40 x 0,60 m")
    assert "2,4 × 0,6 m cuesta *$ 691.200*" in price
    assert go_on == "¿Seguimos?"
    assert talk.state.captured == {"nombre": "Carla", "medida": "2,4 x 0,6 m"}


@pytest.mark.parametrize("measure", ["240 cm por 60 cm", "2.4*0.6", "2,40 X 0,60"])
def test_measures_may_be_written_in_several_ways(flow: Flow, measure: str) -> None:
    assert "691.200" in quote(Talk(flow), measure)[0]


@pytest.mark.parametrize("measure", ["grande", "24 x 0,6", "0,1 x 2"])
def test_a_measure_that_cannot_be_is_asked_again(flow: Flow, measure: str) -> None:
    assert quote(Talk(flow), measure)[0].startswith("Escribe las dos medidas en metros")


def test_three_refused_measures_bring_a_person(flow: Flow) -> None:
    talk = Talk(flow)
    quote(talk, "x")
    talk.says("y")
    talk.says("z")
    assert talk.state.holder is Holder.QUEUE


def test_looking_at_materials_sends_three_pictures_and_a_question(flow: Flow) -> None:
    talk = Talk(flow)
    talk.says("hola")
    sent = talk.taps("Ver materiales")
    assert sent[:3] == ["granito.jpg", "cuarzo.jpg", "marmol.jpg"]
    assert sent[3].startswith("¿Quieres saber cuánto cuesta")
    assert talk.taps("Cotizar") == ["Con gusto. ¿Cómo te llamas?"]


def test_opening_hours_depend_on_the_time(flow: Flow) -> None:
    for now, beginning in ((OPEN, "Estamos atendiendo"), (CLOSED, "Ahora estamos cerrados")):
        talk = Talk(flow, now)
        talk.says("hola")
        assert talk.taps("Horario")[0].startswith(beginning)


def test_sales_takes_the_chat_into_its_queue_by_day_and_by_night(flow: Flow) -> None:
    for now, beginning in ((OPEN, "Te comunico"), (CLOSED, "Ya cerramos")):
        talk = Talk(flow, now)
        talk.says("hola")
        assert talk.says("quiero hablar con un asesor")[0].startswith(beginning)
        assert talk.last is not None
        assert talk.last.handover is not None
        assert talk.last.handover.role_keyword == "ventas"
        assert talk.last.roles_added == ("ventas",)


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        ("me das el catálogo", "catalogo.pdf"),
        ("¿a qué hora abren mañana?", "Estamos atendiendo"),
        ("¿tienen garantía?", "La instalación tiene"),
        ("cuanto cuesta un meson", "Con gusto. ¿Cómo te llamas?"),
        ("❤️", "👍"),
        ("gracias", "Con gusto. Aquí estamos."),
    ],
)
def test_words_inside_a_sentence_are_understood_at_home(flow: Flow, words: str, sent: str) -> None:
    talk = Talk(flow)
    talk.says("hola")
    assert talk.says(words)[0].startswith(sent)


@pytest.mark.parametrize(
    ("option", "file"),
    [
        ("Catálogo", "catalogo.pdf"),
        ("Instalación", "instalacion.mp4"),
        ("Cuidado de la piedra", "cuidado.ogg"),
    ],
)
def test_files_are_sent_and_the_chat_is_at_home_again(flow: Flow, option: str, file: str) -> None:
    talk = Talk(flow)
    talk.says("hola")
    assert file in talk.taps(option)
    assert talk.state.step == "menu_principal"


def test_a_photo_reaches_sales(flow: Flow) -> None:
    talk = Talk(flow)
    talk.says("hola")
    assert talk.sends(UtteranceKind.IMAGE)[0].startswith("Recibí tu foto")
    assert talk.state.holder is Holder.QUEUE


def test_the_menu_button_begins_anew(flow: Flow) -> None:
    talk = Talk(flow)
    quote(talk, "2 x 0,6")
    assert talk.taps("Menú")[0] == "Perfecto, volvamos a empezar."
    assert talk.state.step == "menu_principal"


def test_every_kind_of_rule_is_in_use(flow: Flow) -> None:
    rules = flow.book.rules
    assert {rule.kind for rule in rules} == set(RuleKind)
    assert {rule.condition for rule in rules} == set(Condition)
    assert any(rule.computes for rule in rules)
    assert any(rule.captures for rule in rules)


def test_every_option_leads_to_a_step_that_greets(flow: Flow) -> None:
    for rule in flow.book.rules:
        for option in rule.menu.options if rule.menu else ():
            if last := option.target.rpartition(",")[2]:
                view = flow.book.step(last, is_open=True)
                assert view is not None, option
                assert "entrada" in view.events, option


def test_menus_keep_within_the_limits_of_meta(flow: Flow) -> None:
    for rule in flow.book.rules:
        if rule.menu is None:
            continue
        most, longest = (10, 24) if rule.kind is RuleKind.LIST else (3, 20)
        assert len(rule.menu.options) <= most
        assert all(len(option.title) <= longest for option in rule.menu.options)
        assert all(len(option.description) <= 72 for option in rule.menu.options)


def test_every_file_of_the_flow_lies_in_the_static_folder(flow: Flow) -> None:
    files = [media.url for rule in flow.book.rules for media in rule.media]
    assert files
    for url in files:
        assert url.startswith("http://127.0.0.1:5000/static/demo/")
        assert (STATIC / url.partition("/static/")[2]).is_file()
