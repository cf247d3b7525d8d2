"""Graph API error codes: what each means for the message and for the queue; `error_words` tells people."""

from enum import StrEnum


class ErrorClass(StrEnum):
    RETRY = "retry"
    UNCLEAR = "unclear"
    TOKEN = "token"  # noqa: S105  a name, no secret
    ACCOUNT = "account"
    REQUEST = "request"
    RECIPIENT = "recipient"
    POLICY = "policy"
    WINDOW = "window"
    MEDIA = "media"
    TEMPLATE = "template"
    STORAGE = "storage"


class Scope(StrEnum):
    """What has to slow down after a refusal that may be tried again."""

    CHAT = "chat"
    NUMBER = "number"
    APP = "app"


_CODES: dict[ErrorClass, frozenset[int]] = {
    ErrorClass.RETRY: frozenset({4, 80007, 130429, 131056, 131057, 133004, 2494100, 134101}),
    ErrorClass.UNCLEAR: frozenset({1, 2, 131000, 131016}),
    ErrorClass.TOKEN: frozenset({0, 3, 10, 190, 131005}) | frozenset(range(200, 300)),
    ErrorClass.ACCOUNT: frozenset({368, 131031, 131037, 131042, 131044, 131045, 133010, 130497}),
    ErrorClass.REQUEST: frozenset(
        {33, 100, 131008, 131009, 131021, 131051, 131055, 131063, 134011, 134100, 134102, 135000}
    ),
    ErrorClass.RECIPIENT: frozenset({131026, 131030, 130403, 131050, 131062, 137000}),
    ErrorClass.POLICY: frozenset({130472, 131048, 131049, 131064}),
    ErrorClass.WINDOW: frozenset({131047}),
    ErrorClass.MEDIA: frozenset({131052, 131053}),
    ErrorClass.TEMPLATE: frozenset(range(132000, 133000)),
    ErrorClass.STORAGE: frozenset({131035, 131036}),
}
_CLASS_OF = {code: group for group, codes in _CODES.items() for code in codes}

_SCOPES = {4: Scope.APP, 131056: Scope.CHAT}
_WAIT_S = {134101: 600.0}


def classify(code: int) -> ErrorClass:
    """Codes that are not in Meta's table, or belong to features we do not use, are a request gone wrong."""
    return _CLASS_OF.get(code, ErrorClass.REQUEST)


def is_known(code: int) -> bool:
    return code in _CLASS_OF


def scope_of(code: int) -> Scope:
    return _SCOPES.get(code, Scope.NUMBER)


def wait_s(code: int) -> float | None:
    """Seconds that Meta's documentation asks to wait, where it names them."""
    return _WAIT_S.get(code)
