"""What a server need not load to start: time, and memory for as long as it lives."""

import gc
import importlib.util
import sys
from types import ModuleType
from typing import Any, cast


def start_light() -> None:
    """Before anything else is imported.

    What a start imports and makes stays: to search it for garbage takes a fifth of the start. The server ends it.
    httpx and structlog import `rich` where it is installed, for consoles that no server has: a tenth of the start.
    Litestar imports `yaml` to describe our addresses in it, which nobody may ever ask for. advanced-alchemy names the
    types of databases that waia never speaks to.
    """
    gc.disable()
    for name in ("rich", "pygments"):
        cast("dict[str, Any]", sys.modules)[name] = None
    _import_when_used("yaml")
    for name in ("oracle", "mssql"):
        _pretend_types(f"sqlalchemy.dialects.{name}")


def _import_when_used(name: str) -> None:
    """As the documentation of `importlib.util.LazyLoader` has it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None or name in sys.modules:
        return
    loader = spec.loader = importlib.util.LazyLoader(spec.loader)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    loader.exec_module(module)


def _pretend_types(name: str) -> None:
    """Any type of this dialect is one that holds nothing."""

    def stand_in(attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        from sqlalchemy.types import NullType

        return NullType

    sys.modules[name] = module = ModuleType(name)
    module.__getattr__ = stand_in  # type: ignore[method-assign]
