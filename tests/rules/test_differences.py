"""What the publish page says: the exact Spanish sentence of each edit, and which rules count as moved."""

import json
from typing import Any

import msgspec
import pytest

from waia.rules.content import RuleContent
from waia.rules.difference_words import sentences
from waia.rules.differences import Changed, changes_between


def buttons(*options: tuple[str, str]) -> str:
    shown = [{"type": "reply", "reply": {"id": title, "title": title}, "step": step} for title, step in options]
    return json.dumps(shown, ensure_ascii=False)


PRICE = RuleContent(step="menu_principal", triggers="precio, precios", text="Cuesta 100.", next_steps="cotizar")
MENU = RuleContent(
    step="cotizado", triggers="@entrada", text="¿Seguimos?", kind="boton", options=buttons(("Ventas", "ventas"))
)


def said(before: dict[int, RuleContent], after: dict[int, RuleContent]) -> list[str]:
    return [one.said(str) for one in sentences(changes_between(before, after))]


EDITS: list[tuple[RuleContent, dict[str, Any], list[str]]] = [
    (
        PRICE,
        {"text": "Cuesta 120."},
        ["En «menu_principal», la respuesta de «precio» cambia de «Cuesta 100.» a «Cuesta 120.»."],
    ),
    (
        PRICE,
        {"triggers": "precio, cuánto vale"},
        [
            "En «menu_principal», la regla «precio» también responde a «cuánto vale».",
            "En «menu_principal», la regla «precio» ya no responde a «precios».",
        ],
    ),
    (
        PRICE,
        {"next_steps": "foto,cotizar"},
        ["En «menu_principal», después de «precio» sigue en «foto → cotizar» y no en «cotizar»."],
    ),
    (
        PRICE,
        {"next_steps": "", "at_end": "persona", "role_keyword": "ventas"},
        [
            "En «menu_principal», después de «precio» el chat se queda en el paso; ya no sigue en «cotizar».",
            "En «menu_principal», «precio» agrega el chat al rol «ventas».",
            "En «menu_principal», después de «precio» atiende una persona.",
        ],
    ),
    (
        PRICE,
        {"match": "contiene", "condition": "abierto"},
        [
            "En «menu_principal», a «precio» le basta con que el mensaje contenga las palabras.",
            "En «menu_principal», «precio» vale solo en horario de atención.",
        ],
    ),
    (PRICE, {"enabled": False}, ["En «menu_principal», la regla «precio» queda desactivada."]),
    (PRICE, {"step": "ventas"}, ["La regla «precio» pasa del paso «menu_principal» al paso «ventas»."]),
    (
        MENU,
        {"options": buttons(("Ventas", "asesor"), ("Otro", "material"))},
        [
            "En «cotizado», la opción «Ventas» de «@entrada» lleva a «asesor» y no a «ventas».",
            "En «cotizado», «@entrada» gana la opción «Otro», que lleva a «material».",
        ],
    ),
    (
        PRICE,
        {"capture_name": "medida", "capture_kind": "medida", "formula": "p1 * p2", "unit": "m", "minimum": 0.2},
        [
            "En «menu_principal», «precio» guarda la respuesta como «medida».",
            "En «menu_principal», la respuesta que guarda «precio» tiene que ser: una medida.",
            "En «menu_principal», «precio» calcula «p1 * p2».",
            "En «menu_principal», «precio» admite de 0.2 a …, unidad m.",
        ],
    ),
    (PRICE, {"kind": "image"}, ["En «menu_principal», «precio» se envía como imagen y no como texto."]),
]


@pytest.mark.parametrize(("rule", "edit", "wanted"), EDITS)
def test_an_edit_is_told_in_exactly_these_words(rule: RuleContent, edit: dict[str, Any], wanted: list[str]) -> None:
    assert said({7: rule}, {7: msgspec.structs.replace(rule, **edit)}) == wanted


def test_new_and_removed_rules_are_told() -> None:
    assert said({7: PRICE}, {8: MENU}) == [
        "En «menu_principal», se quita la regla «precio».",
        "En «cotizado», regla nueva «@entrada»: responde «¿Seguimos?».",
    ]


def test_a_step_numbered_anew_for_one_moved_rule_is_one_change() -> None:
    before = {n: RuleContent(step="a", triggers=f"r{n}", text="x") for n in range(1, 6)}
    order = [4, 1, 2, 3, 5]
    after = {n: msgspec.structs.replace(before[n], priority=10 * place) for place, n in enumerate(order, 1)}
    assert [(one.rule_id, one.kind) for one in changes_between(before, after)] == [(4, Changed.MOVED)]
    assert said(before, after) == ["En «a», la regla «r4» pasa al lugar 1."]


def test_long_texts_are_cut_where_they_part() -> None:
    start = "Nuestro horario de atención al público en la tienda del centro es de lunes a viernes, "
    (told,) = said(
        {1: msgspec.structs.replace(PRICE, text=start + "de 8 a 5.")},
        {1: msgspec.structs.replace(PRICE, text=start + "de 9 a 6.")},
    )
    assert "de 8 a 5." in told
    assert "de 9 a 6." in told
    assert len(told) < 260
