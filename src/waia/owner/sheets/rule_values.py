"""A rule as a sheet holds it, and back."""

from collections.abc import Iterator, Mapping
from mimetypes import guess_type
from typing import Any

from waia.bot.measures import read_number
from waia.owner.sheets.values import Values
from waia.rules.content import MediaRef, RuleContent

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
LOWERED = {"kind", "match", "condition", "at_end", "capture_kind"}


def rule_content(values: Values, files: Mapping[str, tuple[str, int | None]]) -> RuleContent:
    """Files that a rule has already keep what is known of them: type and file of ours by address."""
    medias = tuple(MediaRef(url, *files.get(url, (mime, None))) for url, mime in media_fields(values))
    return RuleContent(**rule_fields(values), medias=medias)


def rule_fields(values: Values) -> dict[str, Any]:
    """Typed, by the rule's English names; without its media."""
    found: dict[str, Any] = {field: values[column] for column, field in FIELDS.items()}
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


def values_of(content: RuleContent) -> Values:
    found = {column: _text(getattr(content, field)) for column, field in FIELDS.items()}
    types = [media.mime for media in content.medias]
    urls = "\n".join(media.url for media in content.medias)
    return found | {"media_url": urls, "media_tipo": "\n".join(types) if any(types) else ""}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return f"{value:.15g}"
    return "" if value is None else str(value).replace("\r\n", "\n").strip()
