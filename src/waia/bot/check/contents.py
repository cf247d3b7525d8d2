"""Findings about what a rule sends, keeps and computes: limits, missing files, unknown names, broken formulas."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from waia.bot.check.findings import Code, Finding, Severity, at_rule
from waia.bot.check.graph import Graph
from waia.bot.flow import Rule
from waia.bot.formulas import FormulaError
from waia.bot.kinds import MEDIA_KINDS, MENU_KINDS, AtEnd
from waia.bot.placeholders import answer_key
from waia.bot.replies import replies_of

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
_ANSWER = re.compile(r"\{\{([^{}\n]{1,100})\}\}")
_RESULT = re.compile(r"(?<!\{)\{(total|p1|p2|medida)(?::[^}]*)?\}(?!\})")


def check_contents(graph: Graph, roles: Collection[str]) -> Iterator[Finding]:
    """`roles` are the keywords that exist."""
    for rule in graph.enabled():
        yield from _parts(rule)
        yield from _limits(graph, rule)
        yield from _computing(graph, rule)
        yield from _names(graph, rule, roles)
        if not _does_something(rule):
            yield at_rule(Code.DOES_NOTHING, NOTE, rule, "text")


def _parts(rule: Rule) -> Iterator[Finding]:
    if rule.kind in MEDIA_KINDS and not rule.media:
        yield at_rule(Code.MISSING_MEDIA, ERROR, rule, "media")
    if rule.kind in MENU_KINDS and (rule.menu is None or not rule.menu.options):
        yield at_rule(Code.MISSING_OPTIONS, ERROR, rule, "options")


def _limits(graph: Graph, rule: Rule) -> Iterator[Finding]:
    """One finding for the first message of the rule that the channel would refuse."""
    refusal = graph.book.settings.channel_refusal
    if refusal is None:
        return
    for reply in replies_of(rule, rule.text, replace(graph.book.settings, channel_refusal=None)):
        why = refusal(reply) if reply.menu or reply.media else None
        if why:
            yield at_rule(Code.LIMIT, ERROR, rule, "options" if reply.menu else "media", limit=why)
            return


def _computing(graph: Graph, rule: Rule) -> Iterator[Finding]:
    formula = graph.book.formula(rule)
    if isinstance(formula, FormulaError):
        yield at_rule(Code.UNREADABLE_FORMULA, ERROR, rule, "formula", why=formula)
    if rule.handler and rule.handler not in graph.book.settings.handlers:
        yield at_rule(Code.UNKNOWN_HANDLER, ERROR, rule, "handler", handler=rule.handler)
    if not rule.computes and (found := _RESULT.search(rule.text)):
        yield at_rule(Code.RESULT_WITHOUT_FORMULA, WARNING, rule, "text", name=found.group())


def _names(graph: Graph, rule: Rule, roles: Collection[str]) -> Iterator[Finding]:
    if rule.role_keyword and rule.role_keyword not in roles:
        yield at_rule(Code.UNKNOWN_ROLE, ERROR, rule, "role_keyword", role=rule.role_keyword)
    if rule.role_keyword and not rule.next_steps and rule.at_end is not AtEnd.PERSON and rule.menu is None:
        yield at_rule(Code.ROLE_WITHOUT_NEXT, NOTE, rule, "at_end", role=rule.role_keyword)
    asked = dict.fromkeys(found.strip() for found in _ANSWER.findall(rule.text))
    unknown = [name for name in asked if answer_key(name) not in graph.book.answer_names]
    if unknown and not graph.open_ended:
        yield at_rule(Code.UNKNOWN_ANSWER, WARNING, rule, "text", name=", ".join(unknown))


def _does_something(rule: Rule) -> bool:
    leads = bool(rule.next_steps) or rule.at_end is AtEnd.PERSON
    keeps = bool(rule.role_keyword) or rule.captures or rule.computes
    return leads or keeps or bool(rule.text.strip() or rule.media or rule.menu)
