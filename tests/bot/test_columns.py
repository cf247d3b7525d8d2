"""Rules read from the original's columns, with every mistake that people have stored."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waia.bot.columns import parse_menu, read_kind, rule_from_columns, split_steps, split_triggers
from waia.bot.models import AtEnd, CaptureKind, Condition, MatchMode, RuleKind


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("hola, buenas,,  ", ("hola", "buenas")),
        ("hola\r\nbuenas\n", ("hola", "buenas")),
        ("1,20", ("1,20",)),
        ("1, 2", ("1", "2")),
        ("uno,1", ("uno", "1")),
        ("*", ("*",)),
        ("hola,hola", ("hola",)),
        (None, ()),
        (1.0, ("1",)),
        (7, ("7",)),
    ],
)
def test_triggers_are_separated_by_newline_or_comma_but_not_between_digits(
    cell: object, wanted: tuple[str, ...]
) -> None:
    assert split_triggers(cell) == wanted


def test_steps_are_a_comma_list() -> None:
    assert split_steps(" a , b,,c ") == ("a", "b", "c")


@pytest.mark.parametrize(
    ("tipo", "wanted"),
    [
        ("texto", RuleKind.TEXT),
        ("LISTA", RuleKind.LIST),
        ("Botón", RuleKind.BUTTONS),
        ("botones", RuleKind.BUTTONS),
        ("imagen", RuleKind.IMAGE),
        ("flow", RuleKind.TEXT),
        (None, RuleKind.TEXT),
        (3, RuleKind.TEXT),
    ],
)
def test_an_unknown_kind_is_text(tipo: object, wanted: RuleKind) -> None:
    assert read_kind(tipo) is wanted


BUTTON = {"type": "reply", "reply": {"id": "si", "title": "Sí"}, "step": "Paso"}
ROW = {"id": "r1", "title": "Fila", "description": "Detalle", "next_step": "a,b"}


@pytest.mark.parametrize(
    "content",
    [
        [BUTTON],
        BUTTON,
        {"buttons": [BUTTON]},
        {"action": {"buttons": [BUTTON]}},
        {"0": BUTTON},
        [{"type": "reply", "title": "Sí", "id": "si", "step": "Paso"}],
        [{"reply": {"id": "si", "title": "Sí", "step": "Paso"}}, None, 5.5e400, [], {}],
    ],
)
def test_buttons_are_read_in_every_shape(content: object) -> None:
    menu = parse_menu(json.dumps(content), RuleKind.BUTTONS)
    assert menu is not None
    first = menu.options[0]
    assert (first.id, first.title, first.target) == ("si", "Sí", "Paso")


@pytest.mark.parametrize(
    "content",
    [
        {"header": "H", "button": "B", "footer": "F", "sections": [{"title": "T", "rows": [ROW]}]},
        {
            "header": {"type": "text", "text": "H"},
            "button": "B",
            "footer": {"text": "F"},
            "sections": {"rows": [ROW], "title": "T"},
        },
        {
            "header": "H",
            "footer": "F",
            "action": {"button": "B", "sections": [{"title": "T", "rows": [ROW]}]},
        },
    ],
)
def test_lists_are_read_in_every_shape(content: object) -> None:
    menu = parse_menu(json.dumps(content), RuleKind.LIST)
    assert menu is not None
    assert (menu.header, menu.button, menu.footer) == ("H", "B", "F")
    assert menu.sections[0].title == "T"
    assert menu.options == menu.sections[0].options
    option = menu.options[0]
    assert (option.id, option.title, option.description, option.target) == ("r1", "Fila", "Detalle", "a,b")


def test_bare_sections_and_rows_get_the_originals_words() -> None:
    for content in ([{"title": "T", "rows": [ROW]}], [ROW]):
        menu = parse_menu(json.dumps(content), RuleKind.LIST)
        assert menu is not None
        assert (menu.header, menu.button, menu.footer) == ("Menú", "Ver opciones", "Selecciona una opción")


def test_plain_words_and_numbers_become_options() -> None:
    menu = parse_menu('["Sí", 2]', RuleKind.BUTTONS)
    assert menu is not None
    assert [(option.id, option.title) for option in menu.options] == [("Sí", "Sí"), ("2", "2")]


@pytest.mark.parametrize(
    "garbage",
    [None, "", "no es json", "[", "{}", "[]", "[[]]", "null", "3", "[" * 100_000, '{"sections": 3}', b"x", 7],
)
def test_garbage_is_no_menu(garbage: object) -> None:
    assert parse_menu(garbage, RuleKind.LIST) is None
    assert parse_menu(garbage, RuleKind.BUTTONS) is None


def test_a_text_rule_has_no_menu() -> None:
    assert parse_menu(json.dumps([BUTTON]), RuleKind.TEXT) is None


def test_a_whole_rule_is_read() -> None:
    rule = rule_from_columns(
        id=9,
        step=" Cotizar ",
        input_text="*",
        respuesta="Son {total}\n",
        siguiente_step="a,b",
        tipo="texto",
        opciones="",
        rol_keyword=" ventas ",
        calculo="p1*p2",
        handler="",
        match="CONTIENE",
        unit="metros",
        minimum="0,5",
        maximum=10,
        guardar_como="medida",
        guardar_tipo="medida",
        al_terminar="persona",
        condition="abierto",
        priority=2.0,
        enabled=0,
    )
    assert (rule.step, rule.text, rule.next_steps, rule.role_keyword) == (
        "Cotizar",
        "Son {total}\n",
        ("a", "b"),
        "ventas",
    )
    assert (rule.formula, rule.handler, rule.unit, rule.minimum, rule.maximum) == (
        "p1*p2",
        None,
        "m",
        0.5,
        10,
    )
    assert (rule.match, rule.capture_kind, rule.at_end) == (
        MatchMode.CONTIENE,
        CaptureKind.MEASURE,
        AtEnd.PERSON,
    )
    assert (rule.condition, rule.priority, rule.enabled) == (Condition.OPEN, 2, False)


def test_a_rule_of_blank_cells_is_a_text_rule_in_force() -> None:
    rule = rule_from_columns(id=1, step=None, input_text=None, respuesta=None)
    assert (rule.kind, rule.enabled, rule.triggers, rule.menu) == (RuleKind.TEXT, True, (), None)


CELLS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["reply", "id", "title", "rows", "sections", "step", "action", "buttons", "header", "x"]),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@given(CELLS, CELLS, st.sampled_from(["lista", "boton", "texto"]))
def test_no_cell_makes_reading_raise(options: object, cell: object, tipo: str) -> None:
    rule_from_columns(id=1, step=cell, input_text=cell, respuesta=cell, tipo=tipo, opciones=options, minimum=cell)
    parse_menu(json.dumps(options), RuleKind(tipo))
