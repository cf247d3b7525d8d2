"""The owner's own Python: it is loaded once, called with a budget, and never trusted with the turn."""

import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from waia.bot.models import PluginCall
from waia.rules.plugins import MOST_RUNAWAY_CALLS, PluginTooSlow, load_plugins
from waia.settings import SettingError

CALL = PluginCall("precio", "2 x 3", "medidas", {}, (2.0, 3.0), datetime(2026, 11, 22, tzinfo=UTC))


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("shop_plugin")
    monkeypatch.setitem(sys.modules, "shop_plugin", module)
    return module


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    gate = threading.Event()
    yield gate
    gate.set()


def offer(module: ModuleType, **mappings: Any) -> None:
    for name, value in mappings.items():
        setattr(module, name, value)


def test_commands_and_handlers_are_found_by_name(shop: ModuleType) -> None:
    offer(
        shop,
        COMMANDS={"catalogo": lambda call: "Aquí está"},
        HANDLERS={"precio": lambda call: call.measures[0] * 10},
    )
    plugins = load_plugins(["shop_plugin"], 250)
    assert plugins.commands["catalogo"](CALL) == "Aquí está"
    assert plugins.handlers["precio"](CALL) == 20.0


def test_a_module_may_offer_only_one_of_the_two(shop: ModuleType) -> None:
    offer(shop, HANDLERS={"precio": lambda call: 1})
    assert not load_plugins(["shop_plugin"], 250).commands


def test_a_function_that_fails_raises_to_the_bot(shop: ModuleType) -> None:
    offer(shop, HANDLERS={"precio": lambda call: 1 / 0})
    with pytest.raises(RuntimeError, match="precio"):
        load_plugins(["shop_plugin"], 250).handlers["precio"](CALL)


def test_a_function_that_wants_to_end_the_program_only_fails(shop: ModuleType) -> None:
    offer(shop, HANDLERS={"precio": lambda call: sys.exit(3)})
    with pytest.raises(RuntimeError, match="precio"):
        load_plugins(["shop_plugin"], 250).handlers["precio"](CALL)


def test_a_function_over_its_budget_is_left_behind(shop: ModuleType, gate: threading.Event) -> None:
    offer(shop, HANDLERS={"precio": lambda call: gate.wait()})
    with pytest.raises(PluginTooSlow):
        load_plugins(["shop_plugin"], 10).handlers["precio"](CALL)


def test_calls_that_never_end_are_bounded(shop: ModuleType, gate: threading.Event) -> None:
    started: list[int] = []

    def never_ends(call: PluginCall) -> None:
        started.append(1)
        gate.wait()

    offer(shop, HANDLERS={"precio": never_ends})
    handler = load_plugins(["shop_plugin"], 1).handlers["precio"]
    for _ in range(MOST_RUNAWAY_CALLS + 5):
        with pytest.raises(PluginTooSlow):
            handler(CALL)
    assert len(started) == MOST_RUNAWAY_CALLS


def test_a_module_that_is_missing_stops_the_start_and_is_named() -> None:
    with pytest.raises(SettingError, match=r"WAIA_PLUGINS: no_such_plugin .*ModuleNotFoundError"):
        load_plugins(["no_such_plugin"], 250)


@pytest.mark.parametrize("commands", [["x"], {"x": 1}])
def test_a_module_that_offers_no_functions_stops_the_start(shop: ModuleType, commands: object) -> None:
    offer(shop, COMMANDS=commands)
    with pytest.raises(SettingError, match="COMMANDS of shop_plugin"):
        load_plugins(["shop_plugin"], 250)
