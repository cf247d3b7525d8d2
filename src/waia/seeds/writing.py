"""Short forms for writing a flow in Python: a rule, its buttons, its list, its media."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from waia.rules.models import RuleMedia, RuleRow

Target = tuple[str, str]
"""An option: its title and the steps it leads to (empty: as if the title had been typed)."""


def rule(step: str, triggers: str, text: str = "", next_steps: str = "", **columns: Any) -> RuleRow:
    """`columns` are those of `RuleRow`, by their English names."""
    return RuleRow(step=step, triggers=triggers, text=text, next_steps=next_steps, **columns)


def menu(step: str, triggers: str, text: str, buttons: Sequence[Target], **columns: Any) -> RuleRow:
    options = [_button(title, target) for title, target in buttons]
    return rule(step, triggers, text, kind="boton", options=_json(options), **columns)


def list_menu(
    step: str,
    triggers: str,
    text: str,
    sections: Iterable[tuple[str, Sequence[tuple[str, str, str]]]],
    **frame: str,
) -> RuleRow:
    """Rows are (title, description, target); `frame` holds header, footer and button."""
    content = {
        **frame,
        "sections": [{"title": title, "rows": [*map(_row, rows)]} for title, rows in sections],
    }
    return rule(step, triggers, text, kind="lista", options=_json(content))


def with_media(row: RuleRow, *media: tuple[str, str]) -> RuleRow:
    """`media` are (address, MIME type); the first is mirrored in the rule, as the original did."""
    row.medias = [RuleMedia(url=url, mime_type=mime) for url, mime in media]
    row.media_url, row.media_type = media[0]
    return row


def _button(title: str, target: str) -> dict[str, Any]:
    return {"type": "reply", "reply": {"id": _option_id(title), "title": title}, "step": target}


def _row(row: tuple[str, str, str]) -> dict[str, str]:
    title, description, target = row
    return {"id": _option_id(title), "title": title, "description": description, "step": target}


def _option_id(title: str) -> str:
    return title.lower().replace(" ", "_")


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False)
