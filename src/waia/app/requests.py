"""Follows each request: its id, which every line of the log and the answer carry, its answer, the line about it."""

import re
import time
from itertools import count
from secrets import token_hex
from typing import Any, cast

import structlog
from litestar.types import Message, Scope

from waia.kit.logs import about
from waia.kit.metrics import Counter

HEADER = b"x-request-id"
WELL_FORMED = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
KEY, BEGAN = "request_id", "began"
NO_ROUTE = "none"
CLASSES = ("0xx", "1xx", "2xx", "3xx", "4xx", "5xx")
ANSWERS = Counter("waia_http_responses_total", "Answers by the class of their status", "class", CLASSES[2:])
_OURS, _NUMBERS = token_hex(5), count(1)
log = structlog.get_logger(__name__)


def begin(scope: Scope) -> None:
    """The id that a proxy gave it, if that can be one, else a new one."""
    told = next((value for name, value in scope["headers"] if name == HEADER), b"")
    request_id = told if WELL_FORMED.fullmatch(told) else b"%s-%x" % (_OURS.encode(), next(_NUMBERS))
    scope["state"][KEY], scope["state"][BEGAN] = request_id, time.perf_counter()
    about(request=request_id.decode())


def note_answer(message: Message, scope: Scope, *, tells: bool) -> None:
    """After the headers of security, which left a list of their own. `tells`: each request is a line of the log."""
    if message["type"] != "http.response.start" or KEY not in scope["state"]:
        return
    status = message["status"]
    cast("list[tuple[bytes, bytes]]", message["headers"]).append((HEADER, scope["state"][KEY]))
    ANSWERS.add(CLASSES[status // 100])
    if tells:
        took_ms = round((time.perf_counter() - scope["state"][BEGAN]) * 1000, 1)
        log.info("request", method=scope.get("method"), route=route_of(scope), status=status, ms=took_ms)


def route_of(scope: Any) -> str:
    """`/export/conversation/{name}`: an address itself may hold a number or a token."""
    found = scope.get("path_template") if scope.get("route_handler") is not None else None
    return str(found) if found else NO_ROUTE
