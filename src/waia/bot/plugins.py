"""What an owner's own Python function receives and may answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PluginCall:
    """`measures` are the one or two numbers read from the text, in the rule's unit; else empty."""

    name: str
    text: str
    step: str
    captured: Mapping[str, str]
    measures: tuple[float, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class PluginAnswer:
    """`text` replaces the rule's text. `values` fill `{name}` in it. `refused` asks the customer again.

    `next_steps` replaces where the rule leads; `captured` adds answers; `handover` calls a person.
    """

    text: str | None = None
    values: Mapping[str, str | float] = field(default_factory=lambda: NOTHING)
    captured: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    next_steps: tuple[str, ...] = ()
    refused: bool = False
    handover: bool = False


PluginResult = PluginAnswer | str | float | None
"""A bare number or string of a handler is its `{total}`; a bare string of a command is its reply."""

Plugin = Callable[[PluginCall], PluginResult]
