"""What an owner writes: rules, their menus and media, and the settings of a flow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from waia.bot.kinds import (
    AtEnd,
    CaptureKind,
    CommandMatch,
    Condition,
    FirstMessage,
    FlowProfile,
    MatchMode,
    RuleKind,
)

if TYPE_CHECKING:
    from waia.bot.plugins import Plugin
    from waia.bot.talk import Reply

NO_PLUGINS: Mapping[str, "Plugin"] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Option:
    """`target` is a comma list of steps; empty means that choosing it is like typing its title."""

    id: str
    title: str
    description: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Menu:
    """`options` holds every option in the order shown; `sections` groups the same ones (lists only)."""

    options: tuple[Option, ...]
    header: str = ""
    footer: str = ""
    button: str = ""
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class Media:
    """A reference that the engine only passes on; `file_id` names a file of ours, else the address counts."""

    url: str
    mime: str | None = None
    file_id: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the flow. Lower `priority` first, then lower `id`; `unit` is m, cm or mm."""

    id: int
    step: str
    triggers: tuple[str, ...]
    text: str = ""
    match: MatchMode = MatchMode.EXACTA
    kind: RuleKind = RuleKind.TEXT
    menu: Menu | None = None
    media: tuple[Media, ...] = ()
    next_steps: tuple[str, ...] = ()
    role_keyword: str | None = None
    formula: str | None = None
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    handler: str | None = None
    capture_name: str | None = None
    capture_kind: CaptureKind = CaptureKind.TEXT
    capture_retry: str | None = None
    at_end: AtEnd = AtEnd.CONTINUE
    condition: Condition = Condition.ALWAYS
    priority: int = 0
    enabled: bool = True

    @property
    def is_wildcard(self) -> bool:
        """A `*` inside a list of triggers is inert; only a `*` alone is a wildcard."""
        return self.triggers == ("*",)

    @property
    def computes(self) -> bool:
        return bool(self.formula or self.handler)

    @property
    def captures(self) -> bool:
        return bool(self.capture_name)


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """`match_profile` ORIGINAL makes every rule `exacta`; WAIA lets each rule say. `session_timeout_s` 0 =
    never, `bot_resume_hours` 0 = the bot never pauses.

    `voice_sure` is the confidence below which what was heard is asked back before it moves the chat; 0 = never.
    `channel_refusal` says why the channel would refuse a reply (None = it would not); a refused menu goes
    out as numbered text. `commands` and `handlers` are the owner's plug-ins by name: the caller gives them
    their time budget, and any exception hands the chat over.
    """

    initial_step: str = "menu_principal"
    match_profile: FlowProfile = FlowProfile.WAIA
    command_match: CommandMatch = CommandMatch.WHOLE
    first_message: FirstMessage = FirstMessage.GREET_THEN_ANSWER
    fallback_text: str = "No entendí tu respuesta, intenta de nuevo."
    restart_text: str = "Perfecto, volvamos a empezar."
    bad_measure_text: str = "Por favor ingresa la medida correcta."
    handover_text: str = ""
    menu_text: str = "Selecciona una opción"
    session_timeout_s: int = 1800
    bot_resume_hours: float = 24
    handover_role: str | None = None
    locale: str = "es"
    commands: Mapping[str, "Plugin"] = field(default_factory=lambda: NO_PLUGINS)
    handlers: Mapping[str, "Plugin"] = field(default_factory=lambda: NO_PLUGINS)
    voice_sure: float = 0.6
    channel_refusal: "Callable[[Reply], str | None] | None" = None

    @classmethod
    def for_profile(cls, profile: FlowProfile, **changes: Any) -> "FlowSettings":
        """The values a flow profile sets, with single ones changed."""
        return cls(**{**PROFILE_VALUES[profile], **changes})


PROFILE_VALUES: Mapping[FlowProfile, Mapping[str, Any]] = MappingProxyType(
    {
        FlowProfile.ORIGINAL: {
            "match_profile": FlowProfile.ORIGINAL,
            "command_match": CommandMatch.ANYWHERE,
            "first_message": FirstMessage.GREET_ONLY,
        },
        FlowProfile.WAIA: {
            "match_profile": FlowProfile.WAIA,
            "command_match": CommandMatch.WHOLE,
            "first_message": FirstMessage.GREET_THEN_ANSWER,
        },
    }
)
