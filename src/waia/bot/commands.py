"""The words that work in every step: those that start over, and the owner's own."""

from waia.bot.computing import call_plugin
from waia.bot.flow import FlowSettings
from waia.bot.kinds import CommandMatch, HandoverReason, ReplyCause
from waia.bot.normalise import normalise
from waia.bot.plugins import PluginAnswer, PluginCall
from waia.bot.progress import Progress
from waia.bot.sessions import greet
from waia.bot.steps import go, rest
from waia.bot.words import Said, Words

RESTART_COMMANDS = ("reiniciar", "volver al inicio", "inicio", "iniciar", "menu", "ayuda")
COURTESY = frozenset({"por favor", "porfa", "gracias", "hola", "buenas", "quiero", "volver", "ir", "al", "el", "la"})


def command_in(settings: FlowSettings, text: str) -> str | None:
    """The command that a normalised text is, or holds if they count `anywhere`; own commands first."""
    if not text:
        return None
    own = tuple(filter(None, map(normalise, settings.commands)))
    if settings.command_match == CommandMatch.ANYWHERE:
        padded = f" {text} "
        return next((name for name in (*own, *RESTART_COMMANDS) if f" {name} " in padded), None)
    known = (*own, *RESTART_COMMANDS)
    return next((name for name in (text, without_courtesy(text)) if name in known), None)


def without_courtesy(text: str) -> str:
    """The text without courtesy words at both ends; `quiero volver al inicio` is `inicio`."""
    words = text.split()
    while words and (count := _courteous(words[:2], words[:1])):
        del words[:count]
    while words and (count := _courteous(words[-2:], words[-1:])):
        del words[-count:]
    return " ".join(words)


def command_of(settings: FlowSettings, words: Words) -> str | None:
    """The command of a burst: of the joined text, else of one of its messages, newest first. Only what is sure."""
    sure = (said for said in words.readings if said.confidence >= settings.voice_sure)
    found = (command_in(settings, said.normal) for said in sure)
    return next((name for name in found if name), None)


def run_command(progress: Progress, name: str, said: Said) -> None:
    progress.trace.stage("command", "matched", name)
    plugin = {normalise(own): plugin for own, plugin in progress.settings.commands.items()}.get(name)
    if plugin is None:
        _restart(progress)
        return
    call = PluginCall(name, said.raw, progress.step, progress.captured, (), progress.turn.now)
    answer = call_plugin(plugin, call)
    if answer is None:
        _failed(progress)
    else:
        _obey(progress, answer)


def _courteous(two: list[str], one: list[str]) -> int:
    if len(two) == 2 and " ".join(two) in COURTESY:
        return 2
    return 1 if one[0] in COURTESY else 0


def _restart(progress: Progress) -> None:
    """Back to the greeting; roles, owner, notes and captured answers stay."""
    progress.clear_session()
    progress.step = progress.book.spelling(progress.settings.initial_step)
    progress.send_text(progress.settings.restart_text, ReplyCause.RESTART)
    greet(progress)


def _failed(progress: Progress) -> None:
    progress.silence = HandoverReason.PLUGIN_FAILED.value
    progress.hand_over(HandoverReason.PLUGIN_FAILED)
    progress.send_text(progress.settings.handover_text, ReplyCause.HANDOVER)


def _obey(progress: Progress, answer: PluginAnswer) -> None:
    progress.matched()
    before = progress.step
    for name, kept in answer.captured.items():
        progress.keep_answer(name, kept)
    progress.values = answer.values or progress.values
    progress.send_text(_text_of(answer), ReplyCause.COMMAND)
    go(progress, answer.next_steps)
    if answer.handover:
        progress.hand_over(HandoverReason.PLUGIN_ASKED)
    rest(progress, before)


def _text_of(answer: PluginAnswer) -> str:
    """A bare string is the reply itself."""
    if answer.text is not None:
        return answer.text
    total = answer.values.get("total")
    return total if isinstance(total, str) else "{total}" if total is not None else ""
