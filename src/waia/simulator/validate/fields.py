"""Meta's strictness field by field. `where` names a place as Meta does: text['body']."""

import re
from collections.abc import Sequence
from typing import Any

from waia.simulator.graph_errors import GraphError
from waia.simulator.wire import Json, utf16_length

_WEB = re.compile(r"https?://[^\s/]+\.?[^\s]*", re.IGNORECASE)


def missing(where: str) -> GraphError:
    return GraphError(131008, f"Parameter {where} is required.")


def wrong(where: str, why: str) -> GraphError:
    return GraphError(131009, f"Parameter {where} {why}.")


def mapping(holder: Json, key: str, where: str) -> Json:
    value = required(holder, key, where)
    if not isinstance(value, dict):
        raise wrong(f"{where}['{key}']", "must be an object")
    return value


def required(holder: Json, key: str, where: str) -> Any:
    value = holder.get(key)
    if value is None:
        raise missing(f"{where}['{key}']")
    return value


def only(holder: Json, allowed: frozenset[str], where: str) -> None:
    for key in holder:
        if key not in allowed:
            raise GraphError(100, f'Unexpected key "{key}" on param "{where}".')


def text(holder: Json, key: str, where: str, limit: int) -> str:
    """A required text of 1 to `limit` units that is not blank."""
    value = required(holder, key, where)
    place = f"{where}['{key}']"
    if not isinstance(value, str):
        raise wrong(place, "must be a string")
    if not value.strip():
        raise missing(place)
    if utf16_length(value) > limit:
        raise wrong(place, f"must be at most {limit} characters long")
    return value


def optional_text(holder: Json, key: str, where: str, limit: int) -> str | None:
    return text(holder, key, where, limit) if holder.get(key) is not None else None


def strings(holder: Json, keys: Sequence[str], where: str) -> None:
    """These keys may be absent; if present they are strings."""
    for key in keys:
        if key in holder and not isinstance(holder[key], str):
            raise wrong(f"{where}['{key}']", "must be a string")


def flag(holder: Json, key: str, where: str) -> None:
    if key in holder and not isinstance(holder[key], bool):
        raise wrong(f"{where}['{key}']", "must be a boolean")


def items(holder: Json, key: str, where: str, low: int, high: int) -> list[Json]:
    """A list of `low` to `high` objects."""
    value = required(holder, key, where)
    place = f"{where}['{key}']"
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise wrong(place, "must be a list of objects")
    if not low <= len(value) <= high:
        raise wrong(place, f"must have {low} to {high} entries, it has {len(value)}")
    return value


def choice(holder: Json, key: str, where: str, allowed: Sequence[str]) -> str:
    value = required(holder, key, where)
    if value not in allowed or not isinstance(value, str):
        raise wrong(f"{where}['{key}']", f"must be one of {', '.join(allowed)}")
    return value


def unique(values: Sequence[str], where: str) -> None:
    if len(set(values)) != len(values):
        raise wrong(where, "must not repeat a value")


def web_address(holder: Json, key: str, where: str) -> str:
    value = text(holder, key, where, 2000)
    if not _WEB.fullmatch(value):
        raise wrong(f"{where}['{key}']", "must be a valid http or https URL")
    return value
