"""The values of the settings page: what is in force and where it comes from, and what is wrong with a new one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from waia.bot.models import FlowSettings
from waia.kit.i18n import N_
from waia.owner.settings_fields import Field, Section
from waia.rules.stored_settings import (
    AWAY_TEXT,
    FLOW_PROFILE,
    FLOW_TEXTS,
    HOLIDAYS,
    KEPT_IN_DATABASE,
    check_setting,
    draft_profile_of,
    profile_of,
)
from waia.settings import SETTINGS, Setting, Settings

LONGEST = 4096
BAD_NUMBER = N_("Escribe un número de %(low)s a %(high)s.")
BAD_HOURS = N_("Escribe días y horas como «lun-vie 08:00-18:00; sáb 09:00-13:00», o nada.")
BAD_HOLIDAYS = N_("Un día por renglón: «25/12», «24/12/2026» o «2026-12-24 08:00-12:00».")
BAD_CHOICE = N_("Elige una de las opciones.")
NO_STEP = N_("Escribe el nombre de un paso.")
UNKNOWN_ROLE = N_("Ese rol no existe.")
TOO_LONG = N_("Usa hasta 4096 caracteres: es lo que cabe en un mensaje de WhatsApp.")
SECRET, EMPTY = "•••", ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A field with its value. `stored`: kept in waia; else it comes from the environment, under `variable`.

    `waits`: it is part of the draft of the rules, and counts from the next publication on.
    """

    field: Field
    value: str
    stored: bool
    variable: str
    default: str
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """`message` is a message id; `values` fill its places."""

    message: str
    values: Mapping[str, Any]


def shown_fields(section: Section, environment: Settings, stored: Mapping[str, str]) -> list[Shown]:
    return [_shown(field, environment, stored) for field in section.fields]


def changes(
    section: Section, sent: Mapping[str, str], environment: Settings, stored: Mapping[str, str]
) -> dict[str, str]:
    """What differs from what is in force: only that is kept here, all else stays with the environment."""
    before = {shown.field.name: shown.value for shown in shown_fields(section, environment, stored)}
    return {name: clean(sent[name]) for name in before if name in sent and clean(sent[name]) != before[name]}


def troubles(section: Section, sent: Mapping[str, str], roles: set[str]) -> dict[str, Trouble]:
    found = {
        field.name: _trouble(field, clean(sent[field.name]), roles) for field in section.fields if field.name in sent
    }
    return {name: trouble for name, trouble in found.items() if trouble is not None}


def from_environment(settings: Settings) -> list[tuple[str, str]]:
    """Variables that only the environment sets, with their values; of a secret only whether there is one."""
    return [
        (setting.variable, _told(setting, getattr(settings, setting.field)))
        for setting in SETTINGS
        if setting.field not in KEPT_IN_DATABASE
    ]


def clean(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _shown(field: Field, environment: Settings, stored: Mapping[str, str]) -> Shown:
    if field.name == FLOW_PROFILE:
        profile = draft_profile_of(stored)
        return Shown(field, profile, False, "", profile, profile is not profile_of(stored))
    default = _default(field.name, environment)
    known = _variables().get(field.name, "")
    return Shown(field, stored.get(field.name, default), field.name in stored, known, default)


def _default(name: str, environment: Settings) -> str:
    if name in {HOLIDAYS, AWAY_TEXT}:
        return ""
    if name in FLOW_TEXTS:
        return str(getattr(FlowSettings(), name))
    value = getattr(environment, name)
    return (
        str(int(value)) if isinstance(value, bool) else f"{value:g}" if isinstance(value, int | float) else str(value)
    )


def _variables() -> dict[str, str]:
    return {setting.field: setting.variable for setting in SETTINGS}


def _told(setting: Setting, value: Any) -> str:
    if setting.secret:
        return SECRET if value else EMPTY
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(int(value)) if isinstance(value, bool) else "" if value is None or value == {} else str(value)


def _trouble(field: Field, text: str, roles: set[str]) -> Trouble | None:
    if len(text) > LONGEST:
        return Trouble(TOO_LONG, {})
    if field.kind == "choice" and text not in dict(field.choices):
        return Trouble(BAD_CHOICE, {})
    if field.kind == "role" and text and text not in roles:
        return Trouble(UNKNOWN_ROLE, {})
    if field.kind == "step" and not text:
        return Trouble(NO_STEP, {})
    if check_setting(field.name, text) is None:
        return None
    return _of_kind(field)


def _of_kind(field: Field) -> Trouble:
    known = {"hours": BAD_HOURS, "quiet_hours": BAD_HOURS, HOLIDAYS: BAD_HOLIDAYS}
    if field.name in known:
        return Trouble(known[field.name], {})
    return Trouble(BAD_NUMBER, {"low": f"{field.low:g}", "high": f"{field.high:g}"})
