"""What one rule says, as a value: the same for a published rule, a draft, a version and a row of a spreadsheet."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from waia.bot.models import Media, Rule, rule_from_columns

NULLABLE = (
    "next_steps", "options", "role_keyword", "formula", "handler", "capture_name", "capture_retry", "unit",
)  # fmt: skip


class MediaRef(msgspec.Struct, frozen=True, gc=False):
    """A file of ours (`file_id`), or only its address."""

    url: str
    mime: str = ""
    file_id: int | None = None


class RuleContent(msgspec.Struct, frozen=True, gc=False):
    """Columns by their English names, texts as people wrote them; empty means absent.

    `options` is the JSON text of the menu. Of two rules the one with the lower (`priority`, id) comes first.
    """

    step: str = ""
    triggers: str = ""
    text: str = ""
    next_steps: str = ""
    kind: str = "texto"
    options: str = ""
    role_keyword: str = ""
    formula: str = ""
    handler: str = ""
    match: str = "exacta"
    condition: str = "siempre"
    at_end: str = "seguir"
    capture_name: str = ""
    capture_kind: str = "texto"
    capture_retry: str = ""
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    priority: int = 0
    enabled: bool = True
    medias: tuple[MediaRef, ...] = ()

    @property
    def seen(self) -> str:
        """A short name of exactly this content: a form sends back which one it was opened with."""
        return hashlib.sha256(repr(sorted(self.to_json().items())).encode()).hexdigest()[:16]

    def to_json(self) -> dict[str, Any]:
        """Without what is as in every new rule."""
        packed: dict[str, Any] = msgspec.to_builtins(self)
        return {name: value for name, value in packed.items() if value != _NEW[name]}


_NEW: dict[str, Any] = msgspec.to_builtins(RuleContent())
Contents = Mapping[int, RuleContent]
# Every field that is text.
TEXTS = tuple(each.name for each in msgspec.structs.fields(RuleContent) if each.type is str)


def content_from_json(packed: object) -> RuleContent:
    return msgspec.convert(packed, RuleContent)


def rule_of(rule_id: int, content: RuleContent) -> Rule:
    """As the bot reads it."""
    return rule_from_columns(
        id=rule_id,
        step=content.step,
        input_text=content.triggers,
        respuesta=content.text,
        siguiente_step=content.next_steps,
        tipo=content.kind,
        opciones=content.options,
        rol_keyword=content.role_keyword,
        calculo=content.formula,
        handler=content.handler,
        media=[Media(each.url, each.mime or None, each.file_id) for each in content.medias],
        match=content.match,
        unit=content.unit,
        minimum=content.minimum,
        maximum=content.maximum,
        guardar_como=content.capture_name,
        guardar_tipo=content.capture_kind,
        guardar_reintento=content.capture_retry,
        al_terminar=content.at_end,
        condition=content.condition,
        priority=content.priority,
        enabled=content.enabled,
    )


def columns_of(content: RuleContent) -> dict[str, Any]:
    """The values of a row of `reglas`; the first media is mirrored in it, as the original did."""
    row = {name: getattr(content, name) for name in RuleContent.__struct_fields__ if name != "medias"}
    row |= {name: row[name] or None for name in NULLABLE}
    first = content.medias[0] if content.medias else MediaRef("")
    return row | {"media_url": first.url or None, "media_type": first.mime[:127] or None}
