"""The flow check: what is wrong with a flow, or may surprise, before a customer finds it. Pure, and never raises."""

from collections.abc import Collection

from waia.bot.check.contents import check_contents
from waia.bot.check.findings import Code, Finding, Severity
from waia.bot.check.graph import graph_of
from waia.bot.check.loops import check_loops
from waia.bot.check.triggers import check_triggers
from waia.bot.check.ways import check_ways
from waia.bot.rulebook import RuleBook

__all__ = ["Code", "Finding", "Severity", "check"]

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def check(book: RuleBook, roles: Collection[str]) -> tuple[Finding, ...]:
    """Everything that was found, the worst first, then in the order of the flow. `roles`: the keywords that exist."""
    graph = graph_of(book)
    place = {rule.id: number for number, rule in enumerate(book.rules)}
    found = (*check_ways(graph), *check_loops(graph), *check_triggers(graph), *check_contents(graph, roles))
    unique = dict.fromkeys(found)
    return tuple(sorted(unique, key=lambda one: (_ORDER[one.severity], place.get(one.rule_id or 0, -1))))
