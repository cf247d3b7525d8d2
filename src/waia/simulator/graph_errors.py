"""Errors of the Graph API: codes, their titles and HTTP statuses, and the two shapes they are told in."""

from collections.abc import Mapping

from waia.simulator.wire import Json

HREF = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"

TITLES: Mapping[int, str] = {
    0: "AuthException",
    1: "API Unknown",
    2: "API Service",
    3: "API Method",
    4: "API Too Many Calls",
    10: "Permission Denied",
    33: "Parameter value is not valid",
    100: "Invalid parameter",
    190: "Error validating access token: the access token has expired or is not valid.",
    200: "API Permission",
    368: "Temporarily blocked for policies violations",
    2200: "Callback verification failed",
    2500: "Unknown path components",
    80007: "Rate limit issues",
    130403: "User blocked by business",
    130429: "Rate limit hit",
    130472: "User's number is part of an experiment",
    130497: "Business account is restricted from messaging users in this country",
    131000: "Something went wrong",
    131005: "Access denied",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131016: "Service unavailable",
    131021: "Recipient cannot be sender",
    131026: "Message undeliverable",
    131030: "Recipient phone number not in allowed list",
    131031: "Business Account locked",
    131037: "Display name approval needed",
    131042: "Business eligibility payment issue",
    131044: "Business eligibility payment issue",
    131045: "Incorrect certificate",
    131047: "Re-engagement message",
    131048: "Spam rate limit hit",
    131049: "This message was not delivered to maintain healthy ecosystem engagement.",
    131050: "User has stopped marketing messages",
    131051: "Message type unknown",
    131052: "Media download error",
    131053: "Media upload error",
    131056: "(Business Account, Consumer Account) pair rate limit hit",
    131057: "Business Account in maintenance mode",
    131060: "This message is currently unavailable",
    131062: "Business-scoped user id is not supported for this message",
    131064: "Messaging limit reached",
    132000: "Template Param Count Mismatch",
    132001: "Template name does not exist in the translation",
    132005: "Template Hydrated Text Too Long",
    132007: "Template Format Character Policy Violated",
    132012: "Template Parameter Format Mismatch",
    132015: "Template is Paused",
    132016: "Template is Disabled",
    132068: "Flow is blocked",
    132069: "Flow is throttled",
    133004: "Server Temporarily Unavailable",
    133010: "Phone number not registered",
    134101: "Template is not available yet",
    135000: "Generic user error",
    137000: "Recipient identity key hash mismatch",
    2494100: "Phone number in maintenance mode",
}

UNCLEAR = frozenset({1, 2, 131000, 131016})
"""Codes after which the message may have gone out."""

RATE_LIMITS = frozenset({4, 80007, 130429, 131048, 131056})

_HTTP: Mapping[int, int] = (
    dict.fromkeys((0, 190), 401)
    | dict.fromkeys((10, *range(200, 300), 368, 130497, 131005, 131031), 403)
    | {132001: 404}
    | dict.fromkeys((3, 131000, 131016, 131045, 131057, 133000), 500)
    | dict.fromkeys((2, 133004), 503)
)
_BARE_MESSAGE = frozenset({190, 2500})


class GraphError(Exception):
    """A refusal by code. `details` is the sentence in `error_data`, `http` overrides the table."""

    def __init__(self, code: int, details: str = "", *, subcode: int | None = None, http: int | None = None):
        super().__init__(f"{code}: {details}")
        self.code = code
        self.details = details
        self.subcode = subcode
        self.http = http or _HTTP.get(code, 400)


def not_found(node: str) -> GraphError:
    """Meta's one answer for an object that is missing, of another owner, or without that operation."""
    details = f"Object with ID '{node}' does not exist, cannot be loaded due to missing permissions"
    return GraphError(100, details + ", or does not support this operation.", subcode=33)


def answer_body(error: GraphError, trace: str) -> Json:
    title = TITLES.get(error.code, "Unknown error")
    told: Json = {
        "message": title if error.code in _BARE_MESSAGE else f"(#{error.code}) {title}",
        "type": "GraphMethodException" if error.subcode == 33 else "OAuthException",
        "code": error.code,
    }
    if error.details:
        told["error_data"] = {"messaging_product": "whatsapp", "details": error.details}
    if error.subcode is not None:
        told["error_subcode"] = error.subcode
    if error.code in UNCLEAR:
        told["is_transient"] = True
    return {"error": told | {"fbtrace_id": trace}}


def webhook_error(code: int, details: str = "") -> Json:
    """The shape inside messages, statuses and accounts."""
    title = TITLES.get(code, "Unknown error")
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details or title},
        "href": HREF,
    }
