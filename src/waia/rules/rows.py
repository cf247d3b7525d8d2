"""Turns rows of `reglas` and `regla_medias` into the bot's rules."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import structlog

from waia.bot.models import Media, Rule, rule_from_columns

log = structlog.get_logger()


def rules_of(rows: Iterable[Any], medias: Iterable[Any]) -> Iterator[Rule]:
    """A row that cannot be read is left out and logged; the rest of the flow goes on."""
    by_rule = _by_rule(medias)
    for row in rows:
        try:
            yield _rule(row, by_rule.get(row.id) or _mirrored_media(row))
        except (ValueError, TypeError, ArithmeticError, AttributeError):
            log.exception("rule_unreadable", rule_id=row.id)


def _by_rule(medias: Iterable[Any]) -> Mapping[int, list[Media]]:
    found: dict[int, list[Media]] = defaultdict(list)
    for media in medias:
        found[media.rule_id].append(Media(str(media.url), media.mime_type, media.file_id))
    return found


def _mirrored_media(row: Any) -> list[Media]:
    """The original kept the first media in the rule's own columns too; it counts where there is no other."""
    return [Media(str(row.media_url), row.media_type)] if row.media_url else []


def _rule(row: Any, media: list[Media]) -> Rule:
    return rule_from_columns(
        id=row.id,
        step=row.step,
        input_text=row.triggers,
        respuesta=row.text,
        siguiente_step=row.next_steps,
        tipo=row.kind,
        opciones=row.options,
        rol_keyword=row.role_keyword,
        calculo=row.formula,
        handler=row.handler,
        media=media,
        match=row.match,
        unit=row.unit,
        minimum=row.minimum,
        maximum=row.maximum,
        guardar_como=row.capture_name,
        guardar_tipo=row.capture_kind,
        guardar_reintento=row.capture_retry,
        al_terminar=row.at_end,
        condition=row.condition,
        priority=row.priority,
        enabled=row.enabled,
    )
