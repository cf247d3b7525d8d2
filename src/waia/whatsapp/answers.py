"""What an answer of the Graph API means for the message: sent, try again, refused, stopped or unknown."""

import math
from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus

import msgspec

from waia.whatsapp.errors import ErrorClass, Scope, classify, is_known, scope_of, wait_s
from waia.whatsapp.fields import elements, flag, identifier, integer, node, text
from waia.whatsapp.lenient_json import Node, Unreadable, decode

LONGEST_WAIT_S = 3600.0
LONGEST_REASON = 500


class ReasonKind(StrEnum):
    """Why a message will never go out as it is; what a person can do depends on it."""

    REQUEST = "request"
    RECIPIENT = "recipient"
    POLICY = "policy"
    WINDOW = "window"
    MEDIA = "media"
    TEMPLATE = "template"
    STORAGE = "storage"


class Sent(msgspec.Struct, frozen=True, tag="sent"):
    """Accepted by Meta, no more. `wa_id` may differ from the number we wrote to."""

    wamid: str
    wa_id: str | None = None
    user_id: str | None = None
    message_status: str | None = None


class Retry(msgspec.Struct, frozen=True, tag="retry"):
    """Surely not sent; try again after `after_s`, or after our own backoff. `scope` has to slow down."""

    code: int | None
    reason: str
    after_s: float | None
    scope: Scope


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """Not sent, and never will be as it is."""

    code: int | None
    reason: str
    reason_kind: ReasonKind


class Stopped(msgspec.Struct, frozen=True, tag="stopped"):
    """Not sent: token, permission or account trouble. Keep the queue, stop the number until it is mended."""

    code: int | None
    reason: str


class Unknown(msgspec.Struct, frozen=True, tag="unknown"):
    """Nobody can tell whether it went out; only a status webhook can."""

    reason: str
    code: int | None = None


Outcome = Sent | Retry | Refused | Stopped | Unknown


def outcome_of(status: int, headers: Mapping[str, str], body: bytes) -> Outcome:
    """Graph's own code decides; the HTTP status only where there is none. Never raises."""
    try:
        told = node(decode(body))
    except Unreadable:
        told = {}
    error = told.get("error")
    if isinstance(error, dict) and integer(error.get("code")) is not None:
        return _by_code(error, status, headers)
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return _accepted(told)
    return _by_status(status, headers, body)


def _accepted(told: Node) -> Sent | Unknown:
    message = node(next(iter(elements(told.get("messages"))), None))
    contact = node(next(iter(elements(told.get("contacts"))), None))
    wamid = identifier(message.get("id"))
    if wamid is None:
        return Unknown(reason="accepted without a message id")
    return Sent(
        wamid=wamid,
        wa_id=identifier(contact.get("wa_id")),
        user_id=identifier(contact.get("user_id")),
        message_status=identifier(message.get("message_status")),
    )


def _by_code(error: Node, status: int, headers: Mapping[str, str]) -> Outcome:
    code, reason = integer(error.get("code")) or 0, _reason(error)
    match classify(code):
        case ErrorClass.RETRY:
            return Retry(code=code, reason=reason, after_s=_after_s(headers) or wait_s(code), scope=scope_of(code))
        case ErrorClass.UNCLEAR:
            return Unknown(reason=reason, code=code)
        case ErrorClass.TOKEN | ErrorClass.ACCOUNT:
            return Stopped(code=code, reason=reason)
        case found if is_known(code):
            return Refused(code=code, reason=reason, reason_kind=ReasonKind(found.value))
        case _:
            return _by_unknown_code(code, reason, error, status, headers)


def _by_unknown_code(
    code: int, reason: str, error: Node, status: int, headers: Mapping[str, str]
) -> Retry | Unknown | Refused:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unknown(reason=reason, code=code)
    if status == HTTPStatus.TOO_MANY_REQUESTS or flag(error.get("is_transient")):
        return Retry(code=code, reason=reason, after_s=_after_s(headers), scope=Scope.NUMBER)
    return Refused(code=code, reason=reason, reason_kind=ReasonKind.REQUEST)


def _by_status(status: int, headers: Mapping[str, str], body: bytes) -> Outcome:
    """No Graph error in it: a gateway, a proxy or a wrong address answered."""
    reason = f"HTTP {status}: {body[:LONGEST_REASON].decode('utf-8', errors='replace')}".strip()
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status < HTTPStatus.OK:
        return Unknown(reason=reason)
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY}:
        return Retry(code=None, reason=reason, after_s=_after_s(headers), scope=Scope.NUMBER)
    if status in {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }:
        return Refused(code=None, reason=reason, reason_kind=ReasonKind.REQUEST)
    return Stopped(code=None, reason=reason)


def _reason(error: Node) -> str:
    said = (text(error.get("message")), text(node(error.get("error_data")).get("details")))
    return " · ".join(dict.fromkeys(filter(None, said)))[:LONGEST_REASON]


def _after_s(headers: Mapping[str, str]) -> float | None:
    """`Retry-After` in seconds; its form as a date is not used by Graph."""
    try:
        asked = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return min(asked, LONGEST_WAIT_S) if math.isfinite(asked) and asked > 0 else None
