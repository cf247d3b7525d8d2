"""The settings of an installation as they lie in its copy: without secrets, which are only named."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from waia.settings import SETTINGS, Setting, Settings

HEAD = "# Settings of the installation that this is a copy of. Secrets are only named: enter them anew.\n"
SECRET = "# secret: "  # noqa: S105  # the mark of one


def settings_file(settings: Settings) -> str:
    """What differs from the defaults, as lines of an `.env`."""
    lines = [line for setting in SETTINGS if (line := _line(setting, getattr(settings, setting.field)))]
    return HEAD + "".join(f"{line}\n" for line in lines)


def secrets_told(text: str) -> list[str]:
    """The names of the secrets that were set."""
    return [line.removeprefix(SECRET) for line in text.splitlines() if line.startswith(SECRET)]


def missing_secrets(text: str, here: Settings) -> list[str]:
    """Those that were set there and are empty here."""
    fields = {setting.variable: setting.field for setting in SETTINGS}
    return [name for name in secrets_told(text) if name in fields and not getattr(here, fields[name])]


def _line(setting: Setting, value: Any) -> str:
    if setting.secret:
        return f"{SECRET}{setting.variable}" if value else ""
    if value == setting.read(setting.default):
        return ""
    return f"{setting.variable}={_quoted(_written(value))}"


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={part}" for name, part in value.items())
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _quoted(text: str) -> str:
    return text if text.replace("/", "").replace(":", "").replace(".", "").isalnum() else f"'{_escaped(text)}'"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
