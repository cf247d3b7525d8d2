"""Old texts are decided again: under the profile `original` the bot differs only where docs/es/cambios.md says so."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.moving.mover import Mover
from tests.moving.original_world import (
    CARLA,
    DIEGO,
    FALLBACK,
    RESTART,
    OldDatabase,
    add_crowd,
    add_flow,
    whole_shop,
)
from waia.bot.models import FlowProfile
from waia.moving.causes import Cause
from waia.moving.comparing import Comparison, compare
from waia.moving.original_repository import open_original

ROOT = Path(__file__).parents[2]
CHANGES = ROOT / "docs" / "es" / "cambios.md"
Answer = tuple[int | None, str]
GREETED: Answer = (1, "Bienvenido a la tienda")
# What the customer said in which step, what the original answered (rule, text), and why waia answers otherwise.
ALIKE: tuple[tuple[str, str, tuple[Answer, ...]], ...] = (
    ("", "hola", (GREETED,)),
    ("menu", "2", ((3, "Elija"),)),
    ("menu", "otra cosa", ((4, "Escriba 1 o 2"),)),
    ("menu", "necesito ayuda", ((None, RESTART), (None, "Bienvenido a la tienda"))),
    ("cotizar", "barra", ((5, "¿Cuál?"),)),
    ("cotizar", "no sé", ((None, FALLBACK),)),
    ("barra_medida", "100x60", ((8, "Son ${total}"),)),
    ("fin", "gracias", ()),
    ("MENU ", "2", ((3, "Elija"),)),
)
DIFFERENT: tuple[tuple[str, str, tuple[Answer, ...], Cause], ...] = (
    ("menu", "uno", ((4, "Escriba 1 o 2"),), Cause.SYNONYMS),
    ("cotizar", "quiero ver el precio", ((9, "Depende"),), Cause.CONTAINED),
    ("barra_medida", "muy grande", ((8, "Son ${total}"),), Cause.MEASURE),
    ("cotizar", "qué tal", (), Cause.FALLBACK),
    ("menu", "2", (), Cause.NOT_SENT),
    ("menu", "2", ((500, "Ya no existe"),), Cause.RULE_GONE),
    ("menu", "2", ((9, "Depende"),), Cause.RULES_CHANGED),
    ("ia_chat", "¿tienen mármol?", ((None, "Sí, tenemos mármol blanco"),), Cause.NO_RULE),
)


def asked(old: OldDatabase, step: str, text: str, answers: tuple[Answer, ...], numero: str) -> None:
    old.message(numero, "cliente", text, step=step)
    for rule_id, words in answers:
        old.message(numero, "bot", words, regla_id=rule_id, step=step)


async def compared(mover: Mover, old: OldDatabase) -> Comparison:
    old.rows["usuarios"] = [{"id": 1, "username": "x", "password": "y", "rol": None}]
    await old.write(mover.old_url)
    original = await open_original(mover.old_url)
    try:
        return await compare(original, mover.settings)
    finally:
        await original.close()


def shop() -> OldDatabase:
    old = OldDatabase()
    add_flow(old)
    return old


async def test_what_the_original_did_as_written_is_done_alike(mover: Mover) -> None:
    old = shop()
    for number, (step, text, answers) in enumerate(ALIKE):
        asked(old, step, text, answers, f"5732{number:08}")
    found = (await compared(mover, old)).profiles[FlowProfile.ORIGINAL]
    assert found.same == len(ALIKE), dict(found.examples)


async def test_each_difference_is_told_with_its_cause_and_an_example(mover: Mover) -> None:
    old = shop()
    for number, (step, text, answers, _) in enumerate(DIFFERENT):
        asked(old, step, text, answers, f"5732{number:08}")
    found = (await compared(mover, old)).profiles[FlowProfile.ORIGINAL]
    told = {(cause, example.text) for cause, some in found.examples.items() for example in some}
    assert told == {(cause, text) for _, text, _, cause in DIFFERENT}
    assert not found.same


async def test_the_number_of_an_option_chooses_it_and_a_tap_is_followed(mover: Mover) -> None:
    """The original took the title of a tap from its menu; a typed number meant nothing to it."""
    old = shop()
    asked(old, "menu", "2", ((3, "Elija"),), CARLA)
    asked(old, "menu", "Cotizar", (), CARLA)
    asked(old, "cotizar", "barra", ((5, "¿Cuál?"),), CARLA)
    asked(old, "cotizar", "Barra", ((7, "Con gusto"),), CARLA)
    asked(old, "cotizar", "barra", ((5, "¿Cuál?"),), DIEGO)
    asked(old, "cotizar", "1", ((None, FALLBACK),), DIEGO)
    found = (await compared(mover, old)).profiles[FlowProfile.ORIGINAL]
    assert dict(found.causes) == {Cause.OPTION: 1}
    assert found.same == 5


async def test_several_texts_in_a_row_are_one_turn(mover: Mover) -> None:
    old = shop()
    for number, text in enumerate(("hola", "uno")):
        old.message(CARLA, "cliente", text, step="menu", at=old.at if number else old.now)
    old.message(CARLA, "bot", "Escriba 1 o 2", regla_id=4, step="menu")
    found = await compared(mover, old)
    assert found.turns == 1
    assert dict(found.profiles[FlowProfile.ORIGINAL].causes) == {Cause.BURST: 1}


async def test_the_profile_waia_also_takes_commands_only_as_whole_messages(mover: Mover) -> None:
    old = shop()
    asked(old, "menu", "necesito ayuda", ((None, RESTART), GREETED), CARLA)
    found = await compared(mover, old)
    assert found.profiles[FlowProfile.ORIGINAL].same == 1
    assert dict(found.profiles[FlowProfile.WAIA].causes) == {Cause.COMMAND: 1}


async def test_who_comes_back_late_or_has_an_agent_is_counted_apart(mover: Mover) -> None:
    old = shop()
    asked(old, "menu", "2", ((3, "Elija"),), CARLA)
    old.message(CARLA, "asesor", "Soy Ana")
    asked(old, "menu", "2", ((3, "Elija"),), CARLA)
    old.message(DIEGO, "cliente", "hola", step="")
    old.message(DIEGO, "cliente", "2", step="menu", at=old.now)
    found = await compared(mover, old)
    assert (found.begun_anew, found.held) == (1, 1)


async def test_the_comparison_of_a_crowd_names_no_other_cause(mover: Mover) -> None:
    old = shop()
    add_crowd(old, 400)
    found = (await compared(mover, old)).profiles[FlowProfile.ORIGINAL]
    assert (found.same, dict(found.causes)) == (200, {})


async def test_the_comparison_is_told_in_the_owners_words_and_writes_nothing(mover: Mover) -> None:
    await whole_shop().write(mover.old_url)
    before = await mover.what_is_here()
    said = "\n".join(await mover.moves(compare=True, zone="", report=mover.folder / "informe.txt"))
    assert "Perfil «original»" in said
    assert "Perfil «waia»" in said
    assert (mover.folder / "informe.txt").read_text("utf-8").strip() == said.strip()
    assert await mover.what_is_here() == before


def test_every_difference_that_is_told_to_owners_has_its_tests() -> None:
    text = CHANGES.read_text("utf-8")
    defined = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)\(", path.read_text())
    }
    rows = [line for line in text.splitlines() if line.startswith("| ") and "`test_" in line]
    named = set(re.findall(r"`(test_\w+)`", text))
    assert len(rows) >= 20
    assert named <= defined, named - defined
    assert all(re.search(r"`test_\w+`", line) for line in _rows_of(text)), "a difference without a test"


def _rows_of(text: str) -> list[str]:
    """Rows of tables without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [line for line in lines if not set(line) <= set("|- ") and "Prueba" not in line]


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause is not Cause.OTHER])
def test_every_cause_of_the_comparison_is_explained_to_owners(cause: Any) -> None:
    assert f"`{cause.value}`" in CHANGES.read_text("utf-8")
