"""Turns rows of `reglas` and `regla_medias` into what a rule says, and that into the bot's rules."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import structlog

from waia.bot.models import Rule
from waia.rules.content import TEXTS, MediaRef, RuleContent, rule_of

log = structlog.get_logger()


def rules_of(rows: Iterable[Any], medias: Iterable[Any]) -> Iterator[Rule]:
    """A row that cannot be read is left out and logged; the rest of the flow goes on."""
    by_rule = _by_rule(medias)
    for row in rows:
        try:
            yield rule_of(row.id, _content(row, by_rule.get(row.id, ())))
        except (ValueError, TypeError, ArithmeticError, AttributeError):
            log.exception("rule_unreadable", rule_id=row.id)


def contents_of(rows: Iterable[Any], medias: Iterable[Any]) -> dict[int, RuleContent]:
    by_rule = _by_rule(medias)
    return {row.id: _content(row, by_rule.get(row.id, ())) for row in rows}


def _by_rule(medias: Iterable[Any]) -> Mapping[int, list[MediaRef]]:
    found: dict[int, list[MediaRef]] = defaultdict(list)
    for media in medias:
        found[media.rule_id].append(MediaRef(str(media.url), media.mime_type or "", media.file_id))
    return found


def _content(row: Any, medias: Iterable[MediaRef]) -> RuleContent:
    texts = {name: getattr(row, name) or "" for name in TEXTS}
    return RuleContent(
        **texts,
        medias=tuple(medias) or _mirrored_media(row),
        priority=row.priority,
        enabled=bool(row.enabled),
        minimum=row.minimum,
        maximum=row.maximum,
    )


def _mirrored_media(row: Any) -> tuple[MediaRef, ...]:
    """The original kept the first media in the rule's own columns too; it counts where there is no other."""
    return (MediaRef(str(row.media_url), row.media_type or ""),) if row.media_url else ()
