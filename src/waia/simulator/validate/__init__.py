"""Checks a message to be sent as strictly as Meta does, without a look at the code under test."""

from collections.abc import Callable, Mapping

from waia.simulator.graph_errors import GraphError
from waia.simulator.validate import content, fields
from waia.simulator.validate.interactive import interactive
from waia.simulator.validate.template import template
from waia.simulator.wire import Json, utf16_length

MEDIA_KINDS = ("image", "video", "audio", "document", "sticker")
_ENVELOPE = frozenset(
    {
        "messaging_product",
        "recipient_type",
        "to",
        "recipient",
        "type",
        "context",
        "biz_opaque_callback_data",
        "recipient_identity_key_hash",
    }
)


def check_message(payload: Json) -> str:
    """Raises a GraphError, or returns the type of the message."""
    check_product(payload)
    kind = payload.get("type", "text")
    if not isinstance(kind, str) or kind not in _CHECKS:
        raise fields.wrong("type", f"must be one of {', '.join(sorted(_CHECKS))}")
    fields.only(payload, _ENVELOPE | {kind}, "message")
    _check_envelope(payload, kind)
    if kind == "contacts":
        content.contacts(fields.items(payload, "contacts", "message", 1, content.CONTACTS_MAX))
    else:
        _CHECKS[kind](fields.mapping(payload, kind, "message"))
    return kind


def check_product(payload: Json) -> None:
    if payload.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required.")


def _check_envelope(payload: Json, kind: str) -> None:
    if payload.get("recipient_type", "individual") not in ("individual", "group"):
        raise fields.wrong("recipient_type", "must be individual or group")
    if not payload.get("to") and not payload.get("recipient"):
        raise GraphError(100, "The parameter to is required.")
    fields.strings(payload, ("to", "recipient", "recipient_identity_key_hash"), "message")
    opaque = payload.get("biz_opaque_callback_data", "")
    if not isinstance(opaque, str) or utf16_length(opaque) > 512:
        raise fields.wrong("biz_opaque_callback_data", "must be a string of at most 512 characters")
    if "context" in payload:
        _check_context(payload, kind)


def _check_context(payload: Json, kind: str) -> None:
    if kind == "reaction":
        raise fields.wrong("context", "is not allowed for a reaction")
    context = fields.mapping(payload, "context", "message")
    fields.only(context, frozenset({"message_id"}), "context")
    if not fields.text(context, "message_id", "context", 512).startswith("wamid."):
        raise fields.wrong("context['message_id']", "is not a message id")


def _media(kind: str) -> Callable[[Json], None]:
    return lambda held: content.media(kind, held)


_CHECKS: Mapping[str, Callable[[Json], None]] = {
    "text": content.text,
    "location": content.location,
    "contacts": lambda _: None,
    "reaction": content.reaction,
    "interactive": interactive,
    "template": template,
    **{kind: _media(kind) for kind in MEDIA_KINDS},
}
