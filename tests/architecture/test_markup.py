"""The eyes of the template rules: what they must see in a template, and what they must let pass."""

from pathlib import Path

import pytest

from tests.architecture.markup import Page
from tests.architecture.test_strings import prose
from tests.architecture.test_templates import refusals

GOOD = """{% from "macros/icons.html" import icon %}
<li id="chat-{{ chat.id }}" class="{{ "on" if chosen else "off" }}" aria-label="{{ _("Chat de") }}">
  {% if new %}<b>{{ _("Nuevo") }}</b>{% endif %} {{ count }} · {% trans %}sin leer{% endtrans %}
  <span translate="no">Marca <i>Registrada</i></span> <code>INITIAL_STEP</code>
  <script type="application/json">{{ figures|tojson }}</script>
</li>
"""


def _page(folder: Path, source: str) -> Page:
    path = folder / "_row.html"
    path.write_text(source)
    return Page(path)


def test_a_good_partial_passes(tmp_path: Path) -> None:
    page = _page(tmp_path, GOOD)
    assert [root.attributes["id"] for root in page.roots] == ["chat-0"]
    assert not [words for element in page.elements for words in (*prose(element), *refusals(element))]


def test_a_second_root_and_loose_text_are_seen(tmp_path: Path) -> None:
    page = _page(tmp_path, '<p id="a"></p>\n<p id="b"></p> suelto')
    assert [root.attributes["id"] for root in page.roots] == ["a", "b"]
    assert "suelto" in "".join(page.loose_texts)


def test_a_macro_beside_the_root_and_alternatives_of_the_root_pass(tmp_path: Path) -> None:
    path = tmp_path / "_counts.html"
    path.write_text(
        "{% macro tab() %}<a>{{ word }}</a>{% endmacro %}"
        '{% if many %}<p id="n">{{ n }}</p>{% else %}<p id="n"></p>{% endif %}'
    )
    page = Page(path, without=frozenset({"macro"}))
    assert [root.attributes["id"] for root in page.roots] == ["n", "n"]
    assert page.loose_texts == []


@pytest.mark.parametrize(
    "source",
    [
        '<p style="color: red"></p>',
        "<style>p {}</style>",
        "<script>let a</script>",
        '<p onclick="go()"></p>',
        '<p hx-on:click="go()"></p>',
        '<p hx-on::after-swap="go()"></p>',
        "<p hx-vals='js:{a: b()}'></p>",
        '<a href="javascript:go()"></a>',
        '<p hx-trigger="keyup[ctrlKey]"></p>',
        '<script src="https://elsewhere.example/a.js"></script>',
        '<img src="//elsewhere.example/a.png">',
        '<link rel="stylesheet" href="https://elsewhere.example/a.css">',
    ],
)
def test_what_the_policy_refuses_is_seen(tmp_path: Path, source: str) -> None:
    (element,) = _page(tmp_path, source).elements
    assert list(refusals(element))


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hola</p>",
        '<button title="Cerrar"></button>',
        '<input placeholder="Buscar {{ what }}">',
        "<p>{{ count }} mensajes</p>",
        "<p>{% if new %}Nuevo{% endif %}</p>",
        "<p>{% trans %}bien{% endtrans %} mal</p>",
    ],
)
def test_text_outside_of_gettext_is_seen(tmp_path: Path, source: str) -> None:
    (element,) = _page(tmp_path, source).elements
    assert list(prose(element))
