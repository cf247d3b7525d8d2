"""Words compare as in the original: without accents, case, punctuation."""

import pytest

from waia.bot.normalise import normalise, raw_key, step_key


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("¡Ñandú  CAFÉ, nº1_2", "nandu cafe nº1 2"),
        ("👍🏽", ""),
        ("", ""),
        ("  SÍ!! ", "si"),
        ("a\u0301rbol\n\tgrande", "arbol grande"),
        ("1️⃣", "1"),
    ],
)
def test_normalisation_gives_what_the_original_gave(text: str, wanted: str) -> None:
    assert normalise(text) == wanted


def test_normalising_twice_changes_nothing() -> None:
    once = normalise("¿Cuánto CUESTA_el mesón (1,20)?")
    assert normalise(once) == once


def test_steps_keep_their_underscores_but_not_case_accents_or_blanks() -> None:
    assert step_key("  Menú_Principal ") == "menu_principal"
    assert step_key("menu principal") != step_key("menu_principal")


def test_an_emoji_is_the_same_in_any_skin_tone() -> None:
    assert raw_key("👍🏽") == raw_key(" 👍 ") != raw_key("👎")
