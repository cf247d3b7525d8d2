"""A stored message as the bot reads it."""

from types import MappingProxyType
from typing import Any

from waia.bot.models import Utterance, UtteranceKind
from waia.transcription.values import Transcript

UTTERANCES = MappingProxyType(
    {
        "text": UtteranceKind.TEXT,
        "button": UtteranceKind.TAP,
        "button_reply": UtteranceKind.TAP,
        "list_reply": UtteranceKind.TAP,
        "image": UtteranceKind.IMAGE,
        "video": UtteranceKind.VIDEO,
        "audio": UtteranceKind.AUDIO,
        "voice": UtteranceKind.AUDIO,
        "document": UtteranceKind.DOCUMENT,
        "location": UtteranceKind.LOCATION,
        "contacts": UtteranceKind.CONTACT,
        "sticker": UtteranceKind.STICKER,
        "order": UtteranceKind.ORDER,
        "flow_reply": UtteranceKind.TEXT,
    }
)


def utterance_of(row: Any, menu_rule_id: int | None, transcript: Transcript | None) -> Utterance:
    """`menu_rule_id` is the rule that sent the menu of a tap. Words that a person corrected are sure."""
    chosen = row.details.get("chosen") or {}
    by_machine = transcript is not None and transcript.corrected_text is None
    return Utterance(
        message_id=row.id,
        kind=UTTERANCES.get(row.kind, UtteranceKind.TEXT),
        text=row.text or "",
        at=row.timestamp,
        option_id=chosen.get("id"),
        menu_rule_id=menu_rule_id,
        confidence=transcript.confidence if transcript and by_machine else 1.0,
    )
