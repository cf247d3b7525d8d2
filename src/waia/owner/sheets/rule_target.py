"""Rules as a sheet holds them, and how a checked sheet becomes rules: the two places that know the rules' tables."""

from collections import defaultdict
from collections.abc import Iterator
from mimetypes import guess_type
from typing import Any

from waia.accounts.office import By
from waia.bot.measures import read_number
from waia.kit.db import Transaction
from waia.owner.sheets import rule_repository as rows
from waia.owner.sheets.values import SAME, Report, Values
from waia.rules.repository import published_flow

# The column of the sheet, and the field of the rule.
FIELDS = {
    "step": "step",
    "input_text": "triggers",
    "respuesta": "text",
    "siguiente_step": "next_steps",
    "tipo": "kind",
    "opciones": "options",
    "rol_keyword": "role_keyword",
    "calculo": "formula",
    "handler": "handler",
    "match": "match",
    "condition": "condition",
    "al_terminar": "at_end",
    "guardar_como": "capture_name",
    "guardar_tipo": "capture_kind",
    "guardar_reintento": "capture_retry",
    "unidad": "unit",
    "minimo": "minimum",
    "maximo": "maximum",
    "prioridad": "priority",
    "activa": "enabled",
}
NULLABLE = {
    "next_steps", "options", "role_keyword", "formula", "handler", "capture_name", "capture_retry", "unit",
}  # fmt: skip
LOWERED = {"kind", "match", "condition", "at_end", "capture_kind"}


async def current_rules(tx: Transaction) -> dict[int, Values]:
    """By id, in the order in which the bot tries them."""
    flow = await published_flow(tx)
    medias: dict[int, list[Any]] = defaultdict(list)
    for media in flow.medias:
        medias[media.rule_id].append(media)
    ordered = sorted(flow.rules, key=lambda row: (row.priority, row.id))
    return {row.id: _values(row, medias[row.id]) for row in ordered}


async def write_rules(tx: Transaction, by: By, report: Report) -> None:
    """Writes what the sheet adds, changes and removes into the flow in force."""
    items = [item for item in report.items if item.status != SAME]
    await rows.store_rules(tx, [(item.id, rule_fields(item.values), list(media_fields(item.values))) for item in items])
    await rows.remove_rules(tx, [rule_id for rule_id, _ in report.removed])


def rule_fields(values: Values) -> dict[str, Any]:
    """Typed, by the rule's English names; without its media."""
    found: dict[str, Any] = {field: values[column] for column, field in FIELDS.items()}
    for field in NULLABLE:
        found[field] = found[field] or None
    for field in LOWERED:
        found[field] = found[field].lower()
    found |= {field: read_number(found[field]) if found[field] else None for field in ("minimum", "maximum")}
    return found | {"priority": int(read_number(found["priority"]) or 0), "enabled": found["enabled"] != "0"}


def media_fields(values: Values) -> Iterator[tuple[str, str]]:
    """Address and type of each file, in order; the type is guessed from the address where nobody told it."""
    types = values["media_tipo"].split("\n")
    for place, url in enumerate(values["media_url"].split()):
        told = types[place].partition(";")[0].strip() if place < len(types) else ""
        yield url, told[:127] or guess_type(url)[0] or ""


def _values(row: Any, medias: list[Any]) -> Values:
    found = {column: _text(getattr(row, field)) for column, field in FIELDS.items()}
    files = [(media.url, media.mime_type or "") for media in medias]
    files = files or ([(row.media_url, row.media_type or "")] if row.media_url else [])
    types = [mime for _, mime in files]
    told = {"media_url": "\n".join(url for url, _ in files), "media_tipo": "\n".join(types) if any(types) else ""}
    return found | told


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return f"{value:.15g}"
    return "" if value is None else str(value).replace("\r\n", "\n").strip()
