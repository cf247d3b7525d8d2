"""Decides a tapped option by the rule that sent its menu, however old the menu is."""

from waia.bot.answering import answer
from waia.bot.commands import command_in, run_command
from waia.bot.flow import Option, Rule
from waia.bot.options import tapped_option
from waia.bot.progress import Progress
from waia.bot.sessions import greet
from waia.bot.steps import choose
from waia.bot.talk import Utterance
from waia.bot.words import said, words_of


def decide_tap(progress: Progress, tap: Utterance, idle: bool) -> bool:
    """False when nobody knows the menu: then the title is decided like typed text."""
    if tap.menu_rule_id is None:
        return _decide_unknown_menu(progress, tap, idle)
    rule = progress.book.rule(tap.menu_rule_id)
    if rule is None or not rule.enabled:
        progress.trace.stage("tap", "rule_gone", str(tap.menu_rule_id))
        progress.clear_session()
        progress.new_session = progress.new_session or idle
        greet(progress)
        return True
    option = tapped_option(rule.menu, tap.option_id, tap.text) if rule.menu else None
    if option is not None and option.target:
        _follow(progress, option, idle)
    else:
        _type_title(progress, rule, tap, idle)
    return True


def _decide_unknown_menu(progress: Progress, tap: Utterance, idle: bool) -> bool:
    """As in the original: the last menu, else any menu of the current step that has the option."""
    view = progress.view()
    last = progress.book.rule(progress.menu_rule_id)
    rules = [rule for rule in (last, *(view.rules if view else ())) if rule and rule.menu]
    for option in (option for rule in rules if rule.menu for option in rule.menu.options):
        if option.id == tap.option_id and option.target:
            _follow(progress, option, idle)
            return True
    progress.trace.stage("tap", "menu_unknown", tap.option_id or "")
    return False


def _follow(progress: Progress, option: Option, idle: bool) -> None:
    progress.trace.stage("tap", "followed", option.target)
    _resume_session(progress, idle)
    choose(progress, option)


def _type_title(progress: Progress, rule: Rule, tap: Utterance, idle: bool) -> None:
    """An option that leads nowhere is its title typed where its menu left the chat."""
    progress.trace.stage("tap", "title_typed", tap.text)
    if progress.menu_rule_id != rule.id or not progress.step or progress.book.is_retired(progress.step):
        progress.step = progress.book.spelling(rule.next_steps[-1] if rule.next_steps else rule.step)
        progress.menu_rule_id = rule.id
    _resume_session(progress, idle)
    words = words_of((tap,))
    command = command_in(progress.settings, words.whole.normal)
    if command:
        run_command(progress, command, said(tap.text))
    else:
        answer(progress, words)


def _resume_session(progress: Progress, idle: bool) -> None:
    """A tap after the session ended opens a new one where it leads, without a greeting."""
    if idle:
        progress.new_session = True
        progress.matched()
