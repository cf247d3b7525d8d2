"""Loads the owner's own commands and handlers and gives each call its time budget.

A module named in `WAIA_PLUGINS` offers `COMMANDS` and `HANDLERS`: mappings of a name to a function that takes
a `waia.bot.models.PluginCall`. A call that fails or takes too long raises, and the bot hands the chat over.
"""

import importlib
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType

import structlog

from waia.bot.models import Plugin, PluginCall, PluginResult
from waia.settings import SettingError

MOST_RUNAWAY_CALLS = 16

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Plugins:
    commands: Mapping[str, Plugin] = field(default_factory=dict)
    handlers: Mapping[str, Plugin] = field(default_factory=dict)


class PluginTooSlow(Exception):
    """The function was still running when its budget was over, or too many earlier calls never ended."""


def load_plugins(modules: Iterable[str], budget_ms: float) -> Plugins:
    """Raises SettingError for a module that cannot be used. Of equal names the later module wins."""
    commands: dict[str, Plugin] = {}
    handlers: dict[str, Plugin] = {}
    budget = Budget(budget_ms / 1000)
    for name in modules:
        module = _imported(name)
        commands |= _functions(module, "COMMANDS", budget)
        handlers |= _functions(module, "HANDLERS", budget)
    return Plugins(commands, handlers)


class Budget:
    """Runs each call in a thread of its own; a thread cannot be stopped, so runaway ones are bounded."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._running = threading.BoundedSemaphore(MOST_RUNAWAY_CALLS)

    def limit(self, name: str, function: Plugin) -> Plugin:
        def limited(call: PluginCall) -> PluginResult:
            return self._run(name, function, call)

        return limited

    def _run(self, name: str, function: Plugin, call: PluginCall) -> PluginResult:
        if not self._running.acquire(blocking=False):
            log.error("plugin_refused", plugin=name, reason="too many earlier calls never ended")
            raise PluginTooSlow(name)
        attempt = _Attempt(function, call, self._running)
        thread = threading.Thread(target=attempt.run, name=f"plugin-{name}", daemon=True)
        thread.start()
        thread.join(self._seconds)
        return attempt.outcome(name)


class _Attempt:
    def __init__(self, function: Plugin, call: PluginCall, running: threading.BoundedSemaphore) -> None:
        self._function, self._call, self._running = function, call, running
        self._results: list[PluginResult] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._results.append(self._function(self._call))
        except BaseException as error:  # noqa: BLE001  # foreign code, even one that calls sys.exit
            self._error = error
        finally:
            self._running.release()

    def outcome(self, name: str) -> PluginResult:
        if self._results:
            return self._results[0]
        if self._error is None:
            log.error("plugin_too_slow", plugin=name)
            raise PluginTooSlow(name)
        log.error("plugin_failed", plugin=name, exc_info=self._error)
        raise RuntimeError(name) from self._error


def _imported(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except Exception as error:  # foreign code may raise anything while it is imported
        raise SettingError(f"WAIA_PLUGINS: {name} cannot be imported ({_one_line(error)})") from error


def _functions(module: ModuleType, attribute: str, budget: Budget) -> dict[str, Plugin]:
    functions = getattr(module, attribute, {})
    if not isinstance(functions, Mapping) or not all(callable(function) for function in functions.values()):
        raise SettingError(f"WAIA_PLUGINS: {attribute} of {module.__name__} must map names to functions")
    return {str(name): budget.limit(str(name), function) for name, function in functions.items()}


def _one_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]
