"""The table of turns that owners rely on; each row holds whatever match mode its rules are in."""

import csv
from pathlib import Path

import pytest

from tests.bot.flows import RESTART, Phone, rule
from waia.bot.models import Holder, MatchMode, Rule

TABLE = Path(__file__).parent / "turns.tsv"
ROWS = [tuple(row.values()) for row in csv.DictReader(TABLE.open(encoding="utf-8"), delimiter="\t")]


def rules_of(step: str, cell: str, match: MatchMode) -> list[Rule]:
    """`name=triggers | …`; a wildcard may end in `:formula` or `:capture`."""
    return [_rule(number, step, part, match) for number, part in enumerate(cell.split(" | "), 1) if part]


def _rule(number: int, step: str, part: str, match: MatchMode) -> Rule:
    name, _, triggers = part.partition("=")
    triggers, _, work = triggers.partition(":")
    formula = "p1 * p2" if work == "formula" else None
    return rule(
        number,
        step,
        triggers,
        name,
        match=match,
        formula=formula,
        capture_name=name if work == "capture" else None,
    )


@pytest.mark.parametrize("match", list(MatchMode))
@pytest.mark.parametrize(("step", "rules", "text", "wanted"), ROWS)
def test_the_table_of_turns(step: str, rules: str, text: str, wanted: str, match: MatchMode) -> None:
    phone = Phone(*rules_of(step, rules, match)).at(step)
    replies = phone.says(text)
    if wanted == "RESTART":
        assert replies == [RESTART]
    elif wanted.startswith("(silence"):
        assert replies == []
        assert phone.state.holder is Holder.QUEUE
    else:
        assert replies == [wanted]
