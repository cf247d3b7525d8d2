"""Which settings an owner may keep in the database, and what is in force with them over the environment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import structlog

from waia.bot.models import FlowProfile
from waia.rules.hours import parse_holidays, parse_hours
from waia.settings import SETTINGS, Setting, Settings

FLOW_PROFILE = "flow_profile"
# The profile that the draft shall be published with, where it is another one.
DRAFT_PROFILE = "draft_profile"
# Written by publications alone: steps that earlier versions of the flow had, as a JSON list.
RETIRED_STEPS = "retired_steps"
KEPT_IN_DATABASE = frozenset(
    {
        "initial_step", "session_timeout_s", "buffer_s", "bot_max_age_min", "bot_resume_hours",
        "handover_role", "auto_assign", "fallback_text", "command_match", "first_message", "chats_without_role",
        "session_close_text", "hours", "agent_name_prefix", "read_receipts", "typing_indicator", "trace_days",
        "alert_after_min", "alert_escalate_min", "alert_role", "quiet_hours", "alert_failed_sends",
        "alert_backlog_min", "archive_days",
        "voice_wait_s", "voice_sure", "voice_too_long_text", "voice_not_understood_text",
    }
)  # fmt: skip
# Texts that have no variable: only the database can change them.
FLOW_TEXTS = ("restart_text", "bad_measure_text", "handover_text", "menu_text")
# Also without a variable, and of no concern to the bot: days that are not as the week says, what to say when closed.
HOLIDAYS, AWAY_TEXT = "holidays", "away_text"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class InForce:
    """`texts` holds those of `FLOW_TEXTS` that are set."""

    settings: Settings
    profile: FlowProfile
    texts: Mapping[str, str]
    holidays: str = ""
    away_text: str = ""


def in_force(environment: Settings, stored: Mapping[str, str]) -> InForce:
    """Stored values win; one that cannot be read is logged and the environment's stands."""
    values = {
        name: value
        for name, text in stored.items()
        if name in KEPT_IN_DATABASE and (value := _read(name, text)) is not None
    }
    texts = {name: stored[name] for name in FLOW_TEXTS if name in stored}
    holidays = stored.get(HOLIDAYS, "")
    if check_setting(HOLIDAYS, holidays) is not None:
        log.warning("stored_setting_unreadable", name=HOLIDAYS, cure="write one day a line")
        holidays = ""
    return InForce(
        replace(environment, **values), profile_of(stored), texts, holidays, stored.get(AWAY_TEXT, "").strip()
    )


def profile_of(stored: Mapping[str, str]) -> FlowProfile:
    return FlowProfile.ORIGINAL if stored.get(FLOW_PROFILE, "").strip() == "original" else FlowProfile.WAIA


def draft_profile_of(stored: Mapping[str, str]) -> FlowProfile:
    """What the profile will be once the draft is published."""
    return profile_of({FLOW_PROFILE: stored.get(DRAFT_PROFILE) or stored.get(FLOW_PROFILE, "")})


def retired_in(stored: Mapping[str, str]) -> tuple[str, ...]:
    """Steps that the flow had once; none when they cannot be read."""
    try:
        found = json.loads(stored.get(RETIRED_STEPS) or "[]")
    except ValueError:
        return ()
    return tuple(step for step in found if isinstance(step, str)) if isinstance(found, list) else ()


def check_setting(name: str, text: str) -> str | None:
    """What is wrong with a value that somebody wants to store; None when it may be stored."""
    if name == FLOW_PROFILE:
        return None if text in set(FlowProfile) else "use one of: " + ", ".join(FlowProfile)
    if name in FLOW_TEXTS or name == AWAY_TEXT:
        return None
    if name not in {*KEPT_IN_DATABASE, HOLIDAYS}:
        return "this setting is kept in the environment only"
    try:
        _value(name, text)
    except ValueError as error:
        return str(error)
    return None


def _read(name: str, text: str) -> Any:
    try:
        return _value(name, text)
    except ValueError as error:
        log.warning("stored_setting_unreadable", name=name, cure=str(error))
        return None


def _value(name: str, text: str) -> Any:
    if name == HOLIDAYS:
        return parse_holidays(text)
    value = _by_field()[name].read(text if name.endswith("_text") else text.strip())
    if name in {"hours", "quiet_hours"}:
        parse_hours(value)
    return value


@cache
def _by_field() -> Mapping[str, Setting]:
    return {setting.field: setting for setting in SETTINGS}
