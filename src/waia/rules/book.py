"""The flow in force: read from the database, compiled once per content, looked at again every two seconds."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from waia.bot.models import FlowProfile, FlowSettings, Reply, RuleBook
from waia.kit.db import Database
from waia.rules.hours import BusinessHours, parse_holidays, parse_hours
from waia.rules.plugins import Plugins, load_plugins
from waia.rules.repository import Published, published_flow
from waia.rules.rows import rules_of
from waia.rules.stored_settings import InForce, in_force, retired_in
from waia.settings import SettingError, Settings

READ_AGAIN_AFTER = timedelta(seconds=2)
Refusal = Callable[[Reply], str | None]


@dataclass(frozen=True, slots=True)
class Flow:
    """Rules with every setting resolved. `values` are the environment's with the owner's laid over.

    `chats_without_role` is `admins` or `all`; `away_text` is said when a chat is handed over while closed;
    `fingerprint` changes with any of it; `settings_of` says what another profile would decide.
    """

    book: RuleBook
    settings: FlowSettings
    profile: FlowProfile
    values: Settings
    hours: BusinessHours
    chats_without_role: str
    away_text: str
    fingerprint: str
    settings_of: Callable[[FlowProfile], FlowSettings]
    quiet_hours: BusinessHours | None = None

    @property
    def buffer_s(self) -> float:
        return self.values.buffer_s

    def is_open(self, moment: datetime) -> bool:
        return self.hours.is_open(moment, self.values.timezone)

    def is_quiet(self, moment: datetime) -> bool:
        """Whether nobody wants to be called now."""
        return self.quiet_hours is not None and self.quiet_hours.is_open(moment, self.values.timezone)

    def waited_since(self, now: datetime, minutes: float) -> datetime:
        """Who waits since then or longer has waited so many minutes of opening hours."""
        return self.hours.opened_for(now, timedelta(minutes=minutes), self.values.timezone)


class Rules:
    """One per process. `channel_refusal` says why the channel would refuse a reply (see `FlowSettings`).

    Raises SettingError at once when the opening hours or a plug-in of the environment cannot be used.
    """

    def __init__(self, database: Database, settings: Settings, *, channel_refusal: Refusal | None = None) -> None:
        self._database, self._settings, self._channel_refusal = database, settings, channel_refusal
        _check_hours("WAIA_HOURS", settings.hours)
        _check_hours("QUIET_HOURS", settings.quiet_hours)
        self._plugins = load_plugins(settings.plugins, settings.plugin_budget_ms)
        self._flow: Flow | None = None
        self._read_at: datetime | None = None
        self._lock = asyncio.Lock()

    async def book(self, now_real: datetime) -> Flow:
        """The flow in force, at most two seconds old. Not to be called inside a transaction: it opens one."""
        if self._flow is not None and self._is_fresh(now_real):
            return self._flow
        async with self._lock:
            if self._flow is None or not self._is_fresh(now_real):
                self._read_at = now_real  # before reading: a change noted meanwhile is not forgotten
                self._flow = await self._read(self._flow)
            return self._flow

    def read_again(self) -> None:
        """The next call looks at the database, whatever the time: a rule was just saved here."""
        self._read_at = None

    def _is_fresh(self, now_real: datetime) -> bool:
        return self._read_at is not None and abs(now_real - self._read_at) < READ_AGAIN_AFTER

    async def _read(self, known: Flow | None) -> Flow:
        async with self._database.reading() as tx:
            published = await published_flow(tx)
        return await asyncio.to_thread(self._newer, known, published)

    def _newer(self, known: Flow | None, published: Published) -> Flow:
        if known is not None and known.fingerprint == published.fingerprint:
            return known
        return self._compile(published)

    def _compile(self, published: Published) -> Flow:
        now = in_force(self._settings, published.settings)

        def settings_of(profile: FlowProfile) -> FlowSettings:
            return _flow_settings(replace(now, profile=profile), self._plugins, self._channel_refusal)

        settings = settings_of(now.profile)
        return Flow(
            book=RuleBook(rules_of(published.rules, published.medias), settings, retired_in(published.settings)),
            settings=settings,
            profile=now.profile,
            values=now.settings,
            hours=replace(parse_hours(now.settings.hours), holidays=parse_holidays(now.holidays)),
            chats_without_role=now.settings.chats_without_role or _without_role(now.profile),
            away_text=now.away_text,
            fingerprint=published.fingerprint,
            settings_of=settings_of,
            quiet_hours=parse_hours(now.settings.quiet_hours) if now.settings.quiet_hours.strip() else None,
        )


def _check_hours(variable: str, text: str) -> None:
    try:
        parse_hours(text)
    except ValueError as error:
        raise SettingError(f"{variable} cannot be read: {error}") from None


def _without_role(profile: FlowProfile) -> str:
    return "admins" if profile is FlowProfile.ORIGINAL else "all"


def _flow_settings(now: InForce, plugins: Plugins, refusal: Refusal | None) -> FlowSettings:
    """The profile decides what the owner left empty."""
    values = now.settings
    chosen = {"command_match": values.command_match, "first_message": values.first_message}
    return FlowSettings.for_profile(
        now.profile,
        initial_step=values.initial_step,
        fallback_text=values.fallback_text,
        session_timeout_s=int(values.session_timeout_s),
        bot_resume_hours=values.bot_resume_hours,
        handover_role=values.handover_role or None,
        locale=values.lang,
        commands=plugins.commands,
        handlers=plugins.handlers,
        channel_refusal=refusal,
        voice_sure=values.voice_sure,
        **now.texts,
        **{name: value for name, value in chosen.items() if value},
    )
