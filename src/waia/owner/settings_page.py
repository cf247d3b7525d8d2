"""`/configuracion/ajustes`: what the owner sets here, over what the environment says; a part is saved as a whole."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, delete, get, put
from litestar.di import NamedDependency as Given
from litestar.params import FromPath

from waia.accounts.csrf import FIELD
from waia.accounts.guards import require_admin
from waia.accounts.office import Office
from waia.accounts.staff_repository import Carried, roles_by_name
from waia.bot.models import FlowProfile
from waia.kit.db import Transaction
from waia.kit.errors import Invalid, NotFound
from waia.kit.i18n import translator
from waia.owner.settings_fields import SECTIONS, Section
from waia.owner.settings_values import changes, clean, from_environment, shown_fields, troubles
from waia.owner.voice_model import voice_context
from waia.rules.book import Rules
from waia.rules.editing import choose_profile
from waia.rules.repository import forget_setting, published_flow, store_setting, stored_settings
from waia.rules.stored_settings import FLOW_PROFILE
from waia.settings import Settings

PAGE = "/configuracion/ajustes"
PART = "owner/settings/_section.html"
ADMINS = [require_admin]
LARGEST_FORM = 65_536


@get(PAGE, guards=ADMINS)
async def show_settings(office: Given[Office], settings: Given[Settings]) -> Response[str]:
    async with office.accounts.database.reading() as tx:
        stored = await stored_settings(tx)
    parts = [await _context(office, section, settings, stored) for section in SECTIONS.values()]
    voice = await voice_context(office, settings)
    return office.page.html("owner/settings/page.html", parts=parts, voice=voice, variables=from_environment(settings))


@put(f"{PAGE}/{{key:str}}", guards=ADMINS, request_max_body_size=LARGEST_FORM)
async def save_section(
    office: Given[Office], settings: Given[Settings], rules: Given[Rules], key: FromPath[str]
) -> Response[Any]:
    section = _section(key)
    sent = await _sent(office, section)
    async with office.accounts.database.reading() as tx:
        roles = {role.keyword for role in await roles_by_name(tx)}
    found = troubles(section, sent, roles)
    if found:
        translate = translator(office.page.language).gettext
        errors = {name: translate(each.message) % each.values for name, each in found.items()}
        return await _part(office, section, settings, errors=errors, sent=sent, status=422)
    await office.run(lambda tx: _store(tx, office, section, sent, settings))
    rules.read_again()
    return await _part(office, section, settings, saved=True)


@delete(f"{PAGE}/{{key:str}}/{{name:str}}", guards=ADMINS, status_code=200)
async def forget(
    office: Given[Office], settings: Given[Settings], rules: Given[Rules], key: FromPath[str], name: FromPath[str]
) -> Response[Any]:
    """The environment's value counts again."""
    section = _section(key)
    if name not in {field.name for field in section.fields} - {FLOW_PROFILE}:
        raise NotFound
    await office.run(lambda tx: _forget(tx, office, section, name, settings))
    rules.read_again()
    return await _part(office, section, settings, saved=True)


def _section(key: str) -> Section:
    if key not in SECTIONS:
        raise NotFound
    return SECTIONS[key]


async def _sent(office: Office, section: Section) -> dict[str, str]:
    """Raises Invalid for fields that the part does not have."""
    sent = {name: value for name, value in (await office.request.form()).multi_items() if name != FIELD}
    if not sent or set(sent) - {field.name for field in section.fields}:
        raise Invalid
    return {name: value for name, value in sent.items() if isinstance(value, str)}


async def _store(
    tx: Transaction, office: Office, section: Section, sent: Mapping[str, str], settings: Settings
) -> None:
    stored = await stored_settings(tx)
    new = changes(section, sent, settings, stored)
    before = {shown.field.name: shown.value for shown in shown_fields(section, settings, stored)}
    for name, value in new.items():
        if name == FLOW_PROFILE:
            await choose_profile(tx, FlowProfile(value))
        else:
            await store_setting(tx, name, value)
    if new:
        told = {name: before[name] for name in new}
        await office.by.note(tx, "settings_changed", section.key, before=told, after=new)


async def _forget(tx: Transaction, office: Office, section: Section, name: str, settings: Settings) -> None:
    stored = await stored_settings(tx)
    if name not in stored:
        return
    await forget_setting(tx, name)
    default = next(s.default for s in shown_fields(section, settings, stored) if s.field.name == name)
    await office.by.note(tx, "settings_changed", section.key, before={name: stored[name]}, after={name: default})


async def _part(
    office: Office,
    section: Section,
    settings: Settings,
    *,
    errors: Mapping[str, str] | None = None,
    sent: Mapping[str, str] | None = None,
    saved: bool = False,
    status: int = 200,
) -> Response[Any]:
    async with office.accounts.database.reading() as tx:
        stored = await stored_settings(tx)
    context = await _context(office, section, settings, stored, errors, sent, saved=saved)
    if status == 200:
        return office.answer("owner/settings/saved.html", PAGE, part=context)
    return office.page.html(PART, status=status, part=context)


async def _context(
    office: Office,
    section: Section,
    settings: Settings,
    stored: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    sent: Mapping[str, str] | None = None,
    *,
    saved: bool = False,
) -> dict[str, Any]:
    async with office.accounts.database.reading() as tx:
        roles: list[Carried] = await roles_by_name(tx)
        steps = sorted({row.step for row in (await published_flow(tx)).rules}) if section.key == "flujo" else []
    shown = shown_fields(section, settings, stored)
    typed = {name: clean(value) for name, value in (sent or {}).items()}
    values = {each.field.name: typed.get(each.field.name, each.value) for each in shown}
    more = {"roles": roles, "steps": steps, "errors": dict(errors or {}), "saved": saved}
    return {"section": section, "shown": shown, "values": values, **more}
