"""How the phone page splits a text, and which texts it draws large."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waia.simulator.phone_content import content_of
from waia.simulator.phone_text import is_only_emoji, pieces


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("*uno* y _dos_", [("bold", "uno"), ("text", " y "), ("italic", "dos")]),
        ("~no~ ```a*b*```", [("strike", "no"), ("text", " "), ("mono", "a*b*")]),
        ("2*3*4", [("text", "2*3*4")]),
        ("* no *", [("text", "* no *")]),
        ("snake_case_name", [("text", "snake_case_name")]),
        ("mira https://a.co/b.", [("text", "mira "), ("link", "https://a.co/b"), ("text", ".")]),
        ("javascript:alert(1)", [("text", "javascript:alert(1)")]),
        ("", []),
    ],
)
def test_signs_of_whatsapp_become_pieces(text: str, wanted: list[tuple[str, str]]) -> None:
    assert [(piece.kind, piece.text) for piece in pieces(text)] == wanted


@pytest.mark.parametrize(
    ("text", "large"),
    [("😍🎉", True), ("👍🏽", True), ("❤️", True), ("ok 👍", False), ("", False), ("1", False), ("...", False)],
)
def test_only_a_few_emoji_by_themselves_are_large(text: str, large: bool) -> None:
    assert is_only_emoji(text) is large


@given(st.text(max_size=300))
def test_no_letter_is_lost_or_invented(text: str) -> None:
    shown = "".join(piece.text for piece in pieces(text))
    assert [letter for letter in shown if letter not in "*_~`"] == [letter for letter in text if letter not in "*_~`"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
_KINDS = ["text", "image", "interactive", "location", "contacts", "template", "order", "button", "hologram"]


@given(st.sampled_from(_KINDS), _JSON)
def test_odd_payloads_draw_less_but_never_fail(kind: str, told: object) -> None:
    assert content_of({"type": kind, kind: told}).kind
